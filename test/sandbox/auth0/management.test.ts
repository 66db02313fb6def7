import { generateKeyPairSync } from "node:crypto";
import { ManagementClient } from "auth0";
import { beforeEach, describe, expect, test } from "vitest";
import { auth0Host, fernhillConnection, foreignOrganization, managementClientId } from "../../../sandbox/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, problem } from "./auth0-caller.ts";

const at = sharedSandbox();

const invalid = (what: string) => [400, "invalid_body", `Payload validation error: ${what}.`];

describe("what is not there", () => {
  test.each([
    ["/clients/nobody", "inexistent_client", "The client does not exist"],
    ["/clients/nobody/credentials", "inexistent_client", "The client does not exist"],
    ["/clients/nobody/connections", "inexistent_client", "The client does not exist"],
    ["/connections/con_0000000000000000", "inexistent_connection", "The connection does not exist"],
    ["/connections/con_0000000000000000/clients", "inexistent_connection", "The connection does not exist"],
    ["/organizations/org_0000000000000000", undefined, "No organization found by that id or name"],
    ["/organizations/name/nobody", undefined, "No organization found by that id or name"],
    ["/organizations/nobody/enabled_connections", undefined, "No organization found by that id or name"],
  ])("%s", async (path, code, message) => {
    expect(await problem(at, "GET", path)).toEqual([404, code, message]);
  });

  test("deleting a client that is gone succeeds", async () => {
    expect((await call(at, "DELETE", "/clients/nobody")).status).toBe(204);
  });
});

describe("a client's body", () => {
  let path: string;
  beforeEach(async () => {
    path = `/clients/${(await call(at, "POST", "/clients", { name: "checked" })).json.client_id}`;
  });

  test.each([
    ["POST", {}, "'Missing required property: name'"],
    ["POST", { name: "a<b" }, "'String does not match pattern ^[^<>]+$: a<b' on property name"],
    ["POST", { name: 1 }, "'Expected type string but found type integer' on property name"],
    ["POST", { name: "a", colour: "red", x: 1 }, "'Additional properties not allowed: colour,x'"],
    ["POST", { name: "a", app_type: "web" }, "'No enum match for: web' on property app_type"],
    ["POST", { name: "a", callbacks: "x" }, "'Expected type array but found type string' on property callbacks"],
    [
      "POST",
      { name: "a", callbacks: ["no url"] },
      "'Object didn't pass validation for format absolute-uri-or-empty: no url' on property callbacks[0]",
    ],
    [
      "POST",
      { name: "a", description: "d".repeat(141) },
      "'String is too long (141 chars), maximum 140' on property description",
    ],
    ["POST", { name: "a", client_secret: "x" }, "'Additional properties not allowed: client_secret'"],
    ["POST", { name: "a", client_id: "x" }, "'Additional properties not allowed: client_id'"],
    [
      "POST",
      { name: "a", token_endpoint_auth_method: "private_key_jwt" },
      "'No enum match for: private_key_jwt' on property token_endpoint_auth_method",
    ],
    ["POST", [], "'Expected type object but found type array'"],
    [
      "PATCH",
      { client_metadata: { key: "v".repeat(256) } },
      "'String is too long (256 chars), maximum 255' on property client_metadata.key",
    ],
    [
      "PATCH",
      { client_metadata: { key: 1 } },
      "'Expected type string but found type integer' on property client_metadata.key",
    ],
    ["PATCH", { grant_types: ["magic"] }, "'No enum match for: magic' on property grant_types[0]"],
    [
      "PATCH",
      { refresh_token: { rotation_type: "rotating" } },
      "'Missing required property: expiration_type' on property refresh_token",
    ],
    ["PATCH", { tenant: "x" }, "'Additional properties not allowed: tenant'"],
  ])("%s %j is refused", async (method, body, what) => {
    expect(await problem(at, method, method === "POST" ? "/clients" : path, body)).toEqual(invalid(what));
  });

  test("has at most 10 keys of metadata, counted after the merge; null takes one away", async () => {
    const keys = (from: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_each, index) => [`key-${from + index}`, "v"]));
    expect((await call(at, "PATCH", path, { client_metadata: keys(0, 10) })).status).toBe(200);
    expect(await problem(at, "PATCH", path, { client_metadata: keys(10, 1) })).toEqual(
      invalid("'Too many properties defined (11), maximum 10' on property client_metadata"),
    );
    const swapped = await call(at, "PATCH", path, { client_metadata: { "key-0": null, other: "v" } });
    expect(Object.keys(swapped.json.client_metadata)).toHaveLength(10);
  });

  test("cannot give a key of another client, nor name two ways of authentication", async () => {
    const methods = { private_key_jwt: { credentials: [{ id: "cred_0000000000000000000000" }] } };
    expect(await problem(at, "PATCH", path, { client_authentication_methods: methods })).toEqual(
      invalid("'The credential cred_0000000000000000000000 does not exist'"),
    );
    const both = { client_authentication_methods: methods, token_endpoint_auth_method: "none" };
    expect(await code(at, "PATCH", path, both)).toBe("400 invalid_body");
  });

  test("that was refused has changed nothing", async () => {
    const before = (await call(at, "GET", path)).json;
    await call(at, "PATCH", path, { name: "changed", callbacks: ["no url"] });
    expect((await call(at, "GET", path)).json).toEqual(before);
  });
});

