import type { InnerCalls } from "../inner-call.ts";
import { randomToken } from "../random.ts";
import type { Site } from "../site.ts";
import { adminSite } from "./admin-site.ts";
import { gatewaySite } from "./gateway-site.ts";
import { OpenidConnect } from "./openid-connect.ts";
import { KongState } from "./state.ts";

/** A Kong gateway that is played: its Admin API, and the gateway itself, which does what its plugins say. */
export interface PlayedKong {
  readonly sites: readonly Site[];
  /** Values of the references by which the example reaches it. */
  readonly env: Readonly<Record<string, string>>;
  /** Routes, services and plugins, to look into and to change as the gateway's team would. */
  readonly state: KongState;
  /** The gateway's vaults, by what stands behind `{vault://`. */
  readonly vault: Map<string, string>;
}

/** Makes a gateway with a route for each tenant of the example, and no plugin. */
export function createKong({ clock, calls }: { readonly clock: () => number; readonly calls: InnerCalls }): PlayedKong {
  const state = new KongState();
  const vault = new Map<string, string>();
  const token = randomToken(24);
  return {
    sites: [adminSite(state, token, clock), gatewaySite(state, new OpenidConnect({ calls, clock, vault }))],
    env: { KONG_ADMIN_TOKEN: token },
    state,
    vault,
  };
}
