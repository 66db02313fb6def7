import { describe, expect, test } from "vitest";
import { partnersServerId, restrictedServerId } from "../../sandbox/okta/seed.ts";
import { oktaHost, payrollClientId } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, webApp } from "./okta-caller.ts";

const at = sharedSandbox();

const rsaKey = { kty: "RSA", kid: "one", use: "sig", e: "AQAB", n: "sXch" };
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/;

describe("an app", () => {
  test("is created with Okta's defaults, shown with its secret once, then read, replaced and deleted", async () => {
    const created = await call(at, "POST", "/api/v1/apps", webApp("whiterabbit/portal"));
    expect(created.status).toBe(200);
    expect(created.json.id).toMatch(/^\w{20}$/);
    expect(created.json.created).toMatch(timestamp);
    expect(created.json).toMatchObject({
      status: "ACTIVE",
      signOnMode: "OPENID_CONNECT",
      credentials: { oauthClient: { client_id: created.json.id, pkce_required: false, autoKeyRotation: true } },
      settings: { oauthClient: { consent_method: "TRUSTED", issuer_mode: "ORG_URL", wildcard_redirect: "DISABLED" } },
      visibility: { hide: { iOS: false, web: false } },
    });
    expect(created.json.credentials.oauthClient.client_secret).toMatch(/^[\w-]{64}$/);
    const path = `/api/v1/apps/${created.json.id}`;

    const read = await call(at, "GET", path);
    expect(read.json.credentials.oauthClient).not.toHaveProperty("client_secret");
    expect(read.json._links.accessPolicy.href).toMatch(/^https:\/\/acme\.okta\.com\/api\/v1\/policies\/rst\w{17}$/);

    const replaced = await call(
      at,
      "PUT",
      path,
      webApp("renamed", {
        oauth: { redirect_uris: ["https://portal.acme.example/new"] },
        root: { profile: { a: "b" } },
      }),
    );
    expect(replaced.status).toBe(200);
    expect(replaced.json).toMatchObject({ label: "renamed", profile: { a: "b" } });
    expect(replaced.json.settings.oauthClient.redirect_uris).toEqual(["https://portal.acme.example/new"]);
    expect(replaced.json.credentials.oauthClient.client_secret).toBe(
      created.json.credentials.oauthClient.client_secret,
    );
    const withoutProfile = await call(at, "PUT", path, webApp("renamed"));
    expect(withoutProfile.json).not.toHaveProperty("profile");

    const tooEarly = await call(at, "DELETE", path);
    expect(tooEarly).toMatchObject({ status: 403, json: { errorCode: "E0000056" } });
    expect(await call(at, "POST", `${path}/lifecycle/deactivate`)).toMatchObject({ status: 200, json: {} });
    expect((await call(at, "GET", path)).json.status).toBe("INACTIVE");
    expect((await call(at, "DELETE", path)).status).toBe(204);
    const gone = await call(at, "GET", path);
    expect(gone).toMatchObject({ status: 404, json: { errorCode: "E0000007", errorCauses: [] } });
    expect(gone.json.errorSummary).toBe(`Not found: Resource not found: ${created.json.id} (AppInstance)`);
  });

  test("is created switched off with ?activate=false, and switched on", async () => {
    const { json } = await call(at, "POST", "/api/v1/apps?activate=false", webApp("off"));
    expect(json.status).toBe("INACTIVE");
    expect(json._links).toHaveProperty("activate");
    await call(at, "POST", `/api/v1/apps/${json.id}/lifecycle/activate`);
    expect((await call(at, "GET", `/api/v1/apps/${json.id}`)).json.status).toBe("ACTIVE");
  });

  test("takes a chosen client id once; a second create collides and makes nothing", async () => {
    const body = webApp("chosen", { client: { client_id: "tnabcdefghijklmnopqrstuvwx" } });
    const first = await call(at, "POST", "/api/v1/apps", body);
    expect(first.json.credentials.oauthClient.client_id).toBe("tnabcdefghijklmnopqrstuvwx");
    expect(first.json.id).not.toBe("tnabcdefghijklmnopqrstuvwx");
    const before = at.sandbox.okta.apps.length;
    const second = await call(at, "POST", "/api/v1/apps", body);
    expect(second).toMatchObject({ status: 400, json: { errorCode: "E0000001" } });
    expect(second.json.errorCauses[0].errorSummary).toMatch(/^client_id: .*already exists/);
    expect(at.sandbox.okta.apps.length).toBe(before);
    const path = `/api/v1/apps/${first.json.id}`;
    const changed = await call(at, "PUT", path, webApp("chosen", { client: { client_id: "tnsomethingelse" } }));
    expect(changed.status).toBe(400);
    expect((await call(at, "PUT", path, webApp("chosen"))).json.credentials.oauthClient.client_id).toBe(
      "tnabcdefghijklmnopqrstuvwx",
    );
  });

  test("keeps its type for ever", async () => {
    const { json } = await call(at, "POST", "/api/v1/apps", webApp("typed"));
    const native = webApp("typed", { oauth: { application_type: "native" } });
    const refused = await call(at, "PUT", `/api/v1/apps/${json.id}`, native);
    expect(refused).toMatchObject({ status: 400, json: { errorCode: "E0000001" } });
    expect(refused.json.errorCauses[0].errorSummary).toContain("'application_type' cannot be modified.");
  });

  test("keeps the settings of its refresh tokens when a replace does not name them", async () => {
    const grant_types = ["authorization_code", "refresh_token"];
    const refresh_token = { rotation_type: "ROTATE", leeway: 30 };
    const { json } = await call(at, "POST", "/api/v1/apps", webApp("fresh", { oauth: { grant_types, refresh_token } }));
    const path = `/api/v1/apps/${json.id}`;
    await call(at, "PUT", path, webApp("fresh", { oauth: { grant_types } }));
    expect((await call(at, "GET", path)).json.settings.oauthClient.refresh_token).toEqual(refresh_token);
    await call(at, "PUT", path, webApp("fresh"));
    expect((await call(at, "GET", path)).json.settings.oauthClient).not.toHaveProperty("refresh_token");
  });

  test("may share its label with another", async () => {
    expect((await call(at, "POST", "/api/v1/apps", webApp("Payroll"))).status).toBe(200);
    const { json } = await call(at, "GET", "/api/v1/apps?q=Payroll");
    expect(json).toHaveLength(2);
    expect(at.sandbox.okta.app("Payroll")?.clientId).toBe(payrollClientId);
  });

  test.each([
    ["no label", webApp(""), "label"],
    ["a label that is too long", webApp("x".repeat(101)), "label"],
    ["a relative redirect URI", webApp("x", { oauth: { redirect_uris: ["/callback"] } }), "redirect_uris"],
    [
      "a redirect URI with a fragment",
      webApp("x", { oauth: { redirect_uris: ["https://a.example/#b"] } }),
      "redirect_uris",
    ],
    [
      "a wildcard that is not allowed",
      webApp("x", { oauth: { redirect_uris: ["https://*.a.example/"] } }),
      "redirect_uris",
    ],
    ["no redirect URI", webApp("x", { oauth: { redirect_uris: [] } }), "redirect_uris"],
    ["no grant types", webApp("x", { oauth: { grant_types: [] } }), "grant_types"],
    ["an unknown grant type", webApp("x", { oauth: { grant_types: ["magic"] } }), "grant_types"],
    [
      "an unknown client authentication",
      webApp("x", { client: { token_endpoint_auth_method: "magic" } }),
      "token_endpoint",
    ],
    ["a short client id", webApp("x", { client: { client_id: "abc" } }), "client_id"],
    ["a client id with a slash", webApp("x", { client: { client_id: "whiterabbit/portal" } }), "client_id"],
    ["the reserved client id", webApp("x", { client: { client_id: "ALL_CLIENTS" } }), "client_id"],
    [
      "a public client without PKCE",
      webApp("x", {
        client: { token_endpoint_auth_method: "none", pkce_required: false },
        oauth: { application_type: "native" },
      }),
      "pkce",
    ],
    [
      "no client authentication in a web app with the code flow",
      webApp("x", { client: { token_endpoint_auth_method: "none", pkce_required: true } }),
      "Valid values: [client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt].",
    ],
    ["two keys of one kid", webApp("x", { oauth: { jwks: { keys: [rsaKey, rsaKey] } } }), "kid"],
    ["a private key", webApp("x", { oauth: { jwks: { keys: [{ ...rsaKey, d: "AQAB" }] } } }), "Private keys"],
    [
      "a leeway of two minutes",
      webApp("x", {
        oauth: {
          grant_types: ["authorization_code", "refresh_token"],
          refresh_token: { rotation_type: "ROTATE", leeway: 120 },
        },
      }),
      "leeway",
    ],
    [
      "private_key_jwt without keys",
      webApp("x", { client: { token_endpoint_auth_method: "private_key_jwt" } }),
      "jwks",
    ],
    ["another kind of app", { ...webApp("x"), name: "bookmark" }, "name"],
    ["a list", [], ""],
  ])("is refused with %s", async (_name, body, cause) => {
    const before = at.sandbox.okta.apps.length;
    const { status, json } = await call(at, "POST", "/api/v1/apps", body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ errorCode: "E0000001", errorLink: "E0000001" });
    expect(json.errorId).toMatch(/^oae\w+$/);
    expect(json.errorCauses[0].errorSummary).toContain(cause);
    expect(at.sandbox.okta.apps.length).toBe(before);
  });
});