test("two clients can have one name, and a key must be an RSA public key and unused to go", async () => {
  const { client_id } = (await call(at, "POST", "/clients", { name: "checked" })).json;
  const path = `/clients/${client_id}/credentials`;
  expect(await code(at, "POST", path, { credential_type: "public_key", pem: "junk" })).toBe("400 invalid_body");
  expect(await code(at, "POST", path, { credential_type: "x509_cert", pem: "junk" })).toBe("400 invalid_body");
  const spki = { type: "spki", format: "pem" } as const;
  const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export(spki);
  expect(await code(at, "POST", path, { credential_type: "public_key", pem: elliptic })).toBe("400 invalid_body");
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const secret = pair.privateKey.export({ type: "pkcs8", format: "pem" });
  expect(await code(at, "POST", path, { credential_type: "public_key", pem: secret })).toBe("400 invalid_body");
  const { json } = await call(at, "POST", path, { credential_type: "public_key", pem: pair.publicKey.export(spki) });
  const methods = { private_key_jwt: { credentials: [{ id: json.id }] } };
  await call(at, "PATCH", `/clients/${client_id}`, { client_authentication_methods: methods });
  expect(await code(at, "DELETE", `${path}/${json.id}`)).toBe("400 credential_in_use");
  await call(at, "PATCH", `/clients/${client_id}`, {
    client_authentication_methods: null,
    token_endpoint_auth_method: "client_secret_post",
  });
  expect((await call(at, "DELETE", `${path}/${json.id}`)).status).toBe(204);
  expect(await code(at, "GET", `${path}/${json.id}`)).toBe("404 inexistent_credential");
});

