import { describe, expect, test } from "vitest";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, problem } from "./auth0-caller.ts";

const at = sharedSandbox();

const connection = "Username-Password-Authentication";
const password = "Correct-Horse-1";
const make = async (body: object) => await call(at, "POST", "/users", { connection, password, ...body });

test("somebody of an enterprise connection shows the claims that came, and goes with the connection", async () => {
  const { auth0 } = at.sandbox;
  const upstream = auth0.addConnection("upstream", "oidc");
  const { id } = auth0.addUser(upstream, "eve@up.example", "Eve", { id: "oidc|upstream|7", claims: { dept: "sales" } });
  const organization = auth0.addOrganization("upstream-people");
  auth0.addMember(organization, id);
  expect((await call(at, "GET", `/users/${encodeURIComponent(id)}`)).json).toMatchObject({
    dept: "sales",
    identities: [{ connection: "upstream", provider: "oidc", user_id: "upstream|7" }],
  });
  await call(at, "DELETE", `/connections/${upstream.id}`);
  expect(await code(at, "GET", `/users/${encodeURIComponent(id)}`)).toBe("404 inexistent_user");
  expect(organization.members.size).toBe(0);
});

describe("a person in the tenant's database", () => {
  test("gets Auth0's defaults, is found by id and by email, and goes", async () => {
    const { status, json } = await make({ email: "Ann@People.example", username: "ann" });
    const own = json.user_id.slice("auth0|".length);
    expect({ status, json }).toEqual({
      status: 201,
      json: {
        user_id: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
        created_at: expect.stringMatching(/Z$/),
        updated_at: json.created_at,
        email: "ann@people.example",
        email_verified: false,
        identities: [{ connection, user_id: own, provider: "auth0", isSocial: false }],
        name: "ann@people.example",
        nickname: "ann",
        picture: expect.stringMatching(/^https:\/\/s\.gravatar\.com\/avatar\/[0-9a-f]{32}\?/),
        username: "ann",
      },
    });
    const path = `/users/${encodeURIComponent(json.user_id)}`;
    expect((await call(at, "GET", path)).json).toEqual(json);
    expect((await call(at, "GET", `${path}?fields=email`)).json).toEqual({ email: "ann@people.example" });
    expect((await call(at, "GET", "/users-by-email?email=ann%40people.example")).json).toEqual([json]);
    expect((await call(at, "GET", "/users-by-email?email=nobody%40people.example")).json).toEqual([]);
    expect(await code(at, "GET", "/users-by-email")).toBe("400 invalid_query_string");
    const search = `/users?q=${encodeURIComponent('email:"ann@people.example"')}&include_totals=true`;
    expect((await call(at, "GET", search)).json).toEqual({ start: 0, limit: 50, total: 1, users: [json] });
    expect((await call(at, "GET", "/users?q=ann*")).json).toEqual([json]);
    expect((await call(at, "DELETE", path)).status).toBe(204);
    expect((await call(at, "DELETE", path)).status).toBe(204);
    expect(await problem(at, "GET", path)).toEqual([404, "inexistent_user", "The user does not exist."]);
  });

  test("is changed field by field; metadata are merged, null takes a key away, {} takes all", async () => {
    const { json } = await make({ email: "bob@people.example", user_id: "bob", user_metadata: { a: 1 } });
    expect(json.user_id).toBe("auth0|bob");
    const path = "/users/auth0%7Cbob";
    const change = async (body: object) => (await call(at, "PATCH", path, body)).json;
    expect(await change({ name: "Bob B", given_name: "Bob", email: "b@people.example" })).toMatchObject({
      name: "Bob B",
      given_name: "Bob",
      email: "b@people.example",
      nickname: "bob",
    });
    expect(await change({ given_name: null })).not.toHaveProperty("given_name");
    const merged = await change({ user_metadata: { b: 2 }, app_metadata: { plan: "gold", seats: 3 } });
    expect(merged).toMatchObject({ user_metadata: { a: 1, b: 2 }, app_metadata: { plan: "gold", seats: 3 } });
    expect((await change({ app_metadata: { seats: null } })).app_metadata).toEqual({ plan: "gold" });
    const emptied = await change({ user_metadata: {}, app_metadata: {} });
    expect(emptied.user_metadata).toEqual({});
    expect(emptied).not.toHaveProperty("app_metadata");
    expect(await code(at, "PATCH", path, { created_at: "now" })).toBe("400 invalid_body");
  });

  test("has an address and a username of its own", async () => {
    await make({ email: "one@people.example", username: "one" });
    const { json } = await make({ email: "two@people.example" });
    const taken = [409, "auth0_idp_error", "The user already exists."];
    const again = { connection, password };
    expect(await problem(at, "POST", "/users", { ...again, email: "ONE@people.example" })).toEqual(taken);
    expect(await problem(at, "POST", "/users", { ...again, email: "x@people.example", username: "one" })).toEqual(
      taken,
    );
    const path = `/users/${encodeURIComponent(json.user_id)}`;
    expect(await problem(at, "PATCH", path, { email: "one@people.example" })).toEqual(taken);
  });

  test.each([
    [{ email: "a@people.example", connection: "nowhere" }, "400 inexistent_connection"],
    [{ email: "a@people.example", connection: "fernhill-oidc" }, "400 operation_not_supported"],
    [{ email: "no address" }, "400 invalid_body"],
    [{}, "400 invalid_body"],
    [{ email: "a@people.example", password: "short" }, "400 invalid_body"],
    [{ email: "a@people.example", password: undefined }, "400 invalid_body"],
    [{ email: "a@people.example", rank: 1 }, "400 invalid_body"],
  ])("%j is refused", async (body, refusal) => {
    expect(await code(at, "POST", "/users", { connection, password, ...body })).toBe(refusal);
    expect((await call(at, "GET", "/users-by-email?email=a%40people.example")).json).toEqual([]);
  });
});
