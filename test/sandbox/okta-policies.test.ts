import { describe, expect, test } from "vitest";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, webApp } from "./okta-caller.ts";

const at = sharedSandbox();

const root = "/api/v1/policies";
let count = 0;
async function create(more: object = {}) {
  count += 1;
  return (await call(at, "POST", root, { type: "ACCESS_POLICY", name: `policy ${count}`, ...more })).json;
}

const actions = { appSignOn: { access: "ALLOW", verificationMethod: { factorMode: "1FA", type: "ASSURANCE" } } };

describe("an access policy", () => {
  test("is made, read, replaced, switched off and on, and deleted", async () => {
    const made = await create({ description: "for the tests" });
    expect(made).toMatchObject({
      status: "ACTIVE",
      description: "for the tests",
      priority: 1,
      system: false,
      conditions: null,
      type: "ACCESS_POLICY",
    });
    const path = `${root}/${made.id}`;
    expect((await call(at, "GET", path)).json).toEqual(made);
    const replaced = await call(at, "PUT", path, { type: "ACCESS_POLICY", name: "renamed" });
    expect(replaced).toMatchObject({ status: 200, json: { name: "renamed" } });
    expect(replaced.json).not.toHaveProperty("description");
    expect((await call(at, "POST", `${path}/lifecycle/deactivate`)).status).toBe(204);
    expect((await call(at, "GET", path)).json).toMatchObject({ status: "INACTIVE", _links: { activate: {} } });
    await call(at, "POST", `${path}/lifecycle/activate`);
    expect((await call(at, "DELETE", path)).status).toBe(204);
    expect(await call(at, "GET", path)).toMatchObject({
      status: 404,
      json: { errorSummary: `Not found: Resource not found: ${made.id} (RuleSetEntity)` },
    });
  });

  test.each([
    ["no type", { type: undefined }, 400, "E0000001"],
    ["an unknown type", { type: "MAGIC" }, 400, "E0000001"],
    ["a type that the sandbox does not play", { type: "PASSWORD" }, 400, "E0000015"],
    ["no name", { name: "" }, 400, "E0000001"],
    ["a name that is too long", { name: "x".repeat(256) }, 400, "E0000001"],
    ["a name that is taken", { name: "Any two factors" }, 400, "E0000001"],
  ])("is refused with %s", async (_name, more, status, errorCode) => {
    const body = { type: "ACCESS_POLICY", name: "refused", ...more };
    expect(await call(at, "POST", root, body)).toMatchObject({ status, json: { errorCode } });
  });

  test("that is deleted leaves its apps to the default policy", async () => {
    const made = await create();
    const app = (await call(at, "POST", "/api/v1/apps", webApp("policed"))).json;
    await call(at, "PUT", `/api/v1/apps/${app.id}/policies/${made.id}`);
    const apps = (await call(at, "GET", `${root}/${made.id}/app`)).json;
    expect(apps.map((each: { id: string }) => each.id)).toEqual([app.id]);
    const [mapping] = (await call(at, "GET", `${root}/${made.id}/mappings`)).json;
    expect(mapping._links.application.href).toContain(app.id);
    expect((await call(at, "GET", `${root}/${made.id}/mappings/${mapping.id}`)).json).toEqual(mapping);
    expect((await call(at, "GET", `${root}/${made.id}/mappings/rsmnosuchmapping0000`)).status).toBe(404);
    await call(at, "DELETE", `${root}/${made.id}`);
    const link = (await call(at, "GET", `/api/v1/apps/${app.id}`)).json._links.accessPolicy.href;
    expect(link.endsWith(at.sandbox.okta.defaultPolicy.id)).toBe(true);
  });

  test("of Okta's own can be neither switched off nor deleted", async () => {
    const path = `${root}/${at.sandbox.okta.defaultPolicy.id}`;
    expect((await call(at, "POST", `${path}/lifecycle/deactivate`)).status).toBe(403);
    expect((await call(at, "DELETE", path)).status).toBe(403);
  });

  test("is cloned with its rules", async () => {
    const made = await create();
    await call(at, "POST", `${root}/${made.id}/rules`, { name: "one factor", type: "ACCESS_POLICY", actions });
    const copy = (await call(at, "POST", `${root}/${made.id}/clone`)).json;
    expect(copy.name).toBe(`[cloned] ${made.name}`);
    const rules = (await call(at, "GET", `${root}/${copy.id}/rules`)).json;
    expect(rules.map((rule: { name: string }) => rule.name)).toEqual(["one factor", "Catch-all Rule"]);
    expect((await call(at, "POST", `${root}/${made.id}/clone`)).status).toBe(400);
  });
});