describe("a list", () => {
  test("of apps comes in pages, with one Link header line per relation", async () => {
    for (let index = 0; index < 5; index += 1) await call(at, "POST", "/api/v1/apps", webApp(`paged ${index}`));
    const labels: string[] = [];
    let path: string | undefined = "/api/v1/apps?limit=2&q=PAGED";
    let pages = 0;
    while (path !== undefined) {
      const { json, headers } = await call(at, "GET", path);
      labels.push(...json.map((app: { label: string }) => app.label));
      pages += 1;
      const links = (headers.get("link") ?? "").split(/,\s*(?=<)/);
      expect(links[0]).toMatch(/rel="self"$/);
      path = links.map((link) => /^<https:\/\/acme\.okta\.com([^>]+)>; rel="next"$/.exec(link)?.[1]).find(Boolean);
    }
    expect(pages).toBe(3);
    expect(labels).toEqual(["paged 0", "paged 1", "paged 2", "paged 3", "paged 4"]);
  });

  test("of apps can be filtered, and refuses what it does not know", async () => {
    await call(at, "POST", "/api/v1/apps?activate=false", webApp("filtered off"));
    const active = await call(at, "GET", `/api/v1/apps?q=filtered&filter=${encodeURIComponent('status eq "ACTIVE"')}`);
    expect(active.json).toEqual([]);
    expect((await call(at, "GET", "/api/v1/apps?q=filtered")).json).toHaveLength(1);
    expect((await call(at, "GET", "/api/v1/apps?filter=whatever")).status).toBe(400);
    expect((await call(at, "GET", "/api/v1/apps?limit=-1")).status).toBe(400);
    expect((await call(at, "GET", "/api/v1/apps?after=nonsense")).status).toBe(400);
  });
});

