import { generateKeyPairSync } from "node:crypto";
import { Management, ManagementClient, ManagementError } from "auth0";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auth0Host } from "../../../sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";
import { addDeployClient, deployClientId } from "./deploy-client.ts";

let at: TestSandbox;
let sdk: ManagementClient;
let secret: string;

/** The SDK as it comes, with the `fetch` that it asks for; it fetches its own token. */
function connect(options: { clientSecret: string } | { clientAssertionSigningKey: string }, clientId = deployClientId) {
  return new ManagementClient({
    domain: auth0Host,
    clientId,
    ...options,
    maxRetries: 0,
    fetch: (async (url: string, init: object = {}) => {
      const { host, pathname, search } = new URL(url);
      return await at.fetch(host, pathname + search, init);
    }) as unknown as typeof fetch,
  });
}

beforeAll(async () => {
  at = await startTestSandbox();
  secret = await addDeployClient(at);
  sdk = connect({ clientSecret: secret });
});
afterAll(() => at.close());

const pem = () => {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    publicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
};

describe("the npm package auth0", () => {
  test("clients: made, read, changed, listed page by page, given a new secret, deleted", async () => {
    const made = await sdk.clients.create({
      name: "Portal",
      app_type: "regular_web",
      callbacks: ["https://portal.acme.example/callback"],
      client_metadata: { owner: "crm" },
    });
    const id = made.client_id ?? "";
    expect(made).toMatchObject({ name: "Portal", client_secret: expect.stringMatching(/^.{64}$/) });
    expect(await sdk.clients.get(id, { fields: "name,callbacks", include_fields: true })).toMatchObject({
      name: "Portal",
      callbacks: ["https://portal.acme.example/callback"],
    });
    const changed = await sdk.clients.update(id, { callbacks: [], client_metadata: { owner: null as never, a: "b" } });
    expect(changed).toMatchObject({ callbacks: [], client_metadata: { a: "b" } });
    const rotated = await sdk.clients.rotateSecret(id);
    expect(rotated.client_secret).not.toBe(made.client_secret);
    const names: (string | undefined)[] = [];
    for await (const client of await sdk.clients.list({ per_page: 2, is_global: false })) names.push(client.name);
    expect(names).toEqual(expect.arrayContaining(["Tenantry", "Billing", "Portal"]));
    expect(new Set(names).size).toBe(names.length);
    await sdk.clients.delete(id);
    await expect(sdk.clients.get(id)).rejects.toThrow(Management.NotFoundError);
  });

  test("credentials: a key by which the SDK itself comes in", async () => {
    const { publicKey, privateKey } = pem();
    const made = await sdk.clients.create({ name: "By key", app_type: "non_interactive" });
    const id = made.client_id ?? "";
    const credential = await sdk.clients.credentials.create(id, {
      credential_type: "public_key",
      name: "first",
      pem: publicKey,
    });
    await sdk.clients.update(id, {
      token_endpoint_auth_method: null as never,
      client_authentication_methods: { private_key_jwt: { credentials: [{ id: credential.id ?? "" }] } },
    });
    await sdk.clientGrants.create({ client_id: id, audience: `https://${auth0Host}/api/v2/`, scope: ["read:clients"] });
    const byKey = connect({ clientAssertionSigningKey: privateKey }, id);
    expect((await byKey.clients.get(id)).name).toBe("By key");
    await expect(byKey.organizations.list()).rejects.toThrow(Management.ForbiddenError);
    expect(await sdk.clients.credentials.list(id)).toMatchObject([{ id: credential.id, name: "first", alg: "RS256" }]);
    expect(await sdk.clients.credentials.get(id, credential.id ?? "")).toMatchObject({ kid: credential.kid });
    await expect(sdk.clients.credentials.delete(id, credential.id ?? "")).rejects.toThrow(ManagementError);
    await sdk.clients.delete(id);
  });

  test("connections: made, changed, enabled for clients, listed in pages by checkpoint", async () => {
    const made = await sdk.connections.create({
      name: "customer-oidc",
      strategy: "oidc",
      options: { issuer: "https://login.customer.example", client_id: "a", client_secret: "s" } as never,
    });
    const id = made.id ?? "";
    expect(made.options).toMatchObject({ client_secret: "s", schema_version: "oidc-V4" });
    const changed = await sdk.connections.update(id, { options: { client_id: "b" } as never, show_as_button: true });
    expect(changed).toMatchObject({ show_as_button: true, options: { client_id: "b" } });
    expect(changed.options).not.toHaveProperty("client_secret");
    const clients = await Promise.all(
      ["one", "two", "three"].map(async (name) => (await sdk.clients.create({ name })).client_id ?? ""),
    );
    await sdk.connections.clients.update(
      id,
      clients.map((client_id) => ({ client_id, status: true })),
    );
    const enabled: (string | undefined)[] = [];
    for await (const { client_id } of await sdk.connections.clients.get(id, { take: 2 })) enabled.push(client_id);
    expect(enabled.toSorted()).toEqual(clients.toSorted());
    for (const name of ["a-samlp", "b-samlp", "C-samlp"]) await sdk.connections.create({ name, strategy: "samlp" });
    const names: (string | undefined)[] = [];
    for await (const { name } of await sdk.connections.list({ strategy: ["samlp", "oidc"], take: 2 })) names.push(name);
    expect(names).toEqual(["a-samlp", "b-samlp", "C-samlp", "customer-oidc", "fernhill-oidc"]);
    expect(await sdk.connections.keys.get(id)).toHaveLength(2);
    await expect(sdk.connections.checkStatus(id)).rejects.toThrow(Management.BadRequestError);
    await expect(sdk.connections.scimConfiguration.get(id)).rejects.toThrow(Management.NotFoundError);
    await expect(sdk.connections.create({ name: "customer-oidc", strategy: "oidc" })).rejects.toThrow(
      Management.ConflictError,
    );
    await expect(sdk.connections.create({ name: "x", strategy: "oidc", enabled_clients: [] })).rejects.toMatchObject({
      statusCode: 400,
      body: { errorCode: "invalid_body" },
    });
    await sdk.connections.delete(id);
    await expect(sdk.connections.get(id)).rejects.toThrow(Management.NotFoundError);
  });

  test("organizations: connections, members with roles, discovery domains, grants", async () => {
    const { id = "" } = await sdk.organizations.create({ name: "whiterabbit", display_name: "Whiterabbit Foods" });
    const connection = await sdk.connections.create({ name: "whiterabbit-db", strategy: "auth0" });
    await sdk.organizations.enabledConnections.add(id, { connection_id: connection.id ?? "", is_signup_enabled: true });
    await sdk.organizations.connections.update(id, connection.id ?? "", { organization_access_level: "full" });
    expect((await sdk.organizations.connections.list(id)).data).toMatchObject([
      { connection_id: connection.id, is_signup_enabled: true, organization_access_level: "full", is_enabled: true },
    ]);
    const user = await sdk.users.create({
      connection: "whiterabbit-db",
      email: "a@whiterabbit.example",
      password: "Secret-1234",
    });
    const userId = user.user_id ?? "";
    const role = await sdk.roles.create({ name: "Buyer", description: "May order" });
    await sdk.organizations.members.create(id, { members: [userId] });
    await sdk.organizations.members.roles.assign(id, userId, { roles: [role.id ?? ""] });
    expect((await sdk.organizations.members.roles.list(id, userId)).data).toMatchObject([{ name: "Buyer" }]);
    const members: (string | undefined)[] = [];
    for await (const { email } of await sdk.organizations.members.list(id, { take: 1 })) members.push(email);
    expect(members).toEqual(["a@whiterabbit.example"]);
    const domain = await sdk.organizations.discoveryDomains.create(id, { domain: "whiterabbit.example" });
    expect(domain).toMatchObject({ status: "pending", domain: "whiterabbit.example" });
    await sdk.organizations.discoveryDomains.update(id, domain.id ?? "", { status: "verified" });
    expect((await sdk.organizations.discoveryDomains.list(id)).data).toMatchObject([{ status: "verified" }]);
    await sdk.organizations.enabledConnections.delete(id, connection.id ?? "");
    expect((await sdk.organizations.enabledConnections.list(id)).data).toEqual([]);
    await sdk.organizations.members.delete(id, { members: [userId] });
    await sdk.organizations.delete(id);
    await expect(sdk.organizations.getByName("whiterabbit")).rejects.toThrow(Management.NotFoundError);
  });

  test("roles and resource servers with permissions, and client grants", async () => {
    const api = await sdk.resourceServers.create({
      identifier: "https://orders.acme.example",
      name: "Orders",
      scopes: [{ value: "read:orders", description: "Read" }, { value: "write:orders" }],
    });
    const role = await sdk.roles.create({ name: "Clerk" });
    const roleId = role.id ?? "";
    const permission = { resource_server_identifier: "https://orders.acme.example", permission_name: "read:orders" };
    await sdk.roles.permissions.add(roleId, { permissions: [permission] });
    expect((await sdk.roles.permissions.list(roleId)).data).toMatchObject([
      { ...permission, resource_server_name: "Orders" },
    ]);
    const names: (string | undefined)[] = [];
    for await (const { name } of await sdk.resourceServers.list({ per_page: 1 })) names.push(name);
    expect(names).toContain("Orders");
    const client = await sdk.clients.create({ name: "Export", app_type: "non_interactive" });
    const grant = await sdk.clientGrants.create({
      client_id: client.client_id ?? "",
      audience: "https://orders.acme.example",
      scope: ["read:orders"],
    });
    await sdk.clientGrants.update(grant.id ?? "", { scope: ["read:orders", "write:orders"] });
    const grants = await sdk.clientGrants.list({ client_id: client.client_id ?? "" });
    expect(grants.data).toMatchObject([{ id: grant.id, scope: ["read:orders", "write:orders"] }]);
    await sdk.resourceServers.update(api.id ?? "", { token_lifetime: 172_800 });
    expect(await sdk.resourceServers.get(api.id ?? "")).toMatchObject({
      token_lifetime: 172_800,
      identifier: api.identifier,
    });
    await sdk.clientGrants.delete(grant.id ?? "");
    await sdk.resourceServers.delete(api.id ?? "");
    await sdk.roles.delete(roleId);
    await expect(sdk.roles.get(roleId)).rejects.toThrow(Management.NotFoundError);
  });

  test("its error classes: a wrong body, an unknown token, too many requests", async () => {
    const refused = sdk.clients.create({ name: "x", app_type: "magic" as never });
    await expect(refused).rejects.toThrow(Management.BadRequestError);
    await expect(refused).rejects.toMatchObject({ body: { errorCode: "invalid_body", statusCode: 400 } });
    await expect(connect({ clientSecret: "wrong" }).clients.list()).rejects.toMatchObject({ statusCode: 401 });
    at.sandbox.faults.add({ host: auth0Host, effect: "status-before", status: 429 });
    await expect(sdk.clients.list()).rejects.toThrow(Management.TooManyRequestsError);
  });
});
