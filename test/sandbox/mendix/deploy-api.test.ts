import { describe, expect, test } from "vitest";
import { openMendixApp } from "../../../src/app/mendix/open.ts";
import { appOf, openOptions, writeOf } from "../../app/mendix/place.ts";
import { carrierOf, carrierPlace } from "../../app/mendix/places.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";

const shared = sharedSandbox();
const path = "/api/1/apps/service/environments/Production/settings";

/** One call of the API as somebody with these credentials. */
async function call(method: "GET" | "POST", body?: unknown, change: Readonly<Record<string, string>> = {}, at = path) {
  const answer = await shared.fetch("deploy.mendix.com", at, {
    method,
    headers: {
      "Mendix-Username": "platform@acme.example",
      "Mendix-ApiKey": shared.sandbox.env.MENDIX_API_KEY ?? "",
      "content-type": "application/json",
      ...change,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
}

function production() {
  return shared.sandbox.standIns.mendix.production;
}

describe("the stand-in", () => {
  test("shows constants, custom settings and scheduled events, and takes them back as they are", async () => {
    production().reset();
    const { status, body } = await call("GET");
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(["Constants", "CustomSettings", "ScheduledEvents"]);
    expect((body.Constants as readonly unknown[])[0]).toEqual({
      Name: "OIDC.ClientID",
      DataType: "String",
      Value: "",
      DeployedValue: "",
    });
    expect(await call("POST", body)).toEqual({ status: 200, body });
  });

  test("what is set reaches the app when it starts again (B6)", async () => {
    production().reset();
    await call("POST", { Constants: [{ Name: "Service.WelcomeText", Value: "Hello" }], ScheduledEvents: [] });
    const constant = production().constants.get("Service.WelcomeText");
    expect([constant?.value, constant?.deployed]).toEqual(["Hello", "Welcome"]);
    const before = production().restarts;
    shared.sandbox.standIns.mendix.restart();
    expect([constant?.deployed, production().restarts]).toEqual(["Hello", before + 1]);
  });

  test.each([
    [{ "Mendix-ApiKey": "wrong" }, path, 401, "UNAUTHORIZED"],
    [{ "Mendix-Username": "nobody@acme.example" }, path, 401, "UNAUTHORIZED"],
    [{}, "/api/1/apps/other/environments/Production/settings", 404, "APP_NOT_FOUND"],
    [{}, "/api/1/apps/service/environments/Moon/settings", 400, "INVALID_ENVIRONMENT"],
    [{}, "/api/1/apps/service", 404, "NOT_FOUND"],
  ] as const)("%j at %s: %s %s", async (headers, at, status, errorCode) => {
    expect(await call("GET", undefined, headers, at)).toMatchObject({ status, body: { errorCode } });
  });

  test.each([
    [[], 400, "INVALID_PARAMETERS"],
    [{ Constants: 1 }, 400, "INVALID_PARAMETERS"],
    [{ Constants: [{ Name: "OIDC.Nothing", Value: "x" }], ScheduledEvents: [] }, 400, "CONSTANT_NOT_FOUND"],
    [{ Constants: [{ Name: "OIDC.EnablePKCE", Value: "True" }], ScheduledEvents: [] }, 400, "INVALID_PARAMETERS"],
    [{ Constants: [{ Name: "OIDC.JWKReadTimeout", Value: "long" }], ScheduledEvents: [] }, 400, "INVALID_PARAMETERS"],
    [{ Constants: [], ScheduledEvents: [{ Name: "A", Value: "on" }] }, 500, "INVALID_SCHEDULED_EVENT_PARAMETER"],
  ])("refuses %j: %s %s, and sets nothing", async (body, status, errorCode) => {
    production().reset();
    const before = JSON.stringify(production().view());
    expect(await call("POST", body)).toMatchObject({ status, body: { errorCode } });
    expect(JSON.stringify(production().view())).toBe(before);
  });
});

describe("our writes", () => {
  test("custom settings, scheduled events, unknown members and other constants survive", async () => {
    const place = carrierPlace("deployApi", shared.sandbox);
    production().add("Service.Limit", "Integer", "7", { Description: "from the portal", Order: 3 });
    const [settings, events] = [production().customSettings, production().scheduledEvents];
    const adapter = await place.adapter();
    const write = writeOf(place.app);
    await adapter.write(write);
    expect(production().customSettings).toEqual(settings);
    expect(production().scheduledEvents).toEqual(events);
    expect(production().constants.get("Service.Limit")).toMatchObject({ value: "7" });
    expect(production().constants.get("OIDC.ClientID")).toMatchObject({ value: "client-of-whiterabbit", deployed: "" });
    const posts = production().posts;
    await adapter.write(write);
    expect(production().posts, "the same twice is not sent twice").toBe(posts);
  });

  test("a private constant is not sent back, so that its mask does not take its place (B18)", async () => {
    const place = carrierPlace("deployApi", shared.sandbox);
    production().add("Service.Token", "String", "their secret");
    for (const name of ["Service.Token", "OIDC.ClientSecret"]) {
      const constant = production().constants.get(name);
      if (constant !== undefined) constant.hidden = true;
    }
    const adapter = await place.adapter();
    const write = writeOf(place.app);
    await adapter.write(write);
    expect(production().constants.get("Service.Token")?.value).toBe("their secret");
    expect(production().constants.get("OIDC.ClientSecret")?.value).toBe("s3cret");
    expect(adapter.showsSecret).toBe(false);
    expect(await adapter.secretOf(write.record.key)).toBeUndefined();
    expect((await adapter.observe([write.record])).records.get(write.record.key)).toMatchObject({ state: "active" });
  });

  test("a private alias tells nobody whose the constants are: they stay as they are", async () => {
    const place = carrierPlace("deployApi", shared.sandbox);
    const alias = production().constants.get("OIDC.ClientAlias");
    if (alias !== undefined) alias.hidden = true;
    const { foreign } = await (await place.adapter()).observe([writeOf(place.app).record]);
    expect(foreign.map(({ message }) => message)).toEqual([
      "The constant OIDC.ClientAlias is private, so nobody can tell whose it is.",
    ]);
  });

  test("constants that the deployed app does not have are a problem with its place, and nothing is half-written", async () => {
    const place = carrierPlace("deployApi", shared.sandbox, { more: { onboardingModule: "Nowhere" } });
    const adapter = await place.adapter();
    const before = place.everything();
    const write = writeOf(place.app);
    expect((await adapter.observe([write.record])).problems).toMatchObject([
      {
        code: "MENDIX_CONSTANT_MISSING",
        message: "the deployed app has no constant Nowhere.PrincipalIdPAttribute, Nowhere.AllowcreateUsers",
        path: [],
      },
    ]);
    await expect(adapter.write(write)).rejects.toMatchObject({ code: "MENDIX_CONSTANT_MISSING" });
    expect(place.everything()).toBe(before);
    const own = writeOf(place.app, { entry: { constants: "Sso.Rabbit_{name}" } });
    expect((await adapter.observe([own.record])).problems?.[0]?.path).toEqual(["mendix", "constants"]);
  });

  const failing = async (
    change: Readonly<Record<string, unknown>>,
    apiKey = shared.sandbox.env.MENDIX_API_KEY ?? "",
  ) => {
    const { host, port, ca } = shared.sandbox;
    const { deployApi } = carrierOf("deployApi") as { readonly deployApi: object };
    const app = appOf({ carrier: { deployApi: { ...deployApi, ...change } } });
    const network = { connect: { host, port, ca } };
    const adapter = await openMendixApp(openOptions(app, "/nowhere", { "env:MENDIX_API_KEY": apiKey }, network));
    return adapter.observe([writeOf(app).record]).finally(() => adapter.close());
  };

  test("wrong credentials are refused without a word of them", async () => {
    const error = await failing({}, "wrong-api-key").catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "MENDIX_CREDENTIALS_REFUSED",
      message: expect.stringMatching(/: The user name or the API key is wrong\.$/),
    });
    expect(String(error)).not.toContain("wrong-api-key");
  });

  test("an environment that is not there is a problem of its connections", async () => {
    expect((await failing({ environment: "Moon" })).problems).toMatchObject([{ code: "MENDIX_ENVIRONMENT_MISSING" }]);
    expect((await failing({ appId: "other" })).problems).toMatchObject([{ code: "MENDIX_ENVIRONMENT_MISSING" }]);
  });

  test.each([
    [500, "MENDIX_UNAVAILABLE"],
    [429, "MENDIX_RATE_LIMITED"],
    [418, "MENDIX_REJECTED"],
    [302, "MENDIX_UNEXPECTED_ANSWER"],
  ])("an answer of %i is %s", async (status, code) => {
    shared.sandbox.faults.add({ host: "deploy.mendix.com", effect: "status-before", status, times: "all" });
    try {
      await expect(failing({})).rejects.toMatchObject({ code });
    } finally {
      shared.sandbox.faults.clear();
    }
  });

  test("a reply that was lost is asked for again: the same twice is the same", async () => {
    const place = carrierPlace("deployApi", shared.sandbox);
    const adapter = await place.adapter();
    shared.sandbox.faults.add({ host: "deploy.mendix.com", method: "POST", effect: "reset-after" });
    await adapter.write(writeOf(place.app));
    expect(place.constants()["OIDC.ClientID"]).toBe("client-of-whiterabbit");
  });

  test("nobody there is told as such", async () => {
    const app = appOf({ carrier: carrierOf("deployApi") });
    const { ca } = shared.sandbox;
    const network = { connect: { host: "127.0.0.1", port: 1, ca } };
    const adapter = await openMendixApp(openOptions(app, "/nowhere", { "env:MENDIX_API_KEY": "k" }, network));
    await expect(adapter.observe([])).rejects.toMatchObject({ code: "MENDIX_UNREACHABLE" });
    await adapter.close();
  });
});

const live = process.env.TENANTRY_LIVE_MENDIX;

test.skipIf(live === undefined)(
  "live: TENANTRY_LIVE_MENDIX=appId/environment/username, TENANTRY_LIVE_MENDIX_KEY",
  async () => {
    const [appId = "", environment = "", username = ""] = (live ?? "").split("/");
    const app = appOf({ carrier: { deployApi: { appId, environment, username, apiKey: "env:MENDIX_API_KEY" } } });
    const key = process.env.TENANTRY_LIVE_MENDIX_KEY ?? "";
    const adapter = await openMendixApp(openOptions(app, "/nowhere", { "env:MENDIX_API_KEY": key }));
    const write = writeOf(app);
    const before = (await adapter.observe([write.record])).records.get(write.record.key);
    expect(before, "an environment for tests, whose constants are blank").toBeUndefined();
    await adapter.write(write);
    expect((await adapter.observe([write.record])).records.get(write.record.key)).toMatchObject({ state: "active" });
    await adapter.restore(write.record.key);
    expect((await adapter.observe([write.record])).records.get(write.record.key)).toBeUndefined();
    await adapter.close();
  },
);
