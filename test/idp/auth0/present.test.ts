import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import type { Auth0Adapter } from "../../../src/idp/auth0/adapter.ts";
import { tellsPresent } from "../../../src/idp/auth0/present.ts";
import { spareClient } from "../../../src/idp/spare-client.ts";
import { type Bench, organization, scope, startBench, wanted } from "./bench.ts";

// What a program that writes objects whole is told besides the files.

let bench: Bench;
let adapter: Auth0Adapter;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.reset();
  adapter = await bench.adapter();
});

test("of a tenant that has nothing yet, only the connections are told", async () => {
  const connection = bench.sandbox.auth0.connection("fernhill-oidc")?.id;
  const registration = wanted({ enabledConnections: ["fernhill-oidc", "gone"] });
  expect(await adapter.present([registration], new Map())).toEqual({
    organization: undefined,
    clients: new Map(),
    connectionIds: new Map([["fernhill-oidc", connection]]),
  });
  expect(await adapter.present([], new Map())).toEqual({ clients: new Map(), connectionIds: new Map() });
});

test("what others keep in our objects is told, and what is enabled; no secret is asked for", async () => {
  const registration = wanted();
  const orders = wanted({ key: "fernhill/orders" as ConnectionKey });
  for (const part of registration.parts) await adapter.settlePart(part);
  const { id } = await adapter.create(registration);
  const enabled = bench.sandbox.auth0.connection("fernhill-oidc")?.id;
  const whole = bench.sandbox.auth0.organization("fernhill");
  await bench.api("PATCH", `clients/${id}`, { client_metadata: { theirs: "x" } });
  const metadata = { ...whole?.metadata, theirs: "y" };
  await bench.api("PATCH", `organizations/${whole?.id}`, { metadata });
  await bench.api("PATCH", `organizations/${whole?.id}/enabled_connections/${enabled}`, { show_as_button: false });

  const { found } = await adapter.observe([registration, orders], "single");
  const { result, calls } = await bench.callsOf(() => adapter.present([registration, orders], found));
  expect(result).toEqual({
    organization: {
      id: whole?.id,
      metadata: {
        theirs: "y",
        tenantryClients1: id,
        tenantryEnvironment: scope.environment,
        tenantryTenant: "fernhill",
        tenantryWorkspace: scope.workspace,
      },
      enabled: [{ connectionId: enabled, assignMembershipOnLogin: true, showAsButton: false, isSignupEnabled: false }],
    },
    clients: new Map([
      [
        registration.key,
        {
          clientId: id,
          raw: expect.objectContaining({
            client_metadata: expect.objectContaining({ theirs: "x", tenantryKey: "fernhill/portal" }),
          }),
          enabled: [enabled],
        },
      ],
    ]),
    connectionIds: new Map([["fernhill-oidc", enabled]]),
  });
  expect(calls.map((call) => call.replace(/\?.*/, "")).sort()).toEqual([
    "GET clients/CLIENT",
    "GET clients/CLIENT/connections",
    "GET organizations/name/fernhill",
    "GET organizations/org/enabled_connections",
  ]);
  expect(calls.join()).not.toContain("client_secret");
  expect(JSON.stringify([...result.clients])).not.toContain('client_secret":');
});

test("an organization of somebody else is not told as ours", async () => {
  const part = organization({ name: "acme-internal" });
  await expect(adapter.present([wanted({ parts: [part] })], new Map())).rejects.toMatchObject({
    code: "AUTH0_ORGANIZATION_TAKEN",
  });
});

test("an adapter that spares Tenantry's own client still tells it", () => {
  expect(tellsPresent(spareClient(adapter, "somebody", "acme.eu.auth0.com"))).toBe(true);
  expect(tellsPresent({})).toBe(false);
});
