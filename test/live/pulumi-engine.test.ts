import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { fernhillConnection } from "../../sandbox/sandbox.ts";
import type { ConnectionKey, Registration } from "../../src/desired/connection.ts";
import { directEngine } from "../../src/engine/direct.ts";
import { type Bench, organization, startBench, wanted } from "../idp/auth0/bench.ts";
import { hasPulumi, objectsOf, openPulumi, type PulumiBench, type PulumiBenchOptions } from "./pulumi-bench.ts";

// The engine with the real Pulumi CLI and its real plugin, against the sandbox.

let bench: Bench;
const opened: PulumiBench[] = [];

beforeAll(async () => {
  if (hasPulumi) bench = await startBench();
});
afterAll(() => bench?.close());
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  bench?.reset();
});

const live = (name: string, body: () => Promise<void>): void => {
  test.skipIf(!hasPulumi)(`${name} (needs pulumi and pulumi-resource-auth0)`, { timeout: 120_000 }, body);
};

async function open(options: PulumiBenchOptions = {}): Promise<PulumiBench> {
  const one = await openPulumi(bench, options);
  opened.push(one);
  return one;
}

const orders = wanted({
  key: "fernhill/orders" as ConnectionKey,
  label: "fernhill/orders Fernhill Media (sandbox)",
  redirectUris: ["https://orders.acme.example/sso/fernhill/default"],
  postLogoutRedirectUris: [],
  grantTypes: ["authorization_code", "refresh_token"],
});

function off(registration: Registration): Registration {
  return { ...registration, state: "inactive", parts: [organization({ state: "inactive", enabledConnections: [] })] };
}

live("what was applied leaves nothing to plan, and no secret on this machine", async () => {
  const one = await open();
  const first = await one.engine.plan([wanted(), orders], "single");
  expect(one.changes(first).map(({ action, address }) => `${action} ${address}`)).toEqual([
    "create idp/customers/client/fernhill/portal",
    "create idp/customers/client/fernhill/orders",
    "create idp/customers/organization/fernhill",
  ]);
  expect(first.observation.problems).toEqual([]);
  const portal = await one.engine.apply(wanted());
  const second = await one.engine.apply(orders);
  expect(second?.id).not.toBe(portal?.id);
  const again = await one.engine.plan([wanted(), orders], "single");
  expect(one.changes(again)).toEqual([]);
  expect(again.observation.problems).toEqual([]);
  if (portal === undefined) throw new Error("there is no client");
  const secret = (await one.engine.secretOf(portal))?.secret.reveal() ?? "none";
  const management = bench.sandbox.env.AUTH0_MANAGEMENT_SECRET ?? "none";
  const written = one.written();
  expect(written).toContain(portal.id);
  expect(written.includes(secret)).toBe(false);
  expect(written.includes(management)).toBe(false);
});
