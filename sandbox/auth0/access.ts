import { randomToken } from "../random.ts";
import { sameText } from "../same-text.ts";
import type { Principal } from "./call.ts";
import { Auth0Problem } from "./problem.ts";
import { allScopes } from "./scopes.ts";
import type { Auth0Tenant } from "./tenant.ts";

/** Seconds for which a bearer token of the management API is good. */
export const managementTokenLifetime = 86_400;

/** Who may call the management API: one API token with every scope, and the bearer tokens issued to clients. */
export class Auth0Access {
  readonly #tenant: Auth0Tenant;
  readonly #apiToken: string;

  constructor(tenant: Auth0Tenant, apiToken: string) {
    this.#tenant = tenant;
    this.#apiToken = apiToken;
  }

  /** A new bearer token, good for a day: the one given, or a random one. As at Auth0 it lives on when its client is removed or its grant is cut. */
  issue(clientId: string, scopes: readonly string[], token = randomToken(64)): string {
    const expires = this.#tenant.now() + managementTokenLifetime * 1000;
    this.#tenant.state.tokens.set(token, { clientId, scopes: new Set(scopes), expires });
    return token;
  }

  /** Every bearer token issued so far is over. */
  expireAll(): void {
    const { tokens } = this.#tenant.state;
    for (const [token, issued] of tokens) tokens.set(token, { ...issued, expires: 0 });
  }

  /** Auth0's answer to a bearer token that is over. */
  expiredToken(): Auth0Problem {
    return new Auth0Problem(401, "Expired token received for JSON Web Token validation", "invalid_token");
  }

  /** Who sends this `Authorization` header. Throws Auth0's 401. */
  identify(header: string | undefined): Principal {
    const [scheme = "", ...rest] = (header ?? "").split(" ");
    const credential = rest.join(" ").trim();
    if (scheme.toLowerCase() !== "bearer" || credential === "") {
      throw new Auth0Problem(401, "Missing authentication");
    }
    if (sameText(credential, this.#apiToken)) return { clientId: "api-token", scopes: new Set(allScopes) };
    const token = this.#tenant.state.tokens.get(credential);
    if (token === undefined) throw new Auth0Problem(401, "Invalid token");
    if (this.#tenant.now() >= token.expires) throw this.expiredToken();
    return token;
  }
}
