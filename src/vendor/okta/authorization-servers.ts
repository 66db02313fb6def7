import { orGone, required } from "./apps.ts";
import type { CallPurpose } from "./failure.ts";
import type { OktaTransport } from "./transport.ts";

/** A custom authorization server: an issuer with claims, scopes and policies of its own. */
export interface OktaAuthorizationServer {
  readonly id: string;
  readonly active: boolean;
}

export interface OktaAuthorizationServers {
  /** By id, or `default`; undefined when it is not there. Takes the scope `okta.authorizationServers.read`. */
  read(id: string): Promise<OktaAuthorizationServer | undefined>;
}

export function oktaAuthorizationServers(transport: OktaTransport): OktaAuthorizationServers {
  const { host } = transport;
  return {
    async read(id) {
      const purpose: CallPurpose = {
        what: `read authorization server ${id}`,
        scope: "okta.authorizationServers.read",
        writes: false,
      };
      const path = `/api/v1/authorizationServers/${encodeURIComponent(id)}`;
      const reply = await orGone(transport.send({ method: "GET", path, purpose }));
      if (reply === undefined) return undefined;
      return {
        id: required(host, purpose, reply.body, "id"),
        active: required(host, purpose, reply.body, "status") === "ACTIVE",
      };
    },
  };
}
