import { describe, expect, test } from "vitest";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, webApp } from "./okta-caller.ts";

const at = sharedSandbox();

let count = 0;
/** A body for somebody new. */
function somebody(more: { profile?: object; credentials?: object; root?: object } = {}) {
  count += 1;
  const login = `person${count}@users.example`;
  return {
    profile: { login, email: login, firstName: "Test", lastName: `Person ${count}`, ...more.profile },
    ...(more.credentials === undefined ? {} : { credentials: more.credentials }),
    ...more.root,
  };
}

async function create(body: object, query = "") {
  return (await call(at, "POST", `/api/v1/users${query}`, body)).json;
}

const password = { password: { value: "a good password" } };

describe("a person", () => {
  test("is made as PROVISIONED, and shown without secrets", async () => {
    const made = await call(at, "POST", "/api/v1/users", somebody({ profile: { department: "Kitchen" } }));
    expect(made.status).toBe(200);
    expect(made.json.id).toMatch(/^00u\w{17}$/);
    expect(made.json).toMatchObject({
      status: "PROVISIONED",
      lastLogin: null,
      passwordChanged: null,
      profile: { firstName: "Test", mobilePhone: null, secondEmail: null, department: "Kitchen" },
      credentials: { provider: { type: "OKTA", name: "OKTA" } },
    });
    expect(made.json.credentials).not.toHaveProperty("password");
    expect(made.json._links.reactivate.href).toBe(
      `https://acme.okta.com/api/v1/users/${made.json.id}/lifecycle/reactivate`,
    );
    expect((await call(at, "GET", `/api/v1/users/${made.json.id}`)).json).toEqual(made.json);
  });

  test.each([
    ["with a password", somebody({ credentials: password }), "", "ACTIVE"],
    [
      "with a password that must change",
      somebody({ credentials: password }),
      "?nextLogin=changePassword",
      "PASSWORD_EXPIRED",
    ],
    ["not yet active", somebody(), "?activate=false", "STAGED"],
    ["not yet active, with a password", somebody({ credentials: password }), "?activate=false", "STAGED"],
    [
      "of another provider",
      somebody({ credentials: { provider: { type: "FEDERATION", name: "FEDERATION" } } }),
      "?provider=true",
      "ACTIVE",
    ],
  ])("%s has the status of it", async (_name, body, query, status) => {
    const made = await create(body, query);
    expect(made.status).toBe(status);
    expect(made.activated === null).toBe(status === "STAGED");
    expect(JSON.stringify(made)).not.toContain("a good password");
  });

  test("with a password hash counts as imported", async () => {
    const hash = { algorithm: "SHA-512", salt: "TXlTYWx0", saltOrder: "PREFIX", value: "QUJD" };
    expect(await create(somebody({ credentials: { password: { hash } } }))).toMatchObject({
      status: "ACTIVE",
      credentials: { password: {}, provider: { type: "IMPORT", name: "IMPORT" } },
    });
  });

  test("is found by id, login and short login, whatever the case, and `me` is the owner of the token", async () => {
    const made = await create(somebody());
    const [name] = made.profile.login.split("@");
    for (const reference of [made.id, made.profile.login, made.profile.login.toUpperCase(), name]) {
      expect((await call(at, "GET", `/api/v1/users/${encodeURIComponent(reference)}`)).json.id).toBe(made.id);
    }
    const me = (await call(at, "GET", "/api/v1/users/me")).json;
    expect(me.profile.login).toBe("admin@acme.example");
    expect((await call(at, "GET", `/api/v1/users/${me.id}`)).json).toEqual(me);
    expect((await call(at, "POST", "/api/v1/users/me", { profile: { title: "Owner" } })).json.profile.title).toBe(
      "Owner",
    );
    expect((await call(at, "GET", "/api/v1/users/me/groups")).json).toHaveLength(1);
    const gone = await call(at, "GET", "/api/v1/users/00unosuchperson00000");
    expect(gone).toMatchObject({
      status: 404,
      json: { errorCode: "E0000007", errorSummary: "Not found: Resource not found: 00unosuchperson00000 (User)" },
    });
  });

  test("is in the groups that the body names, and in Everyone", async () => {
    const staff = at.sandbox.okta.group("whiterabbit-staff")?.id;
    const made = await create(somebody({ root: { groupIds: [staff] } }));
    const groups = (await call(at, "GET", `/api/v1/users/${made.id}/groups`)).json;
    expect(groups.map((group: { profile: { name: string } }) => group.profile.name)).toEqual([
      "Everyone",
      "whiterabbit-staff",
    ]);
    const unknown = somebody({ root: { groupIds: ["00gnosuchgroup000000"] } });
    expect((await call(at, "POST", "/api/v1/users", unknown)).status).toBe(404);
  });

  test.each([
    ["no login", { login: "" }, "login: The field cannot be left blank"],
    ["a login that is no address", { login: "person" }, "login: Username must be in the form of an email address"],
    ["an e-mail that is no address", { email: "person" }, "email: Does not match required pattern"],
    ["no last name", { lastName: null }, "lastName: The field cannot be left blank"],
    ["a name that is too long", { firstName: "x".repeat(51) }, "firstName: The field is too long"],
    ["an attribute that is a number", { department: 7 }, "department: Must be a text"],
    ["an unknown attribute", { notValid: "x" }, "Property name 'notValid' is not defined in profile"],
    [
      "a login that is taken",
      { login: "Staff@whiterabbit.example" },
      "login: An object with this field already exists",
    ],
  ])("is refused with %s", async (_name, profile, cause) => {
    const before = at.sandbox.okta.users.length;
    const { status, json } = await call(at, "POST", "/api/v1/users", somebody({ profile }));
    expect({ status, code: json.errorCode, summary: json.errorSummary }).toEqual({
      status: 400,
      code: "E0000001",
      summary: "Api validation failed: newUser",
    });
    expect(json.errorCauses[0].errorSummary).toContain(cause);
    expect(at.sandbox.okta.users).toHaveLength(before);
  });

  test("a weak password, an unknown provider and nextLogin without a password are refused", async () => {
    for (const [credentials, query] of [
      [{ password: { value: "short" } }, ""],
      [{ provider: { type: "MAGIC" } }, ""],
      [{}, "?nextLogin=changePassword"],
    ] as const) {
      expect((await call(at, "POST", `/api/v1/users${query}`, somebody({ credentials }))).status).toBe(400);
    }
  });
});