describe("a list of policies", () => {
  test("is of one type; others that Okta knows are empty, unknown ones refused", async () => {
    for (const type of ["PASSWORD", "MFA_ENROLL", "IDP_DISCOVERY", "PROFILE_ENROLLMENT", "OKTA_SIGN_ON"]) {
      expect(await call(at, "GET", `${root}?type=${type}`)).toMatchObject({ status: 200, json: [] });
    }
    for (const query of ["", "?type=", "?type=MAGIC"]) {
      expect(await call(at, "GET", `${root}${query}`)).toMatchObject({ status: 400, json: { errorCode: "E0000001" } });
    }
  });

  test("says what each is for, and shows rules and fewer on demand", async () => {
    const made = await create();
    await call(at, "POST", `${root}/${made.id}/lifecycle/deactivate`);
    const off = (await call(at, "GET", `${root}?type=ACCESS_POLICY&status=INACTIVE`)).json;
    expect(off.map((policy: { id: string }) => policy.id)).toEqual([made.id]);
    expect(off[0]._embedded).toEqual({ resourceType: "APP" });
    const [found] = (await call(at, "GET", `${root}?type=ACCESS_POLICY&q=any+two&expand=rules`)).json;
    expect(found._embedded.rules[0]).toMatchObject({ name: "Catch-all Rule", system: true });
  });
});