describe("groups and assignments", () => {
  test("the seeded groups are found by prefix, search and id", async () => {
    const all = await call(at, "GET", "/api/v1/groups");
    expect(all.json.map((group: { profile: { name: string } }) => group.profile.name)).toEqual([
      "Everyone",
      "whiterabbit-staff",
      "whiterabbit-admins",
    ]);
    expect(all.json[0].type).toBe("BUILT_IN");
    expect((await call(at, "GET", "/api/v1/groups?q=whiterabbit")).json).toHaveLength(2);
    const search = encodeURIComponent('profile.name eq "whiterabbit-staff"');
    const found = await call(at, "GET", `/api/v1/groups?search=${search}`);
    expect(found.json).toHaveLength(1);
    expect((await call(at, "GET", `/api/v1/groups/${found.json[0].id}`)).json.profile.name).toBe("whiterabbit-staff");
    const paged = await call(at, "GET", "/api/v1/groups?limit=1");
    expect(paged.json).toHaveLength(1);
    expect(paged.headers.get("link")).toContain('rel="next"');
  });

  test("a group is created, renamed, refused twice, and takes its assignments with it", async () => {
    const created = await call(at, "POST", "/api/v1/groups", { profile: { name: "fresh", description: "" } });
    expect(created).toMatchObject({ status: 200, json: { type: "OKTA_GROUP", profile: { description: "" } } });
    const twice = await call(at, "POST", "/api/v1/groups", { profile: { name: "fresh" } });
    expect(twice.json.errorCauses[0].errorSummary).toContain("already exists");
    at.sandbox.okta.addGroup("imported", null, "APP_GROUP");
    expect((await call(at, "POST", "/api/v1/groups", { profile: { name: "imported" } })).status).toBe(400);
    const path = `/api/v1/groups/${created.json.id}`;
    expect((await call(at, "PUT", path, { profile: { name: "fresher" } })).json.profile.name).toBe("fresher");
    const app = await call(at, "POST", "/api/v1/apps", webApp("grouped"));
    await call(at, "PUT", `/api/v1/apps/${app.json.id}/groups/${created.json.id}`, {});
    expect((await call(at, "GET", `${path}/apps`)).json.map((each: { id: string }) => each.id)).toEqual([app.json.id]);
    expect((await call(at, "DELETE", path)).status).toBe(204);
    expect((await call(at, "GET", `/api/v1/apps/${app.json.id}/groups`)).json).toEqual([]);
  });

  test("a group is found whatever the case, by the index only when it is in there", async () => {
    at.sandbox.okta.state.searchIsLate = true;
    const { json } = await call(at, "POST", "/api/v1/groups", { profile: { name: "Late Comers" } });
    at.sandbox.okta.state.searchIsLate = false;
    const search = `/api/v1/groups?search=${encodeURIComponent('profile.name eq "late comers"')}`;
    expect((await call(at, "GET", search)).json).toEqual([]);
    expect((await call(at, "GET", "/api/v1/groups?q=late")).json).toHaveLength(1);
    const group = at.sandbox.okta.group(json.id);
    if (group !== undefined) group.indexed = true;
    expect((await call(at, "GET", search)).json).toHaveLength(1);
  });

  test("an assignment is put, listed by priority and deleted", async () => {
    const app = (await call(at, "POST", "/api/v1/apps", webApp("assigned"))).json;
    const staff = at.sandbox.okta.group("whiterabbit-staff")?.id;
    const admins = at.sandbox.okta.group("whiterabbit-admins")?.id;
    const base = `/api/v1/apps/${app.id}/groups`;
    const put = await call(at, "PUT", `${base}/${staff}`, { priority: 5 });
    expect(put).toMatchObject({ status: 200, json: { id: staff, priority: 5, profile: {} } });
    await call(at, "PUT", `${base}/${admins}`, { priority: 1 });
    const list = await call(at, "GET", base);
    expect(list.json.map((each: { id: string }) => each.id)).toEqual([admins, staff]);
    expect((await call(at, "DELETE", `${base}/${staff}`)).status).toBe(204);
    expect((await call(at, "DELETE", `${base}/${staff}`)).status).toBe(404);
    expect((await call(at, "PUT", `${base}/00gnosuchgroup000000`, {})).status).toBe(404);
  });

  test("Everyone can be neither renamed nor deleted", async () => {
    const path = `/api/v1/groups/${at.sandbox.okta.group("Everyone")?.id}`;
    expect((await call(at, "DELETE", path)).status).toBe(403);
    expect((await call(at, "PUT", path, { profile: { name: "x" } })).status).toBe(403);
  });
});