describe("an organization", () => {
  test.each([
    [{}, "'Missing required property: name'"],
    [{ name: "Fernhill" }, "'Object didn't pass validation for format organization-name: Fernhill' on property name"],
    [{ name: "org_x" }, "'Object didn't pass validation for format organization-name: org_x' on property name"],
    [{ name: "a".repeat(51) }, "'String is too long (51 chars), maximum 50' on property name"],
    [{ name: "a", display_name: "" }, "'String is too short (0 chars), minimum 1' on property display_name"],
    [
      { name: "a", metadata: { k: "v".repeat(256) } },
      "'String is too long (256 chars), maximum 255' on property metadata.k",
    ],
    [
      { name: "a", metadata: { ["k".repeat(256)]: "v" } },
      "'String is too long (256 chars), maximum 255' on property metadata",
    ],
    [
      { name: "a", metadata: Object.fromEntries([..."abcdefghijk"].map((key) => [key, "v"])) },
      "'Too many properties defined (11), maximum 10' on property metadata",
    ],
    [{ name: "a", domains: [] }, "'Additional properties not allowed: domains'"],
  ])("%j is refused", async (body, what) => {
    expect(await problem(at, "POST", "/organizations", body)).toEqual(invalid(what));
  });

  test("is found by id and by name, has a name of its own, and can be renamed and deleted", async () => {
    const body = { name: "own-name", display_name: "Own", metadata: { a: "1", b: "2" } };
    const { status, json } = await call(at, "POST", "/organizations", body);
    expect({ status, json }).toMatchObject({ status: 201, json: body });
    expect((await call(at, "GET", "/organizations/name/own-name")).json).toEqual(json);
    expect(await code(at, "POST", "/organizations", { name: "own-name" })).toBe("409 organization_conflict");
    expect(await code(at, "PATCH", `/organizations/${json.id}`, { name: foreignOrganization })).toBe(
      "409 organization_conflict",
    );
    const renamed = await call(at, "PATCH", `/organizations/${json.id}`, { name: "other-name", metadata: { a: "3" } });
    expect(renamed.json).toMatchObject({ name: "other-name", display_name: "Own" });
    // Metadata is replaced as a whole.
    expect(renamed.json.metadata).toEqual({ a: "3" });
    expect((await call(at, "GET", "/organizations/name/own-name")).status).toBe(404);
    expect((await call(at, "DELETE", `/organizations/${json.id}`)).status).toBe(204);
    expect((await call(at, "GET", `/organizations/${json.id}`)).status).toBe(404);
  });

  test("has connections: enabled once, changed, listed under both names, at most ten, gone with the connection", async () => {
    const fernhill = at.sandbox.auth0.connection(fernhillConnection)?.id;
    const { id } = (await call(at, "POST", "/organizations", { name: "with-connections" })).json;
    const base = `/organizations/${id}/enabled_connections`;
    const sent = { connection_id: fernhill, assign_membership_on_login: true };
    expect(await call(at, "POST", base, sent)).toMatchObject({
      status: 201,
      json: { ...sent, show_as_button: true, connection: { name: fernhillConnection, strategy: "oidc" } },
    });
    expect(await code(at, "POST", base, sent)).toBe("409 conflict");
    expect(await code(at, "POST", base, { connection_id: "con_0000000000000000" })).toBe("404 inexistent_connection");
    expect(await problem(at, "POST", base, { ...sent, is_enabled: true })).toEqual(
      invalid("'Additional properties not allowed: is_enabled'"),
    );
    const change = { assign_membership_on_login: false };
    expect((await call(at, "PATCH", `${base}/${fernhill}`, change)).json).toMatchObject(change);
    await call(at, "PATCH", `/organizations/${id}/connections/${fernhill}`, { is_enabled: false });
    const off = (await call(at, "GET", `/organizations/${id}/connections?is_enabled=false&include_totals=true`)).json;
    expect(off).toMatchObject({ total: 1, connections: [{ connection_id: fernhill, is_enabled: false }] });
    for (let index = 0; index < 9; index += 1) {
      const more = at.sandbox.auth0.addConnection(`more-${index}`, "oidc").id;
      expect((await call(at, "POST", base, { connection_id: more })).status).toBe(201);
    }
    const eleventh = at.sandbox.auth0.addConnection("more-9", "oidc").id;
    expect(await code(at, "POST", base, { connection_id: eleventh })).toBe("400 limit_reached");
    expect((await call(at, "DELETE", `${base}/${fernhill}`)).status).toBe(204);
    at.sandbox.auth0.removeConnection("more-0");
    expect((await call(at, "GET", base)).json).toHaveLength(8);
    expect(await code(at, "GET", `${base}/${fernhill}`)).toBe("404 inexistent_connection");
  });
});

