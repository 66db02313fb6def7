import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { call, webApp } from "./okta-caller.ts";

let at: TestSandbox;
let path: string;
let app: string;
let staff: string;
beforeAll(async () => {
  at = await startTestSandbox();
  app = (await call(at, "POST", "/api/v1/apps", webApp("people"))).json.id;
  path = `/api/v1/apps/${app}/users`;
  staff = at.sandbox.okta.user("staff@whiterabbit.example")?.id ?? "";
});
afterAll(() => at.close());

const guest = () => at.sandbox.okta.user("guest@whiterabbit.example")?.id ?? "";

describe("people of an app", () => {
  test("are assigned by name, told under another name, and taken out", async () => {
    const assigned = await call(at, "POST", path, { id: staff, credentials: { userName: "staff at the app" } });
    expect(assigned).toMatchObject({
      status: 200,
      json: {
        id: staff,
        scope: "USER",
        status: "ACTIVE",
        syncState: "DISABLED",
        credentials: { userName: "staff at the app" },
        profile: { email: "staff@whiterabbit.example", given_name: "Test", name: "Test Staff", nickname: null },
      },
    });
    const one = `${path}/${staff}`;
    expect((await call(at, "GET", one)).json).toEqual(assigned.json);
    const changed = await call(at, "POST", one, { profile: { nickname: "Stan" } });
    expect(changed.json).toMatchObject({
      profile: { nickname: "Stan" },
      credentials: { userName: "staff at the app" },
    });
    expect((await call(at, "POST", one, { profile: { magic: 1 } })).status).toBe(400);
    expect((await call(at, "GET", `${one}?expand=user`)).json._embedded.user.id).toBe(staff);
    expect((await call(at, "DELETE", one)).status).toBe(204);
    expect(await call(at, "GET", one)).toMatchObject({
      status: 404,
      json: { errorSummary: `Not found: Resource not found: ${staff} (AppUser)` },
    });
  });

  test("who come by a group are shown so, and become their own when they are changed", async () => {
    const group = at.sandbox.okta.group("whiterabbit-staff")?.id;
    await call(at, "PUT", `/api/v1/apps/${app}/groups/${group}`, { profile: { locale: "cs_CZ" } });
    const list = (await call(at, "GET", path)).json;
    expect(list.map((each: { scope: string }) => each.scope)).toEqual(["GROUP", "GROUP"]);
    const [first] = list;
    expect(first).toMatchObject({ id: staff, profile: { locale: "cs_CZ" } });
    expect(first._links.group.href).toContain(group);
    expect(await call(at, "DELETE", `${path}/${staff}`)).toMatchObject({ status: 403 });
    await call(at, "POST", `${path}/${staff}`, { credentials: { userName: "mine" } });
    expect((await call(at, "GET", `${path}/${staff}`)).json).toMatchObject({
      scope: "USER",
      credentials: { userName: "mine" },
    });
    expect((await call(at, "DELETE", `${path}/${staff}`)).status).toBe(204);
    expect((await call(at, "GET", `${path}/${staff}`)).json.scope).toBe("GROUP");
  });

  test("are found by how their name begins, and come in pages", async () => {
    await call(at, "POST", path, { id: guest() });
    expect((await call(at, "GET", `${path}?q=guest`)).json).toHaveLength(1);
    const page = await call(at, "GET", `${path}?limit=2`);
    expect([page.json.length, page.headers.get("link")]).toEqual([2, expect.stringContaining('rel="next"')]);
  });

  test("must be there, and not deactivated", async () => {
    expect((await call(at, "POST", path, {})).status).toBe(400);
    expect((await call(at, "POST", path, { id: staff, scope: "MAGIC" })).status).toBe(400);
    expect(await call(at, "POST", path, { id: "00unosuchperson00000" })).toMatchObject({
      status: 404,
      json: { errorSummary: "Not found: Resource not found: 00unosuchperson00000 (User)" },
    });
    await call(at, "POST", `/api/v1/users/${guest()}/lifecycle/deactivate`);
    expect((await call(at, "GET", `${path}/${guest()}`)).status).toBe(404);
    expect(await call(at, "POST", path, { id: guest() })).toMatchObject({ json: { errorCode: "E0000038" } });
    expect((await call(at, "GET", `/api/v1/apps/0oanosuchapp00000000/users`)).status).toBe(404);
  });

  test("are a way to find an app", async () => {
    await call(at, "POST", path, { id: staff });
    const filter = encodeURIComponent(`user.id eq "${staff}"`);
    const { json } = await call(at, "GET", `/api/v1/apps?filter=${filter}&expand=user/${staff}`);
    const mine = json.find((each: { id: string }) => each.id === app);
    expect(mine._embedded.user).toMatchObject({ id: staff, scope: "USER" });
    expect(json.map((each: { label: string }) => each.label)).not.toContain("Tenantry service");
  });
});

describe("groups of an app", () => {
  test("are shown with the group on demand, found by name, patched, and never in pages below 20", async () => {
    const base = `/api/v1/apps/${app}/groups`;
    const admins = at.sandbox.okta.group("whiterabbit-admins")?.id;
    await call(at, "PUT", `${base}/${admins}`, { priority: 7 });
    const [found] = (await call(at, "GET", `${base}?q=whiterabbit-a&expand=group`)).json;
    expect(found._embedded.group.profile.name).toBe("whiterabbit-admins");
    expect((await call(at, "GET", `${base}?limit=1`)).json).toHaveLength(2);
    const patch = (steps: unknown) => call(at, "PATCH", `${base}/${admins}`, steps);
    const changed = await patch([
      { op: "replace", path: "/priority", value: 3 },
      { op: "replace", path: "/profile/locale", value: "de_DE" },
    ]);
    expect(changed).toMatchObject({ status: 200, json: { priority: 3, profile: { locale: "de_DE" } } });
    for (const wrong of [
      [],
      [{ op: "remove", path: "/priority" }],
      [{ op: "replace", path: "/priority", value: -1 }],
    ]) {
      expect((await patch(wrong)).status).toBe(400);
    }
    expect((await call(at, "GET", `${base}/${admins}`)).json.priority).toBe(3);
  });
});

describe("grants", () => {
  test("are given, shown with their scope, and taken back; the token endpoint goes by them", async () => {
    const base = `/api/v1/apps/${app}/grants`;
    const body = { issuer: "https://acme.okta.com", scopeId: "okta.users.read" };
    const made = await call(at, "POST", base, body);
    expect(made).toMatchObject({
      status: 200,
      json: {
        status: "ACTIVE",
        source: "ADMIN",
        scopeId: "okta.users.read",
        _embedded: { scope: { id: body.scopeId } },
      },
    });
    expect((await call(at, "POST", base, body)).json.id).toBe(made.json.id);
    expect((await call(at, "GET", base)).json).toHaveLength(1);
    expect((await call(at, "GET", base)).json[0]).not.toHaveProperty("_embedded");
    expect((await call(at, "GET", `${base}/${made.json.id}?expand=scope`)).json._embedded.scope.id).toBe(body.scopeId);
    expect((await call(at, "POST", base, { ...body, issuer: "https://acme.okta.com/oauth2/default" })).status).toBe(
      400,
    );
    expect((await call(at, "POST", base, { ...body, scopeId: "magic" })).status).toBe(400);
    expect((await call(at, "DELETE", `${base}/${made.json.id}`)).status).toBe(204);
    expect((await call(at, "DELETE", `${base}/${made.json.id}`)).status).toBe(404);
  });
});
