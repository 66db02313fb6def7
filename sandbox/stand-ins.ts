import type { InnerCalls } from "./inner-call.ts";
import { createKong } from "./kong/stand-in.ts";
import { createMendix } from "./mendix/stand-in.ts";
import { createCustomerOrg } from "./okta/customer-org.ts";
import { createReceiver } from "./receiver/stand-in.ts";
import type { Site } from "./site.ts";
import { createVault } from "./vault/stand-in.ts";
import { createWorkos } from "./workos/stand-in.ts";

// The apps' side of the world that is not a database: gateways, vendors' APIs and receivers that Tenantry writes to.

/** What a stand-in is made with. */
export interface StandInParts {
  /** The sandbox's folder: what Tenantry writes there can be read. */
  readonly dir: string;
  readonly clock: () => number;
  /** How what is played asks other sites of the sandbox. */
  readonly calls: InnerCalls;
}

/** One outside system that is played. Its world is new at each start. */
export interface StandIn {
  readonly sites: readonly Site[];
  /** Values of the references by which the example reaches it. */
  readonly env: Readonly<Record<string, string>>;
}

const makers = {
  kong: createKong,
  mendix: createMendix,
  customerOrg: createCustomerOrg,
  receiver: createReceiver,
  workos: createWorkos,
  vault: createVault,
} as const satisfies Readonly<Record<string, (parts: StandInParts) => StandIn>>;

/** All of them, by name, to look into and to change as whoever runs them would. */
export type StandIns = { readonly [Name in keyof typeof makers]: ReturnType<(typeof makers)[Name]> };

/** Makes all of them. */
export function createStandIns(parts: StandInParts): StandIns {
  const made = Object.entries<(parts: StandInParts) => StandIn>(makers).map(([name, make]) => [name, make(parts)]);
  return Object.fromEntries(made) as StandIns;
}
