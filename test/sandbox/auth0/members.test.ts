import { beforeEach, describe, expect, test } from "vitest";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, problem } from "./auth0-caller.ts";

const at = sharedSandbox();

let count = 0;
let organization: string;
let base: string;
let people: readonly string[];
beforeEach(async () => {
  count += 1;
  const { auth0 } = at.sandbox;
  organization = auth0.addOrganization(`members-${count}`).id;
  base = `/organizations/${organization}/members`;
  const database = auth0.connection("Username-Password-Authentication");
  if (database === undefined) throw new Error("the tenant has no database");
  people = ["ann", "bob", "cem"].map((name) => auth0.addUser(database, `${name}${count}@people.example`, name).id);
});

describe("members", () => {
  test("come and go by their ids, each once", async () => {
    const [ann, bob] = people;
    expect((await call(at, "POST", base, { members: [bob, ann] })).status).toBe(204);
    expect((await call(at, "POST", base, { members: [ann] })).status).toBe(204);
    const { json } = await call(at, "GET", base);
    expect(json).toEqual([
      { user_id: bob, name: "bob", email: `bob${count}@people.example` },
      { user_id: ann, name: "ann", email: `ann${count}@people.example` },
    ]);
    expect((await call(at, "DELETE", base, { members: [bob] })).status).toBe(204);
    expect((await call(at, "GET", `${base}?fields=user_id`)).json).toEqual([{ user_id: ann }]);
    const path = `/users/${encodeURIComponent(ann ?? "")}`;
    expect((await call(at, "GET", `${path}/organizations?include_totals=true`)).json).toMatchObject({
      total: 1,
      organizations: [{ id: organization }],
    });
    await call(at, "DELETE", path);
    expect((await call(at, "GET", base)).json).toEqual([]);
  });

  test("are listed by checkpoint; each page that is not empty names a next one", async () => {
    await call(at, "POST", base, { members: people });
    const shown: string[] = [];
    let from = "";
    let pages = 0;
    do {
      const query = `fields=user_id&include_fields=true&take=2${from === "" ? "" : `&from=${encodeURIComponent(from)}`}`;
      const { json } = await call(at, "GET", `${base}?${query}`);
      shown.push(...json.members.map((each: { user_id: string }) => each.user_id));
      from = json.next ?? "";
      pages += 1;
    } while (from !== "" && pages < 9);
    expect({ shown, pages }).toEqual({ shown: people, pages: 3 });
    expect((await call(at, "GET", `${base}?include_totals=true&per_page=1&page=2`)).json).toMatchObject({
      start: 2,
      total: 3,
      members: [{ user_id: people[2] }],
    });
  });

  test.each([
    [{}, "400 invalid_body"],
    [{ members: [] }, "400 invalid_body"],
    [{ members: Array.from({ length: 11 }, (_each, index) => `auth0|${index}`) }, "400 invalid_body"],
    [{ members: ["auth0|nobody"] }, "404 inexistent_user"],
  ])("%j is refused", async (body, refusal) => {
    expect(await code(at, "POST", base, body)).toBe(refusal);
    expect((await call(at, "GET", base)).json).toEqual([]);
  });
});

describe("roles of a member", () => {
  test("are the tenant's or the organization's own, and only in this organization", async () => {
    const [ann = ""] = people;
    const { auth0 } = at.sandbox;
    const reader = auth0.addRole(`reader ${count}`).id;
    const owned = auth0.addRole(`owned ${count}`, { type: "organization", ownerId: organization }).id;
    const elsewhere = auth0.addOrganization(`elsewhere-${count}`).id;
    const foreign = auth0.addRole(`foreign ${count}`, { type: "organization", ownerId: elsewhere }).id;
    const path = `${base}/${encodeURIComponent(ann)}/roles`;
    expect(await code(at, "POST", path, { roles: [reader] })).toBe("404 inexistent_member");
    await call(at, "POST", base, { members: [ann] });
    expect((await call(at, "POST", path, { roles: [reader, owned] })).status).toBe(204);
    expect(await code(at, "POST", path, { roles: [foreign] })).toBe("400 invalid_body");
    await call(at, "POST", base, { members: [ann] });
    const { json } = await call(at, "GET", `${path}?include_totals=true`);
    expect(json).toMatchObject({ total: 2, roles: [{ id: owned, description: "" }, { id: reader }] });
    expect((await call(at, "GET", `${base}?fields=user_id,roles`)).json).toEqual([
      { user_id: ann, roles: expect.arrayContaining([{ id: reader, name: `reader ${count}` }]) },
    ]);
    const holders = `/organizations/${organization}/roles/${reader}/members`;
    expect((await call(at, "GET", `${holders}?take=5`)).json).toMatchObject({ members: [{ user_id: ann }] });
    expect((await call(at, "GET", `/users/${encodeURIComponent(ann)}/roles`)).json).toEqual([]);
    expect((await call(at, "DELETE", path, { roles: [reader] })).status).toBe(204);
    await call(at, "DELETE", `/roles/${owned}`);
    expect((await call(at, "GET", path)).json).toEqual([]);
    expect((await call(at, "GET", holders)).json).toEqual({ members: [] });
    const strange = `/organizations/${organization}/roles/${foreign}/members`;
    expect(await code(at, "GET", strange)).toBe("404 inexistent_role");
  });
});

describe("clients of an organization", () => {
  test("are associated, listed in the order of their ids, changed, and let go", async () => {
    const { auth0 } = at.sandbox;
    const ids = ["b", "A", "c"].map((letter) => `${letter}${"0".repeat(31 - String(count).length)}${count}`);
    for (const clientId of ids) auth0.addClient({ clientId, settings: { name: clientId, grant_types: [] } });
    const path = `/organizations/${organization}/clients`;
    const sent = ids.map((client_id) => ({ client_id, use_for_member_access: true }));
    const made = await call(at, "POST", path, { clients: sent });
    const shown = (client_id = "") => ({
      client_id,
      use_for_member_access: true,
      client: { name: client_id, is_first_party: true, grant_types: [] },
    });
    expect(made).toMatchObject({ status: 201 });
    expect(made.json).toEqual(ids.map(shown));
    const first = (await call(at, "GET", `${path}?take=2`)).json;
    expect(first).toEqual({ clients: [shown(ids[1]), shown(ids[0])], next: expect.any(String) });
    expect((await call(at, "GET", `${path}?take=2&from=${encodeURIComponent(first.next)}`)).json).toEqual({
      clients: [shown(ids[2])],
    });
    const one = `${path}/${ids[0]}`;
    expect((await call(at, "PATCH", one, { use_for_member_access: false })).json.use_for_member_access).toBe(false);
    const listed = (await call(at, "GET", `/organizations?take=50&include_client_association_for=${ids[0]}`)).json;
    const associated = listed.organizations.filter((each: object) => "client" in each);
    expect(associated).toMatchObject([{ id: organization, client: { use_for_member_access: false } }]);
    expect((await call(at, "DELETE", path, { clients: [ids[0]] })).status).toBe(204);
    expect((await problem(at, "GET", one))[0]).toBe(404);
    await call(at, "DELETE", `/clients/${ids[1]}`);
    expect((await call(at, "GET", path)).json.clients).toHaveLength(1);
    expect(await code(at, "POST", path, { clients: [{ client_id: "nobody" }] })).toBe("404 inexistent_client");
    const many = Array.from({ length: 11 }, () => ({ client_id: ids[2] }));
    expect(await code(at, "POST", path, { clients: many })).toBe("400 invalid_body");
  });
});
