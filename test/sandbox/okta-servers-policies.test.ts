import { describe, expect, test } from "vitest";
import { payrollClientId, serviceClientId } from "../../sandbox/okta/seed.ts";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, refused } from "./okta-caller.ts";
import { freshServer, path, made as server } from "./okta-fresh.ts";

const at = sharedSandbox();

freshServer(at);

const refusal = (method: string, where: string, body?: unknown) => refused(at, method, where, body);

describe("policies and rules", () => {
  const policyBody = (name: string, more: Record<string, unknown> = {}) => ({
    type: "OAUTH_AUTHORIZATION_POLICY",
    name,
    description: name,
    conditions: { clients: { include: ["ALL_CLIENTS"] } },
    ...more,
  });
  const ruleBody = (name: string, conditions: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
    type: "RESOURCE_ACCESS",
    name,
    conditions: {
      grantTypes: { include: ["password", "authorization_code"] },
      people: { groups: { include: ["EVERYONE"] }, users: {} },
      scopes: { include: ["*"] },
      ...conditions,
    },
    ...more,
  });
  const order = async (where: string) =>
    (await call(at, "GET", where)).json.map(
      (each: { name: string; priority: number }) => `${each.priority} ${each.name}`,
    );

  test("keep the order of their priorities, without gaps", async () => {
    const add = async (name: string, priority?: number) =>
      (await call(at, "POST", `${path}/policies`, policyBody(name, priority === undefined ? {} : { priority }))).json;
    const first = await add("first");
    await add("second", 2);
    await add("top", 1);
    await add("far", 40);
    expect(await order(`${path}/policies`)).toEqual(["1 top", "2 first", "3 second", "4 far"]);
    await call(at, "PUT", `${path}/policies/${first.id}`, policyBody("first", { priority: 4 }));
    expect(await order(`${path}/policies`)).toEqual(["1 top", "2 second", "3 far", "4 first"]);
    await call(at, "PUT", `${path}/policies/${first.id}`, policyBody("renamed"));
    expect((await call(at, "DELETE", `${path}/policies/${first.id}`)).status).toBe(204);
    expect(await order(`${path}/policies`)).toEqual(["1 top", "2 second", "3 far"]);
    const rules = `${path}/policies/${(await add("with rules")).id}/rules`;
    for (const [name, priority] of [
      ["a", 1],
      ["b", 2],
      ["c", 1],
    ] as const) {
      expect((await call(at, "POST", rules, ruleBody(name, {}, { priority }))).status).toBe(201);
    }
    expect(await order(rules)).toEqual(["1 c", "2 a", "3 b"]);
  });

  test("show what was sent as Okta shows it", async () => {
    const policy = (await call(at, "POST", `${path}/policies`, policyBody("p"))).json;
    const rules = `${path}/policies/${policy.id}/rules`;
    const made = await call(at, "POST", rules, ruleBody("r"));
    expect(made).toMatchObject({
      status: 201,
      json: {
        status: "ACTIVE",
        system: false,
        conditions: {
          people: { users: { exclude: [] }, groups: { include: ["EVERYONE"] } },
          grantTypes: { include: ["authorization_code", "password"] },
          scopes: { include: ["*"] },
        },
        actions: {
          token: { accessTokenLifetimeMinutes: 60, refreshTokenLifetimeMinutes: 0, refreshTokenWindowMinutes: 10_080 },
        },
      },
    });
    const one = `${rules}/${made.json.id}`;
    const lifetimes = {
      token: { accessTokenLifetimeMinutes: 5, refreshTokenLifetimeMinutes: 60, refreshTokenWindowMinutes: 10 },
    };
    const changed = await call(at, "PUT", one, ruleBody("r2", {}, { actions: lifetimes }));
    expect(changed.json).toMatchObject({ name: "r2", created: made.json.created, actions: lifetimes });
    expect((await call(at, "GET", one)).json).toEqual(changed.json);
    for (const where of [one, `${path}/policies/${policy.id}`]) {
      expect((await call(at, "POST", `${where}/lifecycle/deactivate`)).status).toBe(204);
      expect((await call(at, "GET", where)).json.status).toBe("INACTIVE");
      expect((await call(at, "POST", `${where}/lifecycle/activate`)).status).toBe(204);
      expect((await call(at, "GET", where)).json.status).toBe("ACTIVE");
    }
    expect((await call(at, "DELETE", one)).status).toBe(204);
    expect(await refusal("GET", one)).toMatchObject({ status: 404, code: "E0000007" });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["no name", { name: undefined }, "name: The field cannot be left blank"],
    ["a long name", { name: "x".repeat(101) }, "name: The field is too long, at most 100 characters are allowed"],
    ["a taken name", { name: "taken" }, "name: An object with this field already exists in the current organization"],
    ["no type", { type: undefined }, "type: The field cannot be left blank"],
    ["no clients", { conditions: {} }, "conditions.clients.include: The field cannot be left blank"],
    [
      "a client that there is not",
      { conditions: { clients: { include: ["0oanosuch"] } } },
      "conditions.clients.include: The client '0oanosuch' does not exist",
    ],
    ["a priority that is none", { priority: 0 }, "priority: The field must be a whole number from 1 to 1000000"],
    ["the status of a switched-off one", { status: "INACTIVE" }, "status: A new policy must be ACTIVE"],
  ])("a policy cannot be made with %s", async (_what, changes, cause) => {
    await call(at, "POST", `${path}/policies`, policyBody("taken"));
    const { status, code, causes } = await refusal("POST", `${path}/policies`, { ...policyBody("p"), ...changes });
    expect({ status, code, causes }).toEqual({ status: 400, code: "E0000001", causes: [cause] });
  });

  test("a policy can be for clients of the org", async () => {
    const conditions = { clients: { include: [payrollClientId, serviceClientId] } };
    expect((await call(at, "POST", `${path}/policies`, policyBody("some", { conditions }))).json.conditions).toEqual(
      conditions,
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["no name", { name: undefined }, "name: The field cannot be left blank"],
    ["no type", { type: undefined }, "type: The field cannot be left blank"],
    ["no grant", { conditions: {} }, "conditions.grantTypes.include: The field cannot be left blank"],
    [
      "a grant that there is not",
      { conditions: { grantTypes: { include: ["magic"] } } },
      "conditions.grantTypes.include: 'magic' is not a grant type",
    ],
    [
      "a group that there is not",
      { conditions: { grantTypes: { include: ["implicit"] }, people: { groups: { include: ["00gnosuch"] } } } },
      "conditions.people.groups: '00gnosuch' does not exist",
    ],
    [
      "a person that there is not",
      { conditions: { grantTypes: { include: ["implicit"] }, people: { users: { exclude: ["00unosuch"] } } } },
      "conditions.people.users: '00unosuch' does not exist",
    ],
    [
      "a scope that there is not",
      { conditions: { grantTypes: { include: ["implicit"] }, scopes: { include: ["nosuch"] } } },
      "conditions.scopes.include: The scope 'nosuch' does not exist",
    ],
    [
      "a short life",
      { actions: { token: { accessTokenLifetimeMinutes: 4 } } },
      "actions.token.accessTokenLifetimeMinutes: The field must be a whole number from 5 to 1440",
    ],
    [
      "a window that is too short",
      { actions: { token: { refreshTokenWindowMinutes: 9 } } },
      "actions.token.refreshTokenWindowMinutes: The field must be a whole number from 10 to 2628000",
    ],
    [
      "a refresh token that ends first",
      { actions: { token: { refreshTokenLifetimeMinutes: 30 } } },
      "actions.token.refreshTokenLifetimeMinutes: The refresh token must live as long as the access token at least",
    ],
  ])("a rule cannot be made with %s", async (_what, changes, cause) => {
    const policy = (await call(at, "POST", `${path}/policies`, policyBody("p"))).json;
    const { status, code, causes } = await refusal("POST", `${path}/policies/${policy.id}/rules`, {
      ...ruleBody("r"),
      ...changes,
    });
    expect({ status, code, causes }).toEqual({ status: 400, code: "E0000001", causes: [cause] });
  });
});

