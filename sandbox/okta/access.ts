import { randomToken } from "../random.ts";
import { sameText } from "../same-text.ts";
import type { Principal } from "./call.ts";
import type { OktaOrg } from "./org.ts";
import { OktaProblem } from "./problem.ts";

/** Seconds for which a bearer token of the management API is good. */
export const tokenLifetime = 3600;

/** Who may call the management API: one API token, and the bearer tokens issued to service apps. */
export class Access {
  readonly #org: OktaOrg;
  readonly #apiToken: string;

  constructor(org: OktaOrg, apiToken: string) {
    this.#org = org;
    this.#apiToken = apiToken;
  }

  /** A new bearer token. It ends with its hour, and at once when its app is deactivated or removed. */
  issue(clientId: string, scopes: readonly string[]): string {
    const token = randomToken(48);
    this.#org.state.tokens.set(token, { clientId, scopes, expires: this.#org.now() + tokenLifetime * 1000 });
    return token;
  }

  /** Every bearer token issued so far is over. */
  expireAll(): void {
    const { tokens } = this.#org.state;
    for (const [token, issued] of tokens) tokens.set(token, { ...issued, expires: 0 });
  }

  /** Okta's answer to a bearer token that is unknown or over. */
  invalidToken(): OktaProblem {
    return new OktaProblem(401, "E0000011", "Invalid token provided", [], {
      "www-authenticate": `Bearer authorization_uri="${this.#org.url}/oauth2/v1/authorize", realm="${this.#org.url}", error="invalid_token", error_description="The access token is invalid."`,
    });
  }

  /** Who sends this `Authorization` header. Throws Okta's 401. */
  identify(header: string | undefined): Principal {
    if (header === undefined || header === "") throw new OktaProblem(401, "E0000005", "Invalid session");
    const [scheme = "", ...rest] = header.split(" ");
    const credential = rest.join(" ").trim();
    if (scheme.toUpperCase() === "SSWS" && sameText(credential, this.#apiToken)) return { kind: "token" };
    if (scheme.toLowerCase() === "bearer") {
      const token = this.#org.state.tokens.get(credential);
      const active = token !== undefined && this.#org.client(token.clientId)?.status === "ACTIVE";
      if (token !== undefined && active && this.#org.now() < token.expires) {
        return { kind: "oauth", clientId: token.clientId, scopes: token.scopes };
      }
      throw this.invalidToken();
    }
    throw new OktaProblem(401, "E0000011", "Invalid token provided");
  }

  /** Throws Okta's 403 when the principal lacks the scope. `token only` is for calls that take no OAuth token. */
  authorize(principal: Principal, scope: string): void {
    if (principal.kind === "token") return;
    const manage = scope.replace(/\.read$/, ".manage");
    if (scope !== "token only" && (principal.scopes.includes(scope) || principal.scopes.includes(manage))) return;
    throw new OktaProblem(403, "E0000006", "You do not have permission to perform the requested action", [], {
      "www-authenticate": `Bearer authorization_uri="${this.#org.url}/oauth2/v1/authorize", realm="${this.#org.url}", scope="${scope}", error="insufficient_scope", error_description="The access token provided does not contain the required scopes."`,
    });
  }
}
