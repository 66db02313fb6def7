import type { OktaAuthorizationServers } from "../../vendor/okta/authorization-servers.ts";
import { OktaFailure } from "../../vendor/okta/failure.ts";

/** `unread`: these credentials may not read authorization servers; the discovery document tells the rest. */
export type ServerState = "active" | "inactive" | "missing" | "unread";

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
      throw error;
    }
  }
}
