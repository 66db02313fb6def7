import { describe, expect, test } from "vitest";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, problem } from "./auth0-caller.ts";

const at = sharedSandbox();

let count = 0;
/** A new organization, and connections of these strategies. */
function make(...strategies: readonly string[]) {
  count += 1;
  const { auth0 } = at.sandbox;
  const { id } = auth0.addOrganization(`organization-${count}`);
  const connections = strategies.map((strategy, index) => auth0.addConnection(`of-${count}-${index}`, strategy));
  return { base: `/organizations/${id}`, ids: connections.map((connection) => connection.id) };
}

describe.each(["enabled_connections", "connections"])("%s of an organization", (collection) => {
  const newer = collection === "connections";
  const extra = newer ? { is_enabled: true, organization_access_level: "none" } : {};

  test("are shown as they are enabled; sign-up is a matter of databases", async () => {
    const { base, ids } = make("auth0", "okta");
    const path = `${base}/${collection}`;
    const [database = "", okta = ""] = ids;
    expect(await call(at, "POST", path, { connection_id: database })).toMatchObject({ status: 201 });
    const made = await call(at, "POST", path, { connection_id: okta, assign_membership_on_login: true });
    expect(made.json).toEqual({
      connection_id: okta,
      assign_membership_on_login: true,
      show_as_button: true,
      ...extra,
      connection: { name: expect.stringMatching(/^of-/), strategy: "okta" },
    });
    expect((await call(at, "GET", `${path}/${database}`)).json).toEqual({
      connection_id: database,
      assign_membership_on_login: false,
      show_as_button: true,
      is_signup_enabled: false,
      ...extra,
      connection: { name: expect.stringMatching(/^of-/), strategy: "auth0" },
    });
    const changed = await call(at, "PATCH", `${path}/${okta}`, { show_as_button: false });
    expect(changed.json).toMatchObject({ show_as_button: false, assign_membership_on_login: true });
    // In the order of the connections' ids.
    const listed = (await call(at, "GET", `${path}?include_totals=true`)).json;
    expect(listed).toMatchObject({ start: 0, limit: 50, total: 2 });
    expect(listed[collection].map((each: { connection_id: string }) => each.connection_id)).toEqual(
      ids.toSorted((a, b) => a.localeCompare(b, "en")),
    );
    expect((await call(at, "GET", path)).json).toEqual(listed[collection]);
    expect((await call(at, "DELETE", `${path}/${okta}`)).status).toBe(204);
    // Again, as it was recorded.
    expect((await call(at, "DELETE", `${path}/${okta}`)).status).toBe(204);
    expect(await problem(at, "GET", `${path}/${okta}`)).toEqual([
      404,
      "inexistent_connection",
      "No connection found by that id",
    ]);
  });

  test("are ten at most, each once, and of connections that are there", async () => {
    const { base, ids } = make(...Array<string>(11).fill("oidc"));
    const path = `${base}/${collection}`;
    for (const connection_id of ids.slice(0, 10)) {
      expect((await call(at, "POST", path, { connection_id })).status).toBe(201);
    }
    expect(await code(at, "POST", path, { connection_id: ids[10] })).toBe("400 limit_reached");
    expect(await code(at, "POST", path, { connection_id: ids[0] })).toBe("409 conflict");
    expect(await problem(at, "POST", path, { connection_id: "con_0000000000000000" })).toEqual([
      404,
      "inexistent_connection",
      "The connection does not exist",
    ]);
    expect(await problem(at, "GET", `/organizations/org_0000000000000000/${collection}`)).toEqual([
      404,
      undefined,
      "No organization found by that id or name",
    ]);
    await call(at, "DELETE", `/connections/${ids[0]}`);
    expect((await call(at, "GET", path)).json).toHaveLength(9);
  });

  test.each([
    [{}, "'Missing required property: connection_id'"],
    [{ connection_id: 1 }, "'Expected type string but found type integer' on property connection_id"],
    [
      { connection_id: "con_x", show_as_button: "yes" },
      "'Expected type boolean but found type string' on property show_as_button",
    ],
    [{ connection_id: "con_x", magic: 1 }, "'Additional properties not allowed: magic'"],
  ])("%j is refused", async (body, what) => {
    const { base } = make();
    expect(await problem(at, "POST", `${base}/${collection}`, body)).toEqual([
      400,
      "invalid_body",
      `Payload validation error: ${what}.`,
    ]);
  });
});

test("only the newer collection knows what is switched off, names and access levels", async () => {
  const { base, ids } = make("samlp");
  const [id = ""] = ids;
  await call(at, "POST", `${base}/connections`, {
    connection_id: id,
    is_enabled: false,
    organization_access_level: "limited",
    organization_connection_name: "staff",
  });
  expect((await call(at, "GET", `${base}/connections/${id}`)).json).toMatchObject({
    is_enabled: false,
    organization_access_level: "limited",
    organization_connection_name: "staff",
  });
  expect((await call(at, "GET", `${base}/enabled_connections`)).json).toEqual([]);
  expect((await problem(at, "GET", `${base}/enabled_connections/${id}`))[0]).toBe(404);
  for (const [state, total] of [
    ["true", 0],
    ["false", 1],
  ] as const) {
    const path = `${base}/connections?is_enabled=${state}&include_totals=true`;
    expect((await call(at, "GET", path)).json).toMatchObject({ total });
  }
  expect(await code(at, "GET", `${base}/enabled_connections?is_enabled=true`)).toBe("400 invalid_query_string");
  const nothing = { is_enabled: null, organization_access_level: null, organization_connection_name: null };
  const cleared = (await call(at, "PATCH", `${base}/connections/${id}`, nothing)).json;
  expect(cleared).toMatchObject({ is_enabled: true, organization_access_level: "none" });
  expect(cleared).not.toHaveProperty("organization_connection_name");
});
