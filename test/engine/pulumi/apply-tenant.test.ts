import { expect, test } from "vitest";
import { applyTenant } from "../../../src/engine/pulumi/apply-tenant.ts";
import type { TenantContext } from "../../../src/engine/pulumi/context.ts";
import type { TenantStack } from "../../../src/engine/pulumi/tenant-stack.ts";
import type { RegistrationObservation } from "../../../src/idp/identity-provider.ts";
import { organization, shownFields, shownPart, wanted } from "../../idp/auth0/bench.ts";
import { client, enabled, key, list, shared, state, urn } from "./states.ts";

const held = [
  [client, "c1"],
  [enabled, "con_1::c1"],
  [shared, "org_1"],
  [list, "org_1"],
] as const;

const nothing: RegistrationObservation = {
  found: new Map(),
  parts: new Map(),
  undeclared: [],
  problems: [],
  coverage: [],
};
const there = new Map([[key, { id: "c1", key, active: true, fields: shownFields(wanted(), "c1") }]]);

/** A stack and an Auth0 that note what is asked of them; nothing that they are asked changes what is there. */
function noting(observation: RegistrationObservation) {
  const calls: string[] = [];
  let resources = state(held).resources;
  const stack = {
    state: async () => ({ resources, pending: [] }),
    up: async () => {
      calls.push("up");
      return [];
    },
    unprotect: async (urns: readonly string[]) => void calls.push(...urns.map((each) => `unprotect ${each}`)),
    forget: async (urns: readonly string[]) => {
      calls.push(...urns.map((each) => `forget ${each}`));
      resources = resources.filter((each) => !urns.includes(each.urn));
    },
  } as Partial<TenantStack> as TenantStack;
  const adapter = {
    name: "customers",
    observe: async () => observation,
    update: async () => undefined,
    remove: async () => void calls.push("remove"),
    settlePart: async () => void calls.push("settle part"),
  };
  const context = {
    adapter,
    tools: { adopt: false },
    pluginVersion: "3.49.0",
    present: async () => ({ clients: new Map(), connectionIds: new Map() }),
  } as unknown as TenantContext;
  return { calls, apply: (registration = wanted()) => applyTenant(context, async () => stack, registration) };
}

test("what was let go of, because somebody has deleted it, is not asked of the state again", async () => {
  const { calls, apply } = noting({ ...nothing, found: there });
  expect(await apply(wanted({ state: "absent" }))).toBeUndefined();
  expect(calls).toEqual([
    `forget ${urn(list)}`,
    `forget ${urn(shared)}`,
    `unprotect ${urn(client)}`,
    `unprotect ${urn(enabled)}`,
    "up",
    "remove",
    "settle part",
  ]);
});

test("connections that come before others go: in two goes, also where the first one does not show yet", async () => {
  const part = organization();
  const { calls, apply } = noting({
    ...nothing,
    found: there,
    parts: new Map([[part.address, { address: part.address, id: "org_1", fields: shownPart(part) }]]),
  });
  await apply(wanted({ enabledConnections: ["another"] }));
  expect(calls.filter((call) => call === "up")).toHaveLength(2);
});