describe("connections", () => {
  test("are found by exact name and by strategy", async () => {
    const { json } = await call(at, "GET", `/connections?name=${fernhillConnection}`);
    expect(json).toMatchObject([{ name: fernhillConnection, strategy: "oidc" }]);
    expect((await call(at, "GET", "/connections?name=fernhill")).json).toEqual([]);
    expect((await call(at, "GET", "/connections?strategy=auth0")).json).toMatchObject([{ strategy: "auth0" }]);
  });

  test("are made once per name, refuse enabled_clients, and replace their options", async () => {
    const body = { name: "made-here", strategy: "oidc", options: { client_id: "a", icon_url: "https://a.example" } };
    const { status, json } = await call(at, "POST", "/connections", body);
    expect(status).toBe(201);
    expect(await code(at, "POST", "/connections", body)).toBe("409 conflict");
    const refused = invalid("'Additional properties not allowed: enabled_clients'");
    const enabled = { enabled_clients: [managementClientId] };
    expect(await problem(at, "POST", "/connections", { ...body, name: "b", ...enabled })).toEqual(refused);
    expect(await problem(at, "PATCH", `/connections/${json.id}`, enabled)).toEqual(refused);
    const changed = await call(at, "PATCH", `/connections/${json.id}`, { options: { client_id: "b" } });
    expect(changed.json.options).toMatchObject({ client_id: "b", schema_version: "oidc-V4" });
    expect(changed.json.options).not.toHaveProperty("icon_url");
  });

  test("take at most 50 clients at once, all or none, and list them with those of a client", async () => {
    const id = at.sandbox.auth0.addConnection("fifty", "oidc").id;
    const clients = await Promise.all(
      Array.from({ length: 51 }, async () => (await call(at, "POST", "/clients", { name: "many" })).json.client_id),
    );
    const path = `/connections/${id}/clients`;
    const on = (ids: readonly string[]) => ids.map((client_id) => ({ client_id, status: true }));
    expect(await problem(at, "PATCH", path, on(clients))).toEqual(invalid("'Array is too long (51), maximum 50'"));
    expect(await problem(at, "PATCH", path, [{ client_id: clients[0] }])).toEqual(
      invalid("'Missing required property: status' on property [0]"),
    );
    expect(await code(at, "PATCH", path, on([clients[0], "nobody"]))).toBe("404 inexistent_client");
    expect((await call(at, "GET", path)).json).toEqual({ clients: [] });
    expect((await call(at, "PATCH", path, on(clients.slice(0, 50)))).status).toBe(204);
    await call(at, "PATCH", path, on(clients.slice(50)));
    const first = (await call(at, "GET", path)).json;
    expect(first.clients).toHaveLength(50);
    const rest = (await call(at, "GET", `${path}?from=${encodeURIComponent(first.next)}`)).json;
    expect(rest.clients).toHaveLength(1);
    expect(rest).not.toHaveProperty("next");
    expect((await call(at, "GET", `/clients/${clients[0]}/connections`)).json).toMatchObject({
      connections: [{ id, name: "fifty" }],
    });
    await call(at, "PATCH", path, [{ client_id: clients[0], status: false }]);
    expect((await call(at, "GET", `/clients/${clients[0]}/connections`)).json).toEqual({ connections: [] });
    await call(at, "DELETE", `/clients/${clients[1]}`);
    expect(at.sandbox.auth0.connections.get(id)?.clients.size).toBe(49);
  });
});

const sandboxFetch = (async (url: string, init: Record<string, unknown> = {}) => {
  const target = new URL(url);
  return await at.fetch(target.host, target.pathname + target.search, init as never);
}) as unknown as typeof fetch;

