import { output } from "@pulumi/pulumi";
import { MockMonitor, type Mocks, setMocks } from "@pulumi/pulumi/runtime/mocks.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PresentTenant } from "../../../src/idp/auth0/present.ts";
import { resourceOf, resourceTypes, tailOf } from "../../../stacks/auth0/names.ts";
import { type Auth0ProgramInput, auth0Program } from "../../../stacks/auth0/stack.ts";
import { connectionIds, key, nothingThere, organization, registration } from "./cases.ts";

/** What Pulumi was asked to register, options included. */
interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deletedWith: string;
  readonly importId: string;
  readonly parent: string;
}

let registered: Registered[];
/** Names of the connections that were looked up. */
let asked: string[];

const mocks: Mocks = {
  newResource: ({ type, name, inputs, id }) => ({
    id: id || `id-of-${name}`,
    state: { ...inputs, ...(type === resourceTypes.client ? { clientId: `id-of-${name}` } : {}) },
  }),
  call: ({ inputs }) => {
    asked.push(inputs.name);
    const id = connectionIds.get(inputs.name);
    if (id === undefined) throw new Error("no connection of this name");
    return { id };
  },
};

beforeEach(async () => {
  registered = [];
  asked = [];
  const { registerResource } = MockMonitor.prototype;
  vi.spyOn(MockMonitor.prototype, "registerResource").mockImplementation(function (this: MockMonitor, req, callback) {
    registered.push({
      type: req.getType(),
      name: req.getName(),
      inputs: req.getObject().toJavaScript(),
      protect: req.getProtect(),
      ignoreChanges: req.getIgnorechangesList(),
      deletedWith: req.getDeletedwith(),
      importId: req.getImportid(),
      parent: req.getParent(),
    });
    return registerResource.call(this, req, callback);
  });
  await setMocks(mocks, "tenantry-acme", "production.customers.fernhill");
});
afterEach(() => vi.restoreAllMocks());

/** Runs the program; its outputs, once everything is registered. */
async function run(input: Auth0ProgramInput): Promise<unknown> {
  const outputs = await auth0Program(input)();
  const value = await new Promise((done) => output(outputs).apply(done));
  // Everything waits for the ids of clients at most, and the last resource waits for the organization's.
  await vi.waitFor(() => expect(registered.at(-1)?.type).toBe(resourceTypes.organizationConnections));
  return value;
}

const urn = (type: string, name: string) => expect.stringContaining(`::${type}::${name}`);

test("a tenant's program registers clients, what is enabled for them, and the organization", async () => {
  const portal = registration();
  // Its connection is gone, which must not keep it from being switched off.
  const orders = registration({ key: key("fernhill/orders"), state: "inactive", enabledConnections: ["gone"] });
  const absent = registration({ key: key("fernhill/old"), state: "absent" });
  const present: PresentTenant = {
    ...nothingThere,
    clients: new Map([[orders.key, { clientId: "client_orders", raw: { description: "theirs" }, enabled: [] }]]),
  };
  const client = resourceOf({ kind: "client", key: orders.key });
  const imports = new Map([[tailOf(client), "client_orders"]]);
  const outputs = await run({ registrations: [portal, orders, absent], present, imports });

  expect(outputs).toEqual({
    "fernhill.portal": "id-of-fernhill.portal",
    "fernhill.orders": "id-of-fernhill.orders",
  });
  expect(asked).toEqual([]);
  expect(registered.map(({ type, name }) => `${type}::${name}`).sort()).toEqual([
    "auth0:index/client:Client::fernhill.orders",
    "auth0:index/client:Client::fernhill.portal",
    "auth0:index/connectionClient:ConnectionClient::fernhill.portal/fernhill-oidc",
    "auth0:index/organization:Organization::fernhill",
    "auth0:index/organizationConnections:OrganizationConnections::fernhill",
  ]);

  const one = (type: string, name: string) => registered.find((each) => each.type === type && each.name === name);
  const made = one(resourceTypes.client, "fernhill.portal");
  const taken = one(resourceTypes.client, "fernhill.orders");
  const enabled = one(resourceTypes.connectionClient, "fernhill.portal/fernhill-oidc");
  const whole = one(resourceTypes.organization, "fernhill");
  const ways = one(resourceTypes.organizationConnections, "fernhill");
  expect(made).toMatchObject({
    protect: true,
    importId: "",
    inputs: { name: portal.label, description: "", grantTypes: ["authorization_code"], appType: "regular_web" },
  });
  // The note of its key is the adapter's; a look at Auth0 would have told it.
  expect(made?.ignoreChanges).toEqual(
    expect.arrayContaining(["clientMetadata.tenantryClientKey", "logoUri", "addons"]),
  );
  expect(made?.ignoreChanges).not.toEqual(expect.arrayContaining(["callbacks"]));
  expect(taken).toMatchObject({
    protect: true,
    importId: "client_orders",
    inputs: { grantTypes: [], description: "theirs" },
  });
  expect(taken?.ignoreChanges).not.toContain("clientMetadata.tenantryClientKey");
  // Where Pulumi ignores it, it calls what it takes over "Managed by Pulumi".
  expect(taken?.ignoreChanges).not.toContain("description");
  expect(enabled).toMatchObject({
    inputs: { connectionId: "con_1", clientId: "id-of-fernhill.portal" },
    deletedWith: urn(resourceTypes.client, "fernhill.portal"),
    protect: false,
  });
  expect(whole).toMatchObject({
    protect: true,
    inputs: {
      name: "fernhill",
      displayName: "Fernhill Media",
      metadata: { tenantryClients1: "client_orders id-of-fernhill.portal", tenantryTenant: "fernhill" },
    },
    ignoreChanges: ["branding", "thirdPartyClientAccess", "tokenQuota"],
  });
  expect(ways).toMatchObject({
    inputs: {
      organizationId: "id-of-fernhill",
      enabledConnections: [
        { connectionId: "con_1", assignMembershipOnLogin: true, showAsButton: true, isSignupEnabled: false },
      ],
    },
    deletedWith: urn(resourceTypes.organization, "fernhill"),
  });
  // A parent would be part of every URN.
  expect(registered.map(({ parent }) => parent)).toEqual(["", "", "", "", ""]);
  // Nothing in it is secret, so nothing of it need be hidden in a state: Pulumi marks what is by this name.
  expect(JSON.stringify(registered)).not.toContain("4dabf18193072939515e22adb298388d");
});

