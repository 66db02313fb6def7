import { describe, expect, test } from "vitest";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, refused } from "./okta-caller.ts";
import { count, freshServer, path, serversPath as root, made as server } from "./okta-fresh.ts";

const at = sharedSandbox();

freshServer(at);

const refusal = (method: string, where: string, body?: unknown) => refused(at, method, where, body);

describe("an authorization server", () => {
  test("is made with Okta's own scopes and claims, and without a policy", async () => {
    expect(server).toMatchObject({
      issuer: `https://acme.okta.com/oauth2/${server.id}`,
      issuerMode: "ORG_URL",
      status: "ACTIVE",
      default: false,
      credentials: { signing: { rotationMode: "AUTO", nextRotation: expect.any(String) } },
    });
    const scopes = (await call(at, "GET", `${path}/scopes`)).json;
    expect(scopes.map((scope: { name: string }) => scope.name)).toEqual([
      ...["openid", "profile", "email", "address", "phone", "offline_access", "device_sso"],
    ]);
    expect(scopes.every((scope: { system: boolean }) => scope.system)).toBe(true);
    const claims = (await call(at, "GET", `${path}/claims`)).json;
    expect(claims).toHaveLength(19);
    expect(claims.find((claim: { name: string }) => claim.name === "sub")).toMatchObject({
      claimType: "RESOURCE",
      value: "(appuser != null) ? appuser.userName : app.clientId",
      system: true,
    });
    expect((await call(at, "GET", `${path}/policies`)).json).toEqual([]);
  });

  test("is made with rotation by itself, whatever is sent, as Okta does", async () => {
    const signing = { rotationMode: "MANUAL" };
    const body = { name: `by hand ${count}`, audiences: ["api://one"], credentials: { signing } };
    const made = (await call(at, "POST", root, body)).json;
    expect(made.credentials.signing.rotationMode).toBe("AUTO");
    const changed = (await call(at, "PUT", `${root}/${made.id}`, body)).json;
    expect(changed.credentials.signing.rotationMode).toBe("MANUAL");
  });

  test("is changed, switched off and on, and removed with all it has", async () => {
    const changed = await call(at, "PUT", path, {
      name: `${server.name} b`,
      audiences: ["api://two"],
      issuerMode: "DYNAMIC",
      credentials: { signing: { rotationMode: "MANUAL" } },
    });
    expect(changed).toMatchObject({
      status: 200,
      json: { description: null, audiences: ["api://two"], issuerMode: "DYNAMIC" },
    });
    expect(changed.json.credentials.signing).not.toHaveProperty("nextRotation");
    const document = `/oauth2/${server.id}/.well-known/openid-configuration`;
    expect((await at.fetch(oktaHost, document)).status).toBe(200);
    expect((await call(at, "POST", `${path}/lifecycle/deactivate`)).status).toBe(204);
    expect((await call(at, "GET", path)).json._links).toHaveProperty("activate");
    expect((await at.fetch(oktaHost, document)).status).toBe(404);
    expect((await call(at, "POST", `${path}/lifecycle/activate`)).status).toBe(204);
    expect((await call(at, "DELETE", path)).status).toBe(204);
    expect(await refusal("GET", path)).toMatchObject({ status: 404, code: "E0000007" });
    expect((await call(at, "GET", `${path}/claims`)).json.errorSummary).toBe(
      `Not found: Resource not found: ${server.id} (AuthorizationServer)`,
    );
  });

  test.each<[string, unknown, string]>([
    ["no name", { audiences: ["a"] }, "name: The field cannot be left blank"],
    ["a blank name", { name: " ", audiences: ["a"] }, "name: The field cannot be left blank"],
    [
      "a taken name",
      { name: "default", audiences: ["a"] },
      "name: An object with this field already exists in the current organization",
    ],
    ["no audience", { name: "x" }, "audiences: Must be an array of exactly one audience"],
    ["two audiences", { name: "x", audiences: ["a", "b"] }, "audiences: Must be an array of exactly one audience"],
    ["audiences that are none", { name: "x", audiences: [1] }, "audiences: The field must be a list of texts"],
    [
      "a strange issuer mode",
      { name: "x", audiences: ["a"], issuerMode: "NONE" },
      "issuerMode: The field must be one of ORG_URL, CUSTOM_URL, DYNAMIC",
    ],
    [
      "a custom domain that the org has not",
      { name: "x", audiences: ["a"], issuerMode: "CUSTOM_URL" },
      "issuerMode: CUSTOM_URL needs a custom domain, which the org has not",
    ],
    [
      "a strange rotation",
      { name: "x", audiences: ["a"], credentials: { signing: { rotationMode: "OFTEN" } } },
      "credentials.signing.rotationMode: The field must be one of AUTO, MANUAL",
    ],
    ["a list", ["x"], "The request body must be a JSON object"],
  ])("cannot be made with %s", async (_what, body, cause) => {
    expect(await refusal("POST", root, body)).toEqual({ status: 400, code: "E0000001", causes: [cause] });
  });

  test("is found by name and audience, in pages", async () => {
    const found = async (query: string) =>
      (await call(at, "GET", `${root}?${query}`)).json.map((each: { id: string }) => each.id);
    expect(await found(`q=${encodeURIComponent(server.name.toUpperCase())}`)).toContain(server.id);
    expect(await found("q=api%3A%2F%2Fone")).toContain(server.id);
    expect(await found("q=nosuch")).toEqual([]);
    const first = await call(at, "GET", `${root}?limit=1`);
    expect(first.json).toHaveLength(1);
    const next = /<https:\/\/acme\.okta\.com([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    expect((await call(at, "GET", next)).json[0].id).not.toBe(first.json[0].id);
  });

  test("default is called so, by id and by name, and has a policy that lets everybody in", async () => {
    const byName = (await call(at, "GET", `${root}/default`)).json;
    expect(byName).toMatchObject({ issuer: "https://acme.okta.com/oauth2/default", default: true });
    expect((await call(at, "GET", `${root}/${byName.id}`)).json).toEqual(byName);
    const [policy] = (await call(at, "GET", `${root}/default/policies`)).json;
    expect(policy).toMatchObject({ name: "Default Policy", conditions: { clients: { include: ["ALL_CLIENTS"] } } });
    const [rule] = (await call(at, "GET", `${root}/default/policies/${policy.id}/rules`)).json;
    expect(rule).toMatchObject({ name: "Default Policy Rule", conditions: { scopes: { include: ["*"] } } });
  });

  test("has nothing of it in an org without API Access Management", async () => {
    at.sandbox.okta.state.apiAccessManagement = false;
    for (const [method, where] of [
      ["GET", root],
      ["POST", root],
      ["GET", `${path}/claims`],
      ["POST", `${path}/credentials/lifecycle/keyRotate`],
      ["DELETE", path],
    ] as const) {
      expect(await refusal(method, where, method === "POST" ? {} : undefined)).toEqual({
        status: 401,
        code: "E0000015",
        causes: [],
      });
    }
    at.sandbox.okta.state.apiAccessManagement = true;
    expect((await call(at, "GET", path)).status).toBe(200);
  });
});

describe("scopes", () => {
  test("are made, read, found, replaced and removed, and leave the claims that named them", async () => {
    const made = await call(at, "POST", `${path}/scopes`, { name: "car:drive", consent: "REQUIRED", default: true });
    expect(made).toMatchObject({
      status: 201,
      json: {
        name: "car:drive",
        system: false,
        metadataPublish: "NO_CLIENTS",
        consent: "REQUIRED",
        optional: false,
        default: true,
      },
    });
    expect(made.json).not.toHaveProperty("displayName");
    const one = `${path}/scopes/${made.json.id}`;
    const claim = {
      name: "car",
      claimType: "RESOURCE",
      valueType: "EXPRESSION",
      value: "'blue'",
      conditions: { scopes: ["car:drive"] },
    };
    const claimId = (await call(at, "POST", `${path}/claims`, claim)).json.id;
    const changed = await call(at, "PUT", one, {
      name: "car:drive",
      displayName: "Drive",
      metadataPublish: "ALL_CLIENTS",
    });
    expect(changed.json).toMatchObject({ displayName: "Drive", consent: "IMPLICIT", default: false });
    expect((await call(at, "GET", `${path}/scopes?q=CAR`)).json).toEqual([changed.json]);
    expect((await call(at, "GET", `${path}/scopes?filter=${encodeURIComponent('name eq "car:drive"')}`)).json).toEqual([
      changed.json,
    ]);
    expect((await call(at, "GET", one)).json).toEqual(changed.json);
    expect((await call(at, "DELETE", one)).status).toBe(204);
    expect((await call(at, "GET", one)).status).toBe(404);
    expect((await call(at, "GET", `${path}/claims/${claimId}`)).json.conditions).toEqual({ scopes: [] });
  });

  test.each<[string, unknown, string]>([
    ["no name", {}, "name: The field cannot be left blank"],
    ["blanks", { name: "a b" }, "name: The field must be printable ASCII without blanks, quotes and backslashes"],
    ["a taken name", { name: "openid" }, "name: An object with this field already exists in the current organization"],
    ["Okta's prefix", { name: "okta.apps.read" }, "name: The prefix okta. is reserved"],
    [
      "a strange consent",
      { name: "x", consent: "MAYBE" },
      "consent: The field must be one of REQUIRED, IMPLICIT, FLEXIBLE",
    ],
    ["a flag that is none", { name: "x", default: "perhaps" }, "default: The field must be true or false"],
  ])("cannot be made with %s", async (_what, body, cause) => {
    expect(await refusal("POST", `${path}/scopes`, body)).toEqual({ status: 400, code: "E0000001", causes: [cause] });
  });

  test("of Okta's own stay under their name", async () => {
    const [openid] = (await call(at, "GET", `${path}/scopes?q=openid`)).json;
    const one = `${path}/scopes/${openid.id}`;
    expect((await refusal("DELETE", one)).causes).toEqual(["A system scope cannot be deleted"]);
    expect((await refusal("PUT", one, { name: "closed" })).causes).toEqual([
      "name: The name of a system scope cannot be changed",
    ]);
    expect((await call(at, "PUT", one, { name: "openid", default: true })).json).toMatchObject({
      default: true,
      system: true,
    });
  });
});

describe("claims", () => {
  test("are made, read, replaced and removed", async () => {
    const claim = {
      name: "teams",
      claimType: "IDENTITY",
      valueType: "GROUPS",
      group_filter_type: "STARTS_WITH",
      value: "white",
    };
    const made = await call(at, "POST", `${path}/claims`, { ...claim, conditions: { scopes: ["profile"] } });
    expect(made).toMatchObject({
      status: 201,
      json: { ...claim, alwaysIncludeInToken: false, system: false, status: "ACTIVE" },
    });
    const one = `${path}/claims/${made.json.id}`;
    const text = {
      name: "teams",
      claimType: "IDENTITY",
      valueType: "EXPRESSION",
      value: "'all'",
      alwaysIncludeInToken: true,
    };
    const changed = await call(at, "PUT", one, { ...text, status: "INACTIVE" });
    expect(changed.json).toMatchObject({ ...text, status: "INACTIVE", conditions: { scopes: [] } });
    expect(changed.json).not.toHaveProperty("group_filter_type");
    expect((await call(at, "GET", one)).json).toEqual(changed.json);
    expect((await call(at, "DELETE", one)).status).toBe(204);
    expect((await call(at, "GET", one)).status).toBe(404);
    // One of each kind may have the name.
    expect((await call(at, "POST", `${path}/claims`, text)).status).toBe(201);
    expect((await call(at, "POST", `${path}/claims`, { ...text, claimType: "RESOURCE" })).status).toBe(201);
  });

  const good = { name: "x", claimType: "RESOURCE", valueType: "EXPRESSION", value: "1" };
  test.each<[string, Record<string, unknown>, string]>([
    ["no name", { name: undefined }, "name: The field cannot be left blank"],
    ["a reserved name", { name: "iss" }, "name: 'iss' is a reserved claim name"],
    [
      "the name of another",
      { name: "sub" },
      "name: An object with this field already exists in the current organization",
    ],
    ["no kind of token", { claimType: undefined }, "claimType: The field cannot be left blank"],
    ["no kind of value", { valueType: undefined }, "valueType: The field cannot be left blank"],
    ["a value of Okta's own", { valueType: "SYSTEM" }, "valueType: Only Okta's own claims are of type SYSTEM"],
    ["no value", { value: undefined }, "value: The field cannot be left blank"],
    ["groups without a filter", { valueType: "GROUPS" }, "group_filter_type: The field cannot be left blank"],
    [
      "a filter that is no expression",
      { valueType: "GROUPS", group_filter_type: "REGEX", value: "(" },
      "value: The field must be a regular expression",
    ],
    [
      "a scope that there is not",
      { conditions: { scopes: ["nosuch"] } },
      "conditions.scopes: The scope 'nosuch' does not exist",
    ],
    ["conditions that are none", { conditions: "none" }, "conditions: The field must be an object"],
  ])("cannot be made with %s", async (_what, changes, cause) => {
    const { status, code, causes } = await refusal("POST", `${path}/claims`, { ...good, ...changes });
    expect({ status, code, causes }).toEqual({ status: 400, code: "E0000001", causes: [cause] });
  });

  test("of Okta's own stay what they are", async () => {
    const claims = (await call(at, "GET", `${path}/claims`)).json as { id: string; name: string }[];
    const one = `${path}/claims/${claims.find(({ name }) => name === "address")?.id}`;
    const body = { name: "address", claimType: "IDENTITY", valueType: "SYSTEM", alwaysIncludeInToken: true };
    expect((await call(at, "PUT", one, body)).json).toMatchObject({ alwaysIncludeInToken: true, system: true });
    expect((await refusal("PUT", one, { ...body, name: "home" })).causes).toEqual([
      "name: The field of a system claim cannot be changed",
    ]);
    expect((await refusal("DELETE", one)).causes).toEqual(["A system claim cannot be deleted"]);
  });
});
