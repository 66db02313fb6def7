import { describe, expect, test } from "vitest";
import { oktaHost, payrollClientId } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, webApp } from "./okta-caller.ts";

const at = sharedSandbox();

describe("an app of the catalog", () => {
  test("shows nothing of its client and needs no redirect URI", async () => {
    const body = webApp("StrongDM", { root: { name: "StrongDM" }, oauth: { redirect_uris: undefined } });
    const { status, json } = await call(at, "POST", "/api/v1/apps", body);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      name: "strongdm",
      universalLogout: { status: "UNSUPPORTED" },
      visibility: { appLinks: { strongdm_link: true } },
    });
    expect(json.credentials).not.toHaveProperty("oauthClient");
    expect(json.settings).not.toHaveProperty("oauthClient");
    expect(json._links.help.href).toContain("/app/strongdm/");
    expect(await call(at, "GET", `/api/v1/internal/apps/${json.id}/settings/oauth/idToken`)).toMatchObject({
      status: 404,
      json: { errorSummary: `Not found: Resource not found: ${json.id} (OAuth2AppInstance)` },
    });
    const moved = webApp("StrongDM", { root: { name: "oidc_client" } });
    expect((await call(at, "PUT", `/api/v1/apps/${json.id}`, moved)).status).toBe(400);
    expect((await call(at, "GET", "/api/v1/apps?q=strong")).json).toHaveLength(1);
    const filter = encodeURIComponent('name eq "strongdm"');
    expect((await call(at, "GET", `/api/v1/apps?filter=${filter}`)).json).toHaveLength(1);
  });
});

describe("the internal settings of the id token", () => {
  test("are read and written with an API token", async () => {
    const app = (await call(at, "POST", "/api/v1/apps", webApp("internal"))).json;
    const path = `/api/v1/internal/apps/${app.id}/settings/oauth/idToken`;
    expect((await call(at, "GET", path)).json).toEqual({
      issuer: "https://acme.okta.com",
      orgUrl: null,
      customUrl: null,
      audience: app.id,
      issuerMode: "ORG_URL",
    });
    const groupsClaim = { valueType: "FILTER", value: ".*", name: "groups", filterType: "REGEX" };
    expect((await call(at, "POST", path, { issuerMode: "DYNAMIC", groupsClaim })).json).toMatchObject({
      issuer: null,
      issuerMode: "DYNAMIC",
      groupsClaim,
    });
    expect((await call(at, "GET", path)).json.groupsClaim).toEqual(groupsClaim);
  });
});

describe("a logo", () => {
  async function upload(type: string, body: string) {
    const response = await at.fetch(oktaHost, `/api/v1/apps/${payrollClientId}/logo`, {
      method: "POST",
      headers: { authorization: `SSWS ${at.sandbox.env.OKTA_API_TOKEN}`, "content-type": type },
      body,
    });
    return { status: response.status, json: (await response.json()) as Record<string, string> };
  }

  test("is taken as a form and linked from the app", async () => {
    const form = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\nPNG\r\n--b--\r\n';
    const { status, json } = await upload("multipart/form-data; boundary=b", form);
    expect(status).toBe(201);
    const [logo] = (await call(at, "GET", `/api/v1/apps/${payrollClientId}`)).json._links.logo;
    expect(logo.href).toBe(json.url);
    expect(await upload("image/png", "PNG")).toMatchObject({ status: 400, json: { errorCode: "E0000028" } });
    expect((await upload("multipart/form-data; boundary=b", "x".repeat(2_000_000))).status).toBe(413);
  });
});

describe("a list of apps", () => {
  test("goes on after the id of an app too, as Okta's own cursors are", async () => {
    for (const label of ["cursor 0", "cursor 1", "cursor 2"]) await call(at, "POST", "/api/v1/apps", webApp(label));
    const [first] = (await call(at, "GET", "/api/v1/apps?q=cursor&limit=1")).json;
    const rest = (await call(at, "GET", `/api/v1/apps?q=cursor&after=${first.id}`)).json;
    expect(rest.map((app: { label: string }) => app.label)).toEqual(["cursor 1", "cursor 2"]);
    expect((await call(at, "GET", "/api/v1/apps?after=0oanosuchapp00000000")).status).toBe(400);
  });

  test("is cut at 200", async () => {
    const { json } = await call(at, "GET", "/api/v1/apps?limit=10000");
    expect(json.length).toBeLessThanOrEqual(200);
  });

  test("of those that a group may use", async () => {
    const everyone = at.sandbox.okta.group("Everyone")?.id;
    const filter = encodeURIComponent(`group.id eq "${everyone}"`);
    const { json } = await call(at, "GET", `/api/v1/apps?filter=${filter}`);
    expect(json.map((app: { label: string }) => app.label)).toEqual(["Payroll"]);
    for (const unknown of ['profile.x eq "y"', 'user.id co "00u"', 'label sw "Pay"', "group.id pr"]) {
      expect(await call(at, "GET", `/api/v1/apps?filter=${encodeURIComponent(unknown)}`)).toMatchObject({
        status: 400,
        json: { errorCode: "E0000031" },
      });
    }
  });
});

describe("bad requests", () => {
  test.each([
    ["malformed JSON", "POST", "/api/v1/users", "{", 400, "E0000003"],
    ["a wrong method", "PUT", "/api/v1/users", "{}", 405, "E0000022"],
    ["a path of nothing", "GET", "/api/v1/nothing", undefined, 404, "E0000008"],
    ["an id of garbage", "GET", "/api/v1/users/%00%ff", undefined, 404, "E0000007"],
    ["an id named like a property", "GET", "/api/v1/policies/__proto__", undefined, 404, "E0000007"],
    ["a path that climbs", "GET", "/api/v1/groups/..%2f..%2fenv", undefined, 404, "E0000007"],
  ])("%s", async (_name, method, path, body, status, errorCode) => {
    expect(await call(at, method, path, body)).toMatchObject({ status, json: { errorCode, errorCauses: [] } });
  });
});