test("without a look at Auth0 connections are looked up, and one that is off does without those that are gone", async () => {
  const off = registration({
    state: "inactive",
    enabledConnections: ["gone"],
    parts: [organization({ state: "inactive" })],
  });
  await run({ registrations: [off] });
  expect(asked.sort()).toEqual(["fernhill-oidc", "gone"]);
  expect(registered.map(({ type }) => type).sort()).toEqual([
    resourceTypes.client,
    resourceTypes.organization,
    resourceTypes.organizationConnections,
  ]);
  const [ways] = registered.filter(({ type }) => type === resourceTypes.organizationConnections);
  expect(ways?.inputs.enabledConnections).toEqual([]);
  const [whole] = registered.filter(({ type }) => type === resourceTypes.organization);
  expect(whole?.inputs.metadata).toMatchObject({ tenantryKeptConnections1: "con_1:ab" });
});

test("what cannot be done is said before anything is made", async () => {
  const missing = registration({ enabledConnections: ["gone"] });
  const many = Array.from({ length: 60 }, (_, index) => registration({ key: key(`fernhill/app-${index}`) }));
  const run = async (...registrations: readonly (typeof missing)[]) =>
    auth0Program({ registrations, present: nothingThere })();
  await expect(run(registration(), missing)).rejects.toMatchObject({ code: "AUTH0_CONNECTION_MISSING" });
  await expect(run(registration({ parts: [organization({ enabledConnections: ["gone"] })] }))).rejects.toMatchObject({
    code: "AUTH0_CONNECTION_MISSING",
  });
  await expect(run(...many)).rejects.toMatchObject({ code: "AUTH0_METADATA_FULL" });
  expect(registered).toEqual([]);
});

test("a client that goes is left out, and the organization that others of the tenant need is not", async () => {
  const gone = registration({ state: "absent" });
  const leaving = ["client_portal"];
  const metadata = { tenantryEnvironment: "production", tenantryTenant: "fernhill", tenantryWorkspace: "acme" };
  const there = {
    id: "org_1",
    metadata: { ...metadata, tenantryClients1: "client_orders client_portal" },
    enabled: [],
  };
  await run({ registrations: [gone], present: { ...nothingThere, organization: there }, leaving });
  expect(registered.map(({ type }) => type)).toEqual([
    resourceTypes.organization,
    resourceTypes.organizationConnections,
  ]);
  expect(registered[0]?.inputs.metadata).toEqual({ ...metadata, tenantryClients1: "client_orders" });
});

test("a tenant that is to be gone has an empty program", async () => {
  const gone = registration({ state: "absent", parts: [organization({ state: "absent" })] });
  expect(await auth0Program({ registrations: [gone], present: nothingThere })()).toEqual({});
  expect(registered).toEqual([]);
});
