import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { sameText } from "../same-text.ts";
import type { ShownClient } from "../sign-in/shown-client.ts";
import type { CustomerClient } from "./customer-client.ts";
import type { CustomerProvider } from "./customer-provider.ts";
import type { ClientFault } from "./vendor.ts";

/** Longest lifetime of an assertion, in seconds. */
const longestAssertion = 3600;

/** Authenticates the clients of one provider as strictly as its product does. */
export class ClientAuthentication {
  readonly #provider: CustomerProvider;
  readonly #clock: () => number;
  /** Assertions seen, with the time (ms) after which they could not be used anyway. */
  readonly #used = new Map<string, number>();

  constructor(provider: CustomerProvider, clock: () => number) {
    this.#provider = provider;
    this.#clock = clock;
  }

  /** The client that is shown, or why it is not let in. */
  async authenticate(shown: ShownClient): Promise<CustomerClient | ClientFault> {
    const client = this.#provider.client(shown.clientId);
    if (client === undefined) return "unknown";
    const { methods, strict } = this.#provider.vendor.clientAuth;
    if (shown.method === "none") return client.method === "none" ? client : "no-credential";
    if (client.method === "none") return "method";
    const signs = client.method === "private_key_jwt";
    if (!methods.includes(shown.method) || (shown.method === "private_key_jwt") !== signs) return "method";
    if (strict && shown.method !== client.method) return "method";
    if (signs) return (await this.#proves(client, shown.credential)) ? client : "assertion";
    if (client.secret === undefined || !sameText(client.secret, shown.credential)) return "secret";
    return client.secretExpires !== undefined && client.secretExpires <= this.#clock() ? "expired" : client;
  }

  /** Whether an assertion is signed by the client, meant for this provider, not outlived, and new. */
  async #proves(client: CustomerClient, assertion: string): Promise<boolean> {
    const { issuer, vendor } = this.#provider;
    const now = this.#clock();
    try {
      const keys = createLocalJWKSet({ keys: client.keys } as unknown as JSONWebKeySet);
      const { payload } = await jwtVerify(assertion, keys, {
        issuer: client.clientId,
        subject: client.clientId,
        audience: [issuer, vendor.endpoints.token],
        requiredClaims: ["exp", "jti"],
        clockTolerance: 15,
        currentDate: new Date(now),
      });
      const until = Number(payload.exp) * 1000;
      if (until > now + longestAssertion * 1000) return false;
      for (const [key, end] of this.#used) if (end <= now) this.#used.delete(key);
      const key = `${client.clientId} ${payload.jti}`;
      if (this.#used.has(key)) return false;
      this.#used.set(key, until);
      return true;
    } catch {
      return false;
    }
  }
}
