import type { OktaAuthorizationServers } from "../../vendor/okta/authorization-servers.ts";
import { OktaFailure } from "../../vendor/okta/failure.ts";

/**
 * `unlicensed`: the org has no custom authorization servers at all, not even `default`. `unread`: these credentials may
 * not read them; the discovery document tells the rest.
 */
export type ServerState = "active" | "inactive" | "missing" | "unlicensed" | "unread";

/** What Okta says to every call about authorization servers without API Access Management; as recorded, with 401. */
const featureMissing = "E0000015";

/** Whether custom authorization servers are there: each is asked for once a run, until it is found. */
export class ServerDirectory {
  readonly #servers: OktaAuthorizationServers;
  readonly #states = new Map<string, Promise<ServerState>>();

  constructor(servers: OktaAuthorizationServers) {
    this.#servers = servers;
  }

  stateOf(id: string): Promise<ServerState> {
    let state = this.#states.get(id);
    if (state === undefined) {
      state = this.#read(id);
      this.#states.set(id, state);
    }
    return state;
  }

  async #read(id: string): Promise<ServerState> {
    try {
      const server = await this.#servers.read(id);
      if (server?.active === true) return "active";
      this.#states.delete(id);
      return server === undefined ? "missing" : "inactive";
    } catch (error) {
      if (error instanceof OktaFailure && error.code === "OKTA_PERMISSION_MISSING") return "unread";
      this.#states.delete(id);
      if (error instanceof OktaFailure && error.oktaCode === featureMissing) return "unlicensed";
      throw error;
    }
  }
}
