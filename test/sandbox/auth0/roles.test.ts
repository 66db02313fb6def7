import { describe, expect, test } from "vitest";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, problem } from "./auth0-caller.ts";

const at = sharedSandbox();

const role = async (name: string, more: object = {}) => (await call(at, "POST", "/roles", { name, ...more })).json.id;
const api = async (identifier: string, ...scopes: readonly string[]) =>
  await call(at, "POST", "/resource-servers", {
    identifier,
    name: `API ${identifier}`,
    scopes: scopes.map((value) => ({ value, description: `May ${value}` })),
  });
const person = async (name: string) =>
  (
    await call(at, "POST", "/users", {
      connection: "Username-Password-Authentication",
      email: `${name}@people.example`,
      password: "Correct-Horse-1",
    })
  ).json.user_id as string;

describe("a role", () => {
  test("is made and deleted with 200, and has an empty description when it was given none", async () => {
    const { status, json } = await call(at, "POST", "/roles", { name: "plain" });
    expect({ status, json }).toEqual({ status: 200, json: { id: json.id, name: "plain", type: "tenant" } });
    expect(json.id).toMatch(/^rol_[A-Za-z0-9]{16}$/);
    const path = `/roles/${json.id}`;
    expect((await call(at, "GET", path)).json).toEqual({ ...json, description: "" });
    const changed = await call(at, "PATCH", path, { description: "now with one" });
    expect(changed).toMatchObject({ status: 200, json: { name: "plain", description: "now with one" } });
    expect(await call(at, "DELETE", path)).toMatchObject({ status: 200, json: {} });
    expect(await problem(at, "GET", path)).toEqual([404, "inexistent_role", "The role does not exist"]);
    expect(await code(at, "DELETE", path)).toBe("404 inexistent_role");
  });

  test("has a name of its own, whatever its case, and no field that is not its own", async () => {
    await role("Named once");
    expect(await code(at, "POST", "/roles", { name: "named ONCE" })).toBe("409 role_conflict");
    expect(await problem(at, "POST", "/roles", { name: "a", permissions: [] })).toEqual([
      400,
      "invalid_body",
      "Payload validation error: 'Additional properties not allowed: permissions'.",
    ]);
    expect(await code(at, "POST", "/roles", {})).toBe("400 invalid_body");
    const id = await role("other");
    expect(await code(at, "PATCH", `/roles/${id}`, { name: "NAMED once" })).toBe("409 role_conflict");
    expect(await code(at, "PATCH", `/roles/${id}`, { type: "organization" })).toBe("400 invalid_body");
    expect((await call(at, "PATCH", `/roles/${id}`, { name: "OTHER" })).json.name).toBe("OTHER");
  });

  test("can belong to an organization, which has its own names and takes it along", async () => {
    const { id: owner_id } = at.sandbox.auth0.addOrganization("role-owner");
    const body = { name: "Operator", type: "organization", owner_id };
    const { json } = await call(at, "POST", "/roles", body);
    expect(json).toMatchObject(body);
    await role("Operator");
    expect(await code(at, "POST", "/roles", { name: "a", type: "organization" })).toBe("400 invalid_body");
    expect(await code(at, "POST", "/roles", { name: "a", owner_id })).toBe("400 invalid_body");
    expect((await call(at, "POST", "/roles", { ...body, owner_id: "org_0000000000000000" })).status).toBe(404);
    const ofTenant = (await call(at, "GET", "/roles?name_filter=operat")).json;
    expect(ofTenant.map((each: { type: string }) => each.type)).toEqual(["tenant"]);
    const list = `/roles?type=organization&owner_id=${owner_id}&include_totals=true`;
    expect((await call(at, "GET", list)).json).toMatchObject({
      start: 0,
      limit: 50,
      total: 1,
      roles: [{ id: json.id }],
    });
    expect(await code(at, "GET", "/roles?type=organization")).toBe("400 invalid_query_string");
    at.sandbox.auth0.removeOrganization(owner_id);
    expect(await code(at, "GET", `/roles/${json.id}`)).toBe("404 inexistent_role");
  });
});