describe("around the apps", () => {
  test("the org, its owner, its policies and its authorization server can be read", async () => {
    const org = await at.fetch(oktaHost, "/.well-known/okta-organization");
    expect(await org.json()).toMatchObject({ pipeline: "idx" });
    expect((await call(at, "GET", "/api/v1/users/me")).json.profile.login).toBe("admin@acme.example");
    const policies = (await call(at, "GET", "/api/v1/policies?type=ACCESS_POLICY")).json;
    expect(policies.filter((policy: { system: boolean }) => policy.system)).toHaveLength(1);
    expect((await call(at, "GET", "/api/v1/authorizationServers/default")).json.issuer).toBe(
      "https://acme.okta.com/oauth2/default",
    );
    const servers = (await call(at, "GET", "/api/v1/authorizationServers")).json;
    expect(servers.map((server: { issuer: string }) => server.issuer)).toEqual([
      "https://acme.okta.com/oauth2/default",
      `https://acme.okta.com/oauth2/${partnersServerId}`,
      `https://acme.okta.com/oauth2/${restrictedServerId}`,
    ]);
    expect((await call(at, "GET", "/api/v1/authorizationServers/ausnosuchserver00000")).status).toBe(404);
  });

  test("access policies come in pages, and Okta's own for accounts cannot be given to an app", async () => {
    const first = await call(at, "GET", "/api/v1/policies?type=ACCESS_POLICY&limit=2");
    expect([first.json.length, first.headers.get("link")]).toEqual([2, expect.stringContaining('rel="next"')]);
    const policies = (await call(at, "GET", "/api/v1/policies?type=ACCESS_POLICY")).json;
    const account = policies.find(
      (policy: { _embedded: { resourceType: string } }) => policy._embedded.resourceType !== "APP",
    );
    const app = (await call(at, "POST", "/api/v1/apps", webApp("account policy"))).json;
    expect((await call(at, "PUT", `/api/v1/apps/${app.id}/policies/${account.id}`)).status).toBe(400);
  });

  test("an authorization server signs people in only while it is active", async () => {
    const path = `/api/v1/authorizationServers/${partnersServerId}`;
    const document = `/oauth2/${partnersServerId}/.well-known/openid-configuration`;
    expect((await at.fetch(oktaHost, document)).status).toBe(200);
    expect((await call(at, "POST", `${path}/lifecycle/deactivate`)).status).toBe(204);
    expect((await call(at, "GET", path)).json.status).toBe("INACTIVE");
    expect((await at.fetch(oktaHost, document)).status).toBe(404);
    expect((await call(at, "POST", `${path}/lifecycle/activate`)).status).toBe(204);
    expect((await at.fetch(oktaHost, document)).status).toBe(200);
  });

  test("an access policy is assigned, but not to a service app", async () => {
    const policies = (await call(at, "GET", "/api/v1/policies?type=ACCESS_POLICY")).json;
    const app = (await call(at, "POST", "/api/v1/apps", webApp("policy"))).json;
    expect((await call(at, "PUT", `/api/v1/apps/${app.id}/policies/${policies[0].id}`)).status).toBe(204);
    const href = (await call(at, "GET", `/api/v1/apps/${app.id}`)).json._links.accessPolicy.href;
    expect(href.endsWith(policies[0].id)).toBe(true);
    const service = at.sandbox.okta.app("Tenantry service")?.id;
    expect((await call(at, "PUT", `/api/v1/apps/${service}/policies/${policies[0].id}`)).status).toBe(400);
  });
});