describe("rules", () => {
  const one = (id: string, rule = "") => `${root}/${id}/rules${rule === "" ? "" : `/${rule}`}`;

  test("begin with the system's own, which keeps its place and cannot go", async () => {
    const { id } = await create();
    const [last] = (await call(at, "GET", one(id))).json;
    expect(last).toMatchObject({ name: "Catch-all Rule", priority: 99, system: true, conditions: null });
    expect(last._links).not.toHaveProperty("deactivate");
    const path = one(id, last.id);
    const denied = { name: "mine", priority: 1, actions: { appSignOn: { access: "DENY" } } };
    const changed = (await call(at, "PUT", path, denied)).json;
    expect(changed).toMatchObject({ name: "Catch-all Rule", priority: 99, conditions: null });
    expect(changed.actions.appSignOn.access).toBe("DENY");
    expect((await call(at, "DELETE", path)).status).toBe(403);
    expect((await call(at, "POST", `${path}/lifecycle/deactivate`)).status).toBe(403);
  });

  test("are made with Okta's defaults", async () => {
    const { id } = await create();
    const sent = {
      name: "defaults",
      type: "ACCESS_POLICY",
      conditions: { network: { connection: "ANYWHERE" }, platform: {} },
    };
    const made = await call(at, "POST", one(id), { ...sent, actions });
    expect(made).toMatchObject({
      status: 200,
      json: {
        status: "ACTIVE",
        priority: 0,
        conditions: {
          people: { users: { exclude: [] } },
          network: { connection: "ANYWHERE" },
          userType: { include: [], exclude: [] },
        },
        actions: {
          appSignOn: {
            access: "ALLOW",
            verificationMethod: { factorMode: "1FA", type: "ASSURANCE", reauthenticateIn: "PT12H" },
            keepMeSignedIn: { postAuth: "NOT_ALLOWED" },
          },
        },
      },
    });
    expect(made.json.conditions).not.toHaveProperty("platform");
    expect((await call(at, "GET", one(id, made.json.id))).json).toEqual(made.json);
  });

  test("keep what a chain of methods is made of, and drop what is none of it", async () => {
    const { id } = await create();
    const chains = [{ authenticationMethods: [{ key: "okta_password", method: "password" }] }];
    const verificationMethod = { type: "AUTH_METHOD_CHAIN", factorMode: "2FA", chains, reauthenticateIn: "PT2H" };
    const platform = { include: [{ type: "MOBILE", os: { type: "IOS", expression: null } }] };
    const made = await call(at, "POST", one(id), {
      name: "chain",
      conditions: { network: { connection: "ANYWHERE" }, platform, elCondition: { condition: "user.x == 1" } },
      actions: { appSignOn: { access: "ALLOW", verificationMethod } },
    });
    expect(made.json.actions.appSignOn.verificationMethod).toEqual({
      type: "AUTH_METHOD_CHAIN",
      chains,
      reauthenticateIn: "PT2H",
    });
    expect(made.json.conditions).toMatchObject({
      platform: { include: [{ type: "MOBILE", os: { type: "IOS" } }], exclude: [] },
      elCondition: { condition: "user.x == 1" },
    });
  });

  test("stand in the order of their priority, and make room for one another", async () => {
    const { id } = await create();
    const add = (name: string, priority?: number) => call(at, "POST", one(id), { name, priority, actions });
    const order = async () =>
      (await call(at, "GET", one(id))).json.map(
        (rule: { name: string; priority: number }) => `${rule.name} ${rule.priority}`,
      );
    const first = (await add("a")).json;
    await add("b");
    await add("c", 0);
    expect(await order()).toEqual(["c 0", "a 1", "b 2", "Catch-all Rule 99"]);
    await add("d", 50);
    await call(at, "PUT", one(id, first.id), { name: "a", priority: 50, actions });
    expect(await order()).toEqual(["c 0", "b 2", "a 50", "d 51", "Catch-all Rule 99"]);
    await call(at, "DELETE", one(id, first.id));
    expect(await order()).toEqual(["c 0", "b 2", "d 51", "Catch-all Rule 99"]);
  });

  test("are switched off and on, and gone when deleted", async () => {
    const { id } = await create();
    const made = (await call(at, "POST", `${one(id)}?activate=false`, { name: "off", actions })).json;
    expect(made.status).toBe("INACTIVE");
    const path = one(id, made.id);
    expect((await call(at, "POST", `${path}/lifecycle/activate`)).status).toBe(204);
    expect((await call(at, "GET", path)).json.status).toBe("ACTIVE");
    expect((await call(at, "DELETE", path)).status).toBe(204);
    expect(await call(at, "GET", path)).toMatchObject({
      status: 404,
      json: { errorSummary: `Not found: Resource not found: ${made.id} (PolicyRule)` },
    });
  });

  test.each([
    ["no name", { name: "" }],
    ["a name that is taken", { name: "Catch-all Rule" }],
    ["the type of another policy", { type: "PASSWORD" }],
    ["a priority that is none", { priority: 100 }],
    ["no actions", { actions: {} }],
    ["an unknown access", { actions: { appSignOn: { access: "MAYBE" } } }],
    ["an unknown method", { actions: { appSignOn: { verificationMethod: { type: "MAGIC" } } } }],
    ["a chain without links", { actions: { appSignOn: { verificationMethod: { type: "AUTH_METHOD_CHAIN" } } } }],
    ["three factors", { actions: { appSignOn: { verificationMethod: { factorMode: "3FA" } } } }],
    ["conditions without a network", { conditions: { people: {} } }],
  ])("are refused with %s", async (_name, more) => {
    const path = one(at.sandbox.okta.defaultPolicy.id);
    const body = { name: "refused", type: "ACCESS_POLICY", actions, ...more };
    expect(await call(at, "POST", path, body)).toMatchObject({ status: 400, json: { errorCode: "E0000001" } });
  });
});
