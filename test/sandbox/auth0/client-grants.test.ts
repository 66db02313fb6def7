import { beforeEach, describe, expect, test } from "vitest";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, problem, token } from "./auth0-caller.ts";

const at = sharedSandbox();

let count = 0;
let audience: string;
let client: { readonly client_id: string; readonly client_secret: string };
beforeEach(async () => {
  count += 1;
  audience = `https://api-${count}.example`;
  const scopes = ["read:a", "write:a"].map((value) => ({ value }));
  await call(at, "POST", "/resource-servers", { identifier: audience, scopes });
  client = (
    await call(at, "POST", "/clients", { name: `client ${count}`, token_endpoint_auth_method: "client_secret_post" })
  ).json;
});

const grant = async (more: object = {}) =>
  await call(at, "POST", "/client-grants", { client_id: client.client_id, audience, scope: [], ...more });
const asked = async (more: Record<string, string> = {}) => {
  const { client_id, client_secret } = client;
  const { status, json } = await token(at, {
    grant_type: "client_credentials",
    client_id,
    client_secret,
    audience,
    ...more,
  });
  return status === 200 ? (json.scope ?? "") : `${status} ${json.error}`;
};

describe("a client grant", () => {
  test("decides what the client has from the token endpoint, from one moment to the next", async () => {
    expect(await asked()).toBe("403 access_denied");
    const { status, json } = await grant({ scope: ["read:a"] });
    expect({ status, json }).toEqual({
      status: 201,
      json: {
        id: expect.stringMatching(/^cgr_[A-Za-z0-9]{16}$/),
        client_id: client.client_id,
        audience,
        scope: ["read:a"],
        subject_type: "client",
      },
    });
    expect(await asked()).toBe("read:a");
    expect(await asked({ scope: "write:a" })).toBe("403 access_denied");
    const path = `/client-grants/${json.id}`;
    await call(at, "PATCH", path, { scope: ["read:a", "write:a"] });
    expect(await asked({ scope: "write:a" })).toBe("write:a");
    expect((await call(at, "PATCH", path, { allow_all_scopes: true, scope: [] })).json).not.toHaveProperty("scope");
    expect(await asked()).toBe("read:a write:a");
    await call(at, "PATCH", `/resource-servers/${encodeURIComponent(audience)}`, { scopes: [{ value: "read:a" }] });
    expect(await asked()).toBe("read:a");
    expect((await call(at, "DELETE", path)).status).toBe(204);
    expect((await call(at, "DELETE", path)).status).toBe(204);
    expect(await asked()).toBe("403 access_denied");
  });

  test("gives no more than the scopes that the API has, and one for people's tokens gives the client nothing", async () => {
    const people = (await grant({ subject_type: "user", scope: ["write:a"] })).json;
    expect(people.subject_type).toBe("user");
    expect(await asked()).toBe("403 access_denied");
    await grant({ scope: ["read:a", "never:there"] });
    expect(await asked()).toBe("read:a");
    expect(await asked({ scope: "never:there" })).toBe("403 access_denied");
  });

  test("is there once for a client, an API and a kind of subject", async () => {
    await grant();
    expect(await code(at, "POST", "/client-grants", { client_id: client.client_id, audience })).toBe("409 conflict");
    expect((await grant({ subject_type: "user" })).status).toBe(201);
  });

  test.each([
    [{ audience: "https://nowhere.example" }, 404, "inexistent_resource_server"],
    [{ client_id: "nobody" }, 404, "inexistent_client"],
    [{ client_id: undefined }, 400, "invalid_body"],
    [{ default_for: "third_party_clients" }, 400, "invalid_body"],
    [{ scope: ["a", "a"] }, 400, "invalid_body"],
    [{ allow_all_scopes: true, scope: ["read:a"] }, 400, "invalid_body"],
    [{ organization_usage: "maybe" }, 400, "invalid_body"],
    [{ owner: "me" }, 400, "invalid_body"],
  ])("%j is refused", async (body, status, errorCode) => {
    const sent = { client_id: client.client_id, audience, ...body };
    expect((await problem(at, "POST", "/client-grants", sent)).slice(0, 2)).toEqual([status, errorCode]);
    expect((await call(at, "GET", `/client-grants?client_id=${client.client_id}`)).json).toEqual([]);
  });

  test("can be the default of third-party clients; a client's own comes first", async () => {
    const body = { audience, default_for: "third_party_clients", scope: ["read:a"] };
    const { json } = await call(at, "POST", "/client-grants", body);
    expect(json).toEqual({ id: json.id, ...body, subject_type: "client" });
    expect(await asked()).toBe("403 access_denied");
    await call(at, "PATCH", `/clients/${client.client_id}`, { is_first_party: false });
    expect(await asked()).toBe("read:a");
    await grant({ scope: ["write:a"] });
    expect(await asked()).toBe("write:a");
  });

  test("goes with its client", async () => {
    const { id } = (await grant()).json;
    await call(at, "DELETE", `/clients/${client.client_id}`);
    expect(await code(at, "GET", `/client-grants/${id}`)).toBe("404 inexistent_client_grant");
  });
});