describe("permissions", () => {
  test("of a role are scopes that an API has, once each, and go with the API", async () => {
    const audience = "https://orders.example/";
    await api(audience, "write:orders", "read:orders");
    const path = `/roles/${await role("with permissions")}/permissions`;
    const named = (...names: readonly string[]) => ({
      permissions: names.map((permission_name) => ({ resource_server_identifier: audience, permission_name })),
    });
    expect(await call(at, "POST", path, named("write:orders", "read:orders"))).toMatchObject({ status: 201, json: {} });
    await call(at, "POST", path, named("read:orders"));
    expect(await code(at, "POST", path, named("read:nothing"))).toBe("400 invalid_body");
    const strange = { permissions: [{ resource_server_identifier: "nobody", permission_name: "a" }] };
    expect(await code(at, "POST", path, strange)).toBe("404 inexistent_resource_server");
    expect(await code(at, "POST", path, { permissions: [] })).toBe("400 invalid_body");
    const read = {
      permission_name: "read:orders",
      description: "May read:orders",
      resource_server_name: `API ${audience}`,
      resource_server_identifier: audience,
    };
    const { json } = await call(at, "GET", `${path}?include_totals=true`);
    expect(json).toEqual({ start: 0, limit: 50, total: 2, permissions: [read, expect.anything()] });
    expect((await call(at, "DELETE", path, named("write:orders"))).status).toBe(204);
    expect((await call(at, "GET", path)).json).toEqual([read]);
    await call(at, "DELETE", `/resource-servers/${encodeURIComponent(audience)}`);
    expect((await call(at, "GET", path)).json).toEqual([]);
  });

  test("of a person are their own and those of their roles, each with where it comes from", async () => {
    const audience = "https://invoices.example/";
    await api(audience, "read:invoices", "send:invoices");
    const id = await role("invoicing");
    const user = encodeURIComponent(await person("accountant"));
    const one = (permission_name: string) => ({
      permissions: [{ resource_server_identifier: audience, permission_name }],
    });
    await call(at, "POST", `/roles/${id}/permissions`, one("read:invoices"));
    await call(at, "POST", `/users/${user}/roles`, { roles: [id] });
    await call(at, "POST", `/users/${user}/permissions`, one("read:invoices"));
    await call(at, "POST", `/users/${user}/permissions`, one("send:invoices"));
    const own = { source_id: "", source_name: "", source_type: "DIRECT" };
    const byRole = { source_id: id, source_name: "invoicing", source_type: "ROLE" };
    expect((await call(at, "GET", `/users/${user}/permissions`)).json).toMatchObject([
      { permission_name: "read:invoices", sources: [own, byRole] },
      { permission_name: "send:invoices", sources: [own] },
    ]);
    await call(at, "DELETE", `/roles/${id}`);
    await call(at, "DELETE", `/users/${user}/permissions`, one("read:invoices"));
    expect((await call(at, "GET", `/users/${user}/permissions`)).json).toMatchObject([
      { permission_name: "send:invoices" },
    ]);
  });
});

test("people have roles: given and taken from either side, by name, gone with the person", async () => {
  const [second, first] = [await role("b second"), await role("a first")];
  const id = await person("worker");
  const path = `/users/${encodeURIComponent(id)}/roles`;
  expect((await call(at, "POST", path, { roles: [second] })).status).toBe(204);
  expect(await call(at, "POST", `/roles/${first}/users`, { users: [id] })).toMatchObject({ status: 200 });
  expect((await call(at, "GET", path)).json).toEqual([
    { id: first, name: "a first", description: "" },
    { id: second, name: "b second", description: "" },
  ]);
  expect(await code(at, "POST", path, { roles: ["rol_0000000000000000"] })).toBe("404 inexistent_role");
  expect(await code(at, "POST", path, { roles: [first, first] })).toBe("400 invalid_body");
  expect(await code(at, "POST", `/roles/${first}/users`, { users: ["auth0|nobody"] })).toBe("404 inexistent_user");
  const { id: owner_id } = at.sandbox.auth0.addOrganization("has-a-role");
  const ofOrganization = await role("only there", { type: "organization", owner_id });
  expect(await code(at, "POST", path, { roles: [ofOrganization] })).toBe("400 invalid_body");
  const holders = `/roles/${first}/users`;
  expect((await call(at, "GET", `${holders}?take=1`)).json).toMatchObject({ users: [{ user_id: id }] });
  expect((await call(at, "DELETE", path, { roles: [second] })).status).toBe(204);
  expect((await call(at, "GET", path)).json).toHaveLength(1);
  await call(at, "DELETE", `/roles/${first}`);
  expect(at.sandbox.auth0.users.get(id)?.roles.size).toBe(0);
  const third = await role("c third");
  await call(at, "POST", path, { roles: [third] });
  await call(at, "DELETE", `/users/${encodeURIComponent(id)}`);
  expect((await call(at, "GET", `/roles/${third}/users`)).json).toEqual([]);
});
