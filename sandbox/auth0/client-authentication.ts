import type { IncomingHttpHeaders } from "node:http";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { JOSEError } from "jose/errors";
import { sameText } from "../same-text.ts";
import { OAuthProblem } from "../sign-in/oauth-problem.ts";
import { readShownClient, type ShownClient } from "../sign-in/shown-client.ts";
import { assertionKeys } from "./attached-credentials.ts";
import type { Auth0Client } from "./model.ts";
import { unauthorized } from "./oauth-problem.ts";
import type { Auth0Tenant } from "./tenant.ts";

/**
 * Authenticates clients strictly: exactly one mechanism, and the registered one. A client without a registered one may
 * send its secret either way.
 */
export class Auth0ClientAuthentication {
  readonly #tenant: Auth0Tenant;
  /** Assertions seen, with the time (ms) after which they could not be used anyway. */
  readonly #used = new Map<string, number>();

  constructor(tenant: Auth0Tenant) {
    this.#tenant = tenant;
  }

  /** The client that the request comes from. Throws an `OAuthProblem`. */
  async authenticate(headers: IncomingHttpHeaders, form: URLSearchParams): Promise<Auth0Client> {
    const shown = readShownClient(headers, form);
    if (shown === "malformed") throw unauthorized();
    const client = this.#tenant.clients.get(shown.clientId);
    if (client === undefined || client.global) throw unauthorized();
    if (!registeredMethods(client).includes(shown.method)) throw unauthorized();
    if (shown.method === "private_key_jwt") await this.#checkAssertion(client, shown.credential);
    else if (shown.method !== "none" && !sameText(client.secret, shown.credential)) throw unauthorized();
    return client;
  }

  async #checkAssertion(client: Auth0Client, assertion: string): Promise<void> {
    const now = this.#tenant.now();
    const payload = await verifyAssertion(this.#tenant, client, assertion);
    const { iss, sub, exp, jti } = payload;
    if (iss !== client.clientId || sub !== client.clientId) throw refused("iss and sub must be the client id");
    if (exp === undefined) throw refused("exp is missing");
    for (const [key, until] of this.#used) if (until <= now) this.#used.delete(key);
    if (jti === undefined) throw refused("jti is missing");
    const key = `${client.clientId} ${jti}`;
    if (this.#used.has(key)) throw refused("it has been used already");
    this.#used.set(key, exp * 1000);
  }
}

/** How the client may prove itself. */
function registeredMethods(client: Auth0Client): readonly ShownClient["method"][] {
  if (client.settings.client_authentication_methods !== undefined) return ["private_key_jwt"];
  switch (client.settings.token_endpoint_auth_method) {
    case "client_secret_basic":
    case "client_secret_post":
    case "none":
      return [client.settings.token_endpoint_auth_method];
    default:
      return ["client_secret_basic", "client_secret_post"];
  }
}

function refused(why: string): OAuthProblem {
  return new OAuthProblem(401, "invalid_client", `Client assertion check failed: ${why}`);
}

async function verifyAssertion(tenant: Auth0Tenant, client: Auth0Client, assertion: string) {
  const now = tenant.now();
  const keys = assertionKeys(client.settings)
    .flatMap((id) => client.credentials.get(id) ?? [])
    .filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now)
    .map(({ kid, alg, publicKey }) => ({ ...publicKey, kid, alg, use: "sig" }));
  try {
    const { payload } = await jwtVerify(assertion, createLocalJWKSet({ keys } as JSONWebKeySet), {
      audience: [tenant.issuer, `${tenant.issuer}oauth/token`],
      clockTolerance: 5,
      currentDate: new Date(now),
    });
    return payload;
  } catch (error) {
    if (error instanceof JOSEError) throw refused("the signature, audience or time is not valid");
    throw error;
  }
}