test("grants are listed by page and by checkpoint, and filtered", async () => {
  const { id } = (await grant({ allow_any_organization: true, organization_usage: "allow" })).json;
  const other = (await grant({ subject_type: "user" })).json.id;
  const own = `client_id=${client.client_id}`;
  const ids = async (query: string) =>
    (await call(at, "GET", `/client-grants?${own}&${query}`)).json.map((each: { id: string }) => each.id);
  expect(await ids(`audience=${encodeURIComponent(audience)}`)).toEqual([id, other]);
  expect(await ids("subject_type=user")).toEqual([other]);
  expect(await ids("allow_any_organization=true")).toEqual([id]);
  expect(await ids("allow_any_organization=false")).toEqual([other]);
  expect(await ids("audience=nowhere")).toEqual([]);
  const first = (await call(at, "GET", `/client-grants?${own}&take=1`)).json;
  expect(first).toMatchObject({ client_grants: [{ id }], next: expect.any(String) });
  const rest = (await call(at, "GET", `/client-grants?${own}&take=1&from=${encodeURIComponent(first.next)}`)).json;
  expect(rest).toEqual({ client_grants: [expect.objectContaining({ id: other })] });
  const page = (await call(at, "GET", `/client-grants?${own}&per_page=1&page=1&include_totals=true`)).json;
  expect(page).toMatchObject({ start: 1, limit: 1, total: 2, client_grants: [{ id: other }] });
  expect(await code(at, "GET", "/client-grants?per_page=101")).toBe("400 invalid_query_string");
  expect(await code(at, "GET", "/client-grants?per_page=100&page=10")).toBe("400 invalid_paging");
});

test("a grant is used for the organizations that have it, and clients are searched by that", async () => {
  const organization = at.sandbox.auth0.addOrganization(`granted-${count}`).id;
  const path = `/organizations/${organization}/client-grants`;
  const plain = (await grant()).json.id;
  expect(await code(at, "POST", path, { grant_id: plain })).toBe("400 invalid_body");
  await call(at, "PATCH", `/client-grants/${plain}`, { organization_usage: "allow" });
  const { status, json } = await call(at, "POST", path, { grant_id: plain });
  expect({ status, json }).toEqual({
    status: 201,
    json: { grant_id: plain, client_id: client.client_id, audience, scope: [], organization_usage: "allow" },
  });
  expect(await code(at, "POST", path, { grant_id: plain })).toBe("409 conflict");
  expect(await code(at, "POST", path, { grant_id: "cgr_0000000000000000" })).toBe("404 inexistent_client_grant");
  expect((await call(at, "GET", `${path}?include_totals=true`)).json).toMatchObject({
    total: 1,
    client_grants: [{ id: plain, subject_type: "client" }],
  });
  expect((await call(at, "GET", `${path}?grant_ids=cgr_0000000000000000`)).json).toEqual([]);
  const holders = (await call(at, "GET", `/client-grants/${plain}/organizations?take=10`)).json;
  expect(holders).toMatchObject({ organizations: [{ id: organization }] });
  const search = `/clients?q=${encodeURIComponent(`client_grant.organization_id:${organization}`)}`;
  expect((await call(at, "GET", `${search}&take=10`)).json).toMatchObject({
    clients: [{ client_id: client.client_id }],
  });
  expect(await code(at, "GET", `${search}&app_type=spa`)).toBe("400 invalid_query_string");
  expect(await code(at, "GET", "/clients?q=name:a")).toBe("400 invalid_query_string");
  expect((await call(at, "DELETE", `${path}/${plain}`)).status).toBe(204);
  expect((await call(at, "GET", `${search}&take=10`)).json).toEqual({ clients: [] });
});