describe("keys", () => {
  interface Key {
    readonly kid: string;
    readonly status: string;
    readonly n: string;
  }
  const published = async () =>
    ((await (await at.fetch(oktaHost, `/oauth2/${server.id}/v1/keys`)).json()) as { keys: Key[] }).keys.map(
      ({ kid }) => kid,
    );

  test("rotate: next becomes active, active expired, and the one before goes", async () => {
    const list = async () => (await call(at, "GET", `${path}/credentials/keys`)).json as Key[];
    const [active, next, ...others] = await list();
    expect([active?.status, next?.status, others]).toEqual(["ACTIVE", "NEXT", []]);
    expect((await call(at, "GET", path)).json.credentials.signing.kid).toBe(active?.kid);
    expect(await published()).toEqual([active?.kid]);
    const rotated = await call(at, "POST", `${path}/credentials/lifecycle/keyRotate`, { use: "sig" });
    expect(rotated.status).toBe(200);
    expect(rotated.json.map(({ status, kid }: Key) => [status, kid])).toEqual([
      ["ACTIVE", next?.kid],
      ["NEXT", expect.any(String)],
      ["EXPIRED", active?.kid],
    ]);
    expect((await call(at, "GET", path)).json.credentials.signing.kid).toBe(next?.kid);
    expect(await published()).toEqual([next?.kid, active?.kid]);
    await call(at, "POST", `${path}/credentials/lifecycle/keyRotate`, { use: "sig" });
    expect(await published()).not.toContain(active?.kid);
  });

  test("are read one by one, without their private half", async () => {
    const [key] = (await call(at, "GET", `${path}/credentials/keys`)).json;
    const one = await call(at, "GET", `${path}/credentials/keys/${key.kid}`);
    expect(Object.keys(one.json).sort()).toEqual(["_links", "alg", "e", "kid", "kty", "n", "status", "use"]);
    expect((await call(at, "GET", `${path}/credentials/keys/nosuch`)).status).toBe(404);
    expect((await refusal("POST", `${path}/credentials/lifecycle/keyRotate`, { use: "enc" })).causes).toEqual([
      "use: The field must be sig",
    ]);
  });
});
