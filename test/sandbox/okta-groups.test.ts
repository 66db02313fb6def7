import { describe, expect, test } from "vitest";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, webApp } from "./okta-caller.ts";

const start = Date.UTC(2026, 10, 21, 9, 0, 0);
let now = start;
const at = sharedSandbox({ clock: () => now });

async function create(name: string, more: object = {}) {
  return (await call(at, "POST", "/api/v1/groups", { profile: { name, ...more } })).json;
}

async function found(query: string): Promise<string[] | string> {
  const { status, json } = await call(at, "GET", `/api/v1/groups?${query}`);
  return status === 200
    ? json.map((group: { profile: { name: string } }) => group.profile.name)
    : `${status} ${json.errorCode}`;
}

describe("people of a group", () => {
  test("are put in, listed in pages, and taken out; both may be said twice", async () => {
    const group = await create("crew");
    const path = `/api/v1/groups/${group.id}/users`;
    const people = at.sandbox.okta.users.slice(0, 3);
    now += 60_000;
    for (const { id } of [...people, ...people]) expect((await call(at, "PUT", `${path}/${id}`)).status).toBe(204);
    const first = await call(at, "GET", `${path}?limit=2`);
    expect(first.json.map((user: { id: string }) => user.id)).toEqual(people.slice(0, 2).map((user) => user.id));
    expect(first.headers.get("link")).toContain('rel="next"');
    const changed = (await call(at, "GET", `/api/v1/groups/${group.id}`)).json;
    expect(changed.lastMembershipUpdated).toBe(new Date(now).toISOString());
    expect(changed.lastUpdated).toBe(group.lastUpdated);
    for (const _ of [1, 2]) expect((await call(at, "DELETE", `${path}/${people[0]?.id}`)).status).toBe(204);
    expect((await call(at, "GET", path)).json).toHaveLength(2);
    expect((await call(at, "PUT", `${path}/00unosuchperson00000`)).status).toBe(404);
    expect((await call(at, "PUT", `/api/v1/groups/00gnosuchgroup000000/users/${people[0]?.id}`)).status).toBe(404);
  });

  test("of Everyone are all who are not deactivated, and cannot be chosen", async () => {
    const everyone = `/api/v1/groups/${at.sandbox.okta.group("Everyone")?.id}/users`;
    const before = (await call(at, "GET", everyone)).json.length;
    expect(before).toBe(at.sandbox.okta.users.length);
    const guest = at.sandbox.okta.user("guest@whiterabbit.example")?.id;
    await call(at, "POST", `/api/v1/users/${guest}/lifecycle/deactivate`);
    expect((await call(at, "GET", everyone)).json).toHaveLength(before - 1);
    await call(at, "POST", `/api/v1/users/${guest}/lifecycle/activate`);
    expect(await call(at, "DELETE", `${everyone}/${guest}`)).toMatchObject({
      status: 403,
      json: { errorCode: "E0000006" },
    });
  });

  test("of a directory's group are the directory's business", async () => {
    const { id } = at.sandbox.okta.addGroup("from the directory", null, "APP_GROUP");
    const guest = at.sandbox.okta.user("guest@whiterabbit.example")?.id;
    expect((await call(at, "PUT", `/api/v1/groups/${id}/users/${guest}`)).status).toBe(403);
    expect((await call(at, "PUT", `/api/v1/groups/${id}`, { profile: { name: "mine" } })).status).toBe(403);
    expect((await call(at, "DELETE", `/api/v1/groups/${id}`)).status).toBe(204);
  });

  test("lose the group when it is deleted", async () => {
    const group = await create("short-lived");
    const guest = at.sandbox.okta.user("guest@whiterabbit.example");
    await call(at, "PUT", `/api/v1/groups/${group.id}/users/${guest?.id}`);
    await call(at, "DELETE", `/api/v1/groups/${group.id}`);
    expect(guest?.groups.has(group.id)).toBe(false);
  });
});

describe("a list of groups", () => {
  test("by search, filter and q", async () => {
    now += 60_000;
    const since = encodeURIComponent(new Date(now).toISOString());
    await create("Search One", { description: "for the search" });
    await create("Search Two");
    const search = (text: string) => found(`search=${encodeURIComponent(text)}`);
    expect(await search('profile.name sw "search"')).toEqual(["Search One", "Search Two"]);
    expect(await search('profile.name co "CH T"')).toEqual(["Search Two"]);
    expect(await search('profile.description co "the search"')).toEqual(["Search One"]);
    expect(await search('type eq "BUILT_IN" or profile.name eq "search one"')).toEqual(["Everyone", "Search One"]);
    expect(await search(`lastUpdated gt "${new Date(now - 1000).toISOString()}"`)).toEqual([
      "Search One",
      "Search Two",
    ]);
    expect(await search(`id eq "${at.sandbox.okta.group("Everyone")?.id}"`)).toEqual(["Everyone"]);
    expect(await search("nonsense")).toBe("400 E0000031");
    expect(await found(`filter=lastMembershipUpdated+ge+%22${since}%22`)).toEqual(["Search One", "Search Two"]);
    expect(await found("filter=profile.description+eq+%22x%22")).toBe("400 E0000031");
    expect(await found("q=search&limit=1")).toEqual(["Search One"]);
  });

  test("counts people and apps on demand", async () => {
    const group = await create("counted");
    const app = (await call(at, "POST", "/api/v1/apps", webApp("counted"))).json;
    await call(at, "PUT", `/api/v1/apps/${app.id}/groups/${group.id}`, {});
    await call(at, "PUT", `/api/v1/groups/${group.id}/users/${at.sandbox.okta.owner.id}`);
    const [counted] = (await call(at, "GET", "/api/v1/groups?q=counted&expand=stats")).json;
    expect(counted._embedded.stats).toMatchObject({ usersCount: 1, appsCount: 1 });
    expect((await call(at, "GET", "/api/v1/groups?q=counted")).json[0]).not.toHaveProperty("_embedded");
  });
});

test("a profile holds what the schema has, and a name and description of the right size", async () => {
  const profile = { name: "with attributes", costs: 12 };
  expect(await call(at, "POST", "/api/v1/groups", { profile })).toMatchObject({
    status: 400,
    json: { errorCauses: [{ errorSummary: "Property name 'costs' is not defined in profile" }] },
  });
  const schema = { definitions: { custom: { properties: { costs: { title: "Costs", type: "integer" } } } } };
  expect((await call(at, "POST", "/api/v1/meta/schemas/group/default", schema)).status).toBe(200);
  expect((await create("with attributes", { costs: 12 })).profile).toEqual(profile);
  for (const wrong of [
    { name: "x".repeat(256) },
    { name: "" },
    { name: "n", description: "x".repeat(1025) },
    { name: "n", description: 7 },
    { name: "n", costs: 1.5 },
  ]) {
    expect((await call(at, "POST", "/api/v1/groups", { profile: wrong })).json.errorCode).toBe("E0000001");
  }
});