test("the vendor's own SDK makes a client and an organization, lists, and deletes", async () => {
  const { AUTH0_MANAGEMENT_SECRET: clientSecret = "" } = at.sandbox.env;
  const sdk = new ManagementClient({
    domain: auth0Host,
    clientId: managementClientId,
    clientSecret,
    maxRetries: 0,
    fetch: sandboxFetch,
  });
  const made = await sdk.clients.create({
    name: "by the SDK",
    app_type: "regular_web",
    callbacks: ["https://a.example"],
  });
  expect(made.client_secret).toHaveLength(64);
  const organization = await sdk.organizations.create({
    name: "by-the-sdk",
    metadata: { clients: made.client_id ?? "" },
  });
  expect(await sdk.organizations.getByName("by-the-sdk")).toMatchObject({ id: organization.id });
  const names: (string | undefined)[] = [];
  for await (const client of await sdk.clients.list({ per_page: 3 })) names.push(client.name);
  expect(names).toEqual(expect.arrayContaining(["All Applications", "Tenantry", "Billing", "by the SDK"]));
  await sdk.clients.delete(made.client_id ?? "");
  await expect(sdk.clients.get(made.client_id ?? "")).rejects.toMatchObject({ statusCode: 404 });
});

test("the vendor's own SDK makes an API, a grant, a role, a person, a member and a discovery domain, and pages", async () => {
  const sdk = new ManagementClient({
    domain: auth0Host,
    token: at.sandbox.env.AUTH0_API_TOKEN ?? "",
    maxRetries: 0,
    fetch: sandboxFetch,
  });
  const identifier = "https://sdk.example/";
  const api = await sdk.resourceServers.create({ identifier, scopes: [{ value: "read:a" }] });
  expect((await sdk.resourceServers.get(identifier)).id).toBe(api.id);
  const { client_id = "" } = await sdk.clients.create({ name: "granted by the SDK" });
  const grant = await sdk.clientGrants.create({
    client_id,
    audience: identifier,
    scope: ["read:a"],
    organization_usage: "allow",
  });
  const { id: organization = "" } = await sdk.organizations.create({ name: "walked-by-the-sdk" });
  await sdk.organizations.clientGrants.create(organization, { grant_id: grant.id ?? "" });
  const role = await sdk.roles.create({ name: "made by the SDK" });
  await sdk.roles.permissions.add(role.id ?? "", {
    permissions: [{ resource_server_identifier: identifier, permission_name: "read:a" }],
  });
  const { user_id = "" } = await sdk.users.create({
    connection: "Username-Password-Authentication",
    email: "sdk@people.example",
    password: "Correct-Horse-1",
  });
  await sdk.organizations.members.create(organization, { members: [user_id] });
  await sdk.organizations.members.roles.assign(organization, user_id, { roles: [role.id ?? ""] });
  const domain = await sdk.organizations.discoveryDomains.create(organization, { domain: "sdk.example" });
  expect(domain).toMatchObject({ status: "pending", verification_host: expect.stringContaining(organization) });
  const all = async <Item>(pages: Promise<AsyncIterable<Item>>): Promise<Item[]> => {
    const items: Item[] = [];
    for await (const item of await pages) items.push(item);
    return items;
  };
  expect(await all(sdk.organizations.members.list(organization, { take: 1 }))).toMatchObject([{ user_id }]);
  expect(await all(sdk.organizations.members.roles.list(organization, user_id))).toMatchObject([{ id: role.id }]);
  expect(await all(sdk.organizations.clientGrants.list(organization))).toMatchObject([{ id: grant.id }]);
  expect(await all(sdk.organizations.discoveryDomains.list(organization))).toMatchObject([{ id: domain.id }]);
  expect(await all(sdk.clientGrants.list({ client_id, take: 1 }))).toMatchObject([{ scope: ["read:a"] }]);
  expect(await all(sdk.roles.permissions.list(role.id ?? ""))).toMatchObject([{ permission_name: "read:a" }]);
  expect(await all(sdk.users.organizations.list(user_id))).toMatchObject([{ id: organization }]);
  await sdk.resourceServers.delete(api.id ?? "");
  await expect(sdk.clientGrants.get(grant.id ?? "")).rejects.toMatchObject({ statusCode: 404 });
});