describe("a change", () => {
  test("by POST is of what it names, by PUT of everything", async () => {
    const made = await create(somebody({ profile: { department: "Kitchen", title: "Chef" } }));
    const path = `/api/v1/users/${made.id}`;
    const { login, email } = made.profile;
    const part = (await call(at, "POST", path, { profile: { title: "Head chef" } })).json;
    expect(part.profile).toMatchObject({ department: "Kitchen", title: "Head chef", login });
    const whole = { login, email, firstName: "New", lastName: "Name" };
    const replaced = (await call(at, "PUT", path, { profile: whole })).json;
    expect(replaced.profile).toEqual({ ...whole, mobilePhone: null, secondEmail: null });
    const cleared = await call(at, "POST", path, { profile: { firstName: null } });
    expect(cleared).toMatchObject({ status: 400, json: { errorSummary: "Api validation failed: firstName" } });
  });

  test("of the credentials alone leaves the profile, in a PUT too", async () => {
    const made = await create(somebody({ profile: { title: "Chef" } }));
    const changed = (await call(at, "PUT", `/api/v1/users/${made.id}`, { credentials: password })).json;
    expect(changed).toMatchObject({ status: "ACTIVE", credentials: { password: {} }, profile: { title: "Chef" } });
    expect(changed.passwordChanged).not.toBeNull();
  });

  test("of the login keeps out of the way of others", async () => {
    const [one, other] = [await create(somebody()), await create(somebody())];
    const path = `/api/v1/users/${one.id}`;
    expect((await call(at, "POST", path, { profile: { login: other.profile.login } })).status).toBe(400);
    expect((await call(at, "POST", path, { profile: { login: one.profile.login } })).status).toBe(200);
    const moved = (await call(at, "POST", path, { profile: { login: "moved@users.example" } })).json;
    expect(moved.profile.login).toBe("moved@users.example");
    expect((await call(at, "GET", "/api/v1/users/moved@users.example")).json.id).toBe(one.id);
  });
});

describe("attributes of the org's own", () => {
  test("are refused until the schema has them, and are of its types", async () => {
    const path = "/api/v1/meta/schemas/user/default";
    const custom = (properties: object) => ({ definitions: { custom: { id: "#custom", type: "object", properties } } });
    const body = somebody({ profile: { badge: "A-1" } });
    expect((await call(at, "POST", "/api/v1/users", body)).status).toBe(400);
    const changed = await call(at, "POST", path, custom({ badge: { title: "Badge", type: "string", maxLength: 5 } }));
    expect(changed.json.definitions.custom.properties.badge).toMatchObject({ type: "string", scope: "NONE" });
    expect(changed.json.definitions.base.properties.login).toMatchObject({ required: true });
    const made = await create(body);
    expect(made.profile.badge).toBe("A-1");
    const one = `/api/v1/users/${made.id}`;
    expect((await call(at, "POST", one, { profile: { badge: 7 } })).status).toBe(400);
    expect((await call(at, "POST", one, { profile: { badge: "123456" } })).status).toBe(400);
    expect((await call(at, "POST", path, custom({ login: { type: "string" } }))).status).toBe(400);
    expect((await call(at, "POST", path, custom({ magic: { type: "magic" } }))).status).toBe(400);
    await call(at, "POST", path, custom({ badge: null }));
    expect((await call(at, "GET", one)).json.profile).not.toHaveProperty("badge");
    expect((await call(at, "GET", "/api/v1/meta/schemas/user/oscnosuchschema00000")).status).toBe(404);
  });
});

describe("what belongs to a person", () => {
  test("apps are listed as links, those by name and those by group", async () => {
    const made = await create(somebody());
    const links = async () => (await call(at, "GET", `/api/v1/users/${made.id}/appLinks`)).json;
    // The payroll is for Everyone.
    expect((await links()).map((each: { label: string }) => each.label)).toEqual(["Payroll"]);
    const app = (await call(at, "POST", "/api/v1/apps", webApp("linked"))).json;
    await call(at, "POST", `/api/v1/apps/${app.id}/users`, { id: made.id });
    expect((await links())[1]).toMatchObject({ label: "linked", appInstanceId: app.id, appName: "oidc_client" });
    await call(at, "POST", `/api/v1/apps/${app.id}/lifecycle/deactivate`);
    expect(await links()).toHaveLength(1);
  });

  test("a risk is set once with 201, then with 200", async () => {
    const path = `/api/v1/users/${(await create(somebody())).id}/risk`;
    expect((await call(at, "GET", path)).json.riskLevel).toBe("NONE");
    const set = (riskLevel: string) => call(at, "PUT", path, { riskLevel });
    expect(await set("HIGH")).toMatchObject({
      status: 201,
      json: { riskLevel: "HIGH", reason: "Admin override risk" },
    });
    expect((await set("LOW")).status).toBe(200);
    expect((await set("NONE")).status).toBe(400);
    expect((await call(at, "GET", path)).json.riskLevel).toBe("LOW");
  });
});
