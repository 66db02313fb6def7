import { expect, test } from "vitest";
import { auth0Host, oktaHost, payrollClientId } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import * as auth0 from "./auth0/auth0-caller.ts";
import { call, webApp } from "./okta-caller.ts";

const paths = ["/", "/okta", "/auth0", "/providers", "/requests", "/faults"];
const at = sharedSandbox();

async function page(path: string): Promise<string> {
  const response = await at.fetch("127.0.0.1", path, {
    headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" },
  });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  return response.text();
}

/** The rows of the part of a page with this id, each as its texts in one line. */
async function rows(path: string, id: string): Promise<readonly string[]> {
  const text = await page(path);
  const [, part = ""] = new RegExp(`<div data-live id="${id}">([\\s\\S]*?)</(?:section|main)>`).exec(text) ?? [];
  return [...part.matchAll(/<tr role="row" data-key[\s\S]*?<\/tr>/g)].map(([row]) =>
    row
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim(),
  );
}

test.each(paths)("%s is a whole page for a browser, of one heading and nothing from elsewhere", async (path) => {
  const text = await page(path);
  expect(text).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
  expect(text.match(/<h1>/g)).toHaveLength(1);
  expect(text.match(/ aria-current="page"/g)).toHaveLength(1);
  const addresses = [...text.matchAll(/\b(?:src|href|action)="([^"]*)"/g)].map(([, address]) => address ?? "");
  expect(addresses.filter((address) => !/^[/#]|^data:,$/.test(address))).toEqual([]);
  const captions = text.match(/<caption>[^<]+<\/caption>/g) ?? [];
  expect(captions).toHaveLength(text.match(/<table /g)?.length ?? 0);
});

test("its policy allows its own style and script, and nothing else", async () => {
  const { headers } = await at.fetch("127.0.0.1", "/", { headers: { accept: "text/html" } });
  const policy = Object.fromEntries(
    (headers.get("content-security-policy") ?? "")
      .split("; ")
      .map((each) => [each.split(" ")[0], each.split(" ").slice(1)]),
  );
  expect(policy).toEqual({
    "default-src": ["'none'"],
    "style-src": [expect.stringMatching(/^'sha256-.{44}'$/)],
    "script-src": [expect.stringMatching(/^'sha256-.{44}'$/)],
    "connect-src": ["'self'"],
    "img-src": ["data:"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
  });
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
});

test("who does not ask for HTML gets JSON, and who only asks for the head gets that", async () => {
  for (const accept of ["*/*", "application/json"]) {
    const response = await at.fetch("127.0.0.1", "/", { headers: { accept } });
    expect(await response.json()).toMatchObject({ sandbox: "tenantry" });
  }
  const head = await at.fetch("127.0.0.1", "/okta", { method: "HEAD", headers: { accept: "text/html" } });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  const posted = await at.fetch("127.0.0.1", "/okta", { method: "POST", headers: { accept: "text/html" } });
  expect(posted.status).toBe(404);
});

test("what names and labels hold is shown as text", async () => {
  const evil = `</td><script>alert(1)</script><img src=x onerror="alert(2)"> '&amp;`;
  const shown = "&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&quot;alert(2)&quot;&gt;";
  const { okta, auth0: tenant, providers, faults } = at.sandbox;
  okta.edit(payrollClientId, (app) => {
    app.label = evil;
    app.profile = { tenantryWorkspace: evil, tenantryEnvironment: evil, tenantryKey: evil };
  });
  okta.addGroup(evil, evil);
  okta.addServer(evil, { audiences: [evil] });
  tenant.addOrganization("evil", { displayName: evil });
  tenant.addConnection(evil, evil);
  const client = providers["ostrava-steel"].register({
    clientId: evil,
    method: "client_secret_basic",
    redirectUris: [evil],
  });
  faults.add({ path: evil, effect: "reset-before", host: "nobody.example" });
  for (const path of ["/okta", "/auth0", "/providers", "/faults", `/okta?q=${encodeURIComponent(evil)}`]) {
    const text = await page(path);
    expect(text).toContain(shown);
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).not.toContain("<img");
  }
  faults.clear();
  providers["ostrava-steel"].removeClient(client.clientId);
});

test("no page holds a secret or a token", async () => {
  const canary = "canary-9d41c7e2";
  const { okta, auth0: tenant, providers, env, adminToken } = at.sandbox;
  tenant.addConnection("secretive", "oidc", { options: { client_secret: canary } });
  tenant.addOrganization("secretive", { metadata: { note: canary } });
  okta.edit(payrollClientId, (app) => {
    app.profile = { note: canary };
    app.settings = { note: canary };
  });
  const app = await call(at, "POST", "/api/v1/apps", webApp("secretive", { client: { client_secret: `${canary}-0` } }));
  const token = await auth0.managementToken(at);
  await auth0.call(at, "GET", "/clients", undefined, `${token}`);
  await at.fetch(
    oktaHost,
    `/oauth2/v1/authorize?state=${canary}&client_id=${app.json.credentials.oauthClient.client_id}`,
  );
  await at.fetch(auth0Host, `/oauth/token`, { method: "POST", body: canary, headers: { authorization: canary } });
  const secrets = [
    canary,
    adminToken,
    token,
    ...Object.values(env).filter((value) => !value.startsWith("sqlite:")),
    ...okta.apps.flatMap((each) => each.secrets.map(({ value }) => value)),
    ...[...tenant.clients.values()].map(({ secret }) => secret),
    ...Object.values(providers).flatMap(({ clients }) => clients.flatMap(({ secret }) => secret ?? [])),
  ];
  expect(secrets.length).toBeGreaterThan(15);
  for (const path of paths) {
    const text = await page(path);
    for (const secret of secrets) expect(text.includes(secret), `${path} holds ${secret}`).toBe(false);
  }
});

test("an app of ours is told from one that nobody has marked, and its groups are named", async () => {
  const profile = { tenantryWorkspace: "acme", tenantryEnvironment: "sandbox", tenantryKey: "whiterabbit/portal" };
  const { json } = await call(at, "POST", "/api/v1/apps", webApp("whiterabbit/portal", { root: { profile } }));
  const staff = at.sandbox.okta.group("whiterabbit-staff")?.id;
  await call(at, "PUT", `/api/v1/apps/${json.id}/groups/${staff}`, {});
  const shown = await rows("/okta?q=whiterabbit", "apps");
  const { client_id: clientId } = json.credentials.oauthClient;
  expect(shown).toEqual([
    `whiterabbit/portal ${clientId} ACTIVE Tenantry whiterabbit/portal acme / sandbox client_secret_basic web whiterabbit-staff`,
  ]);
  expect((await rows("/okta?q=service", "apps"))[0]).toContain("no marker");
  await call(at, "POST", `/api/v1/apps/${json.id}/lifecycle/deactivate`);
  expect((await rows("/okta?q=whiterabbit", "apps"))[0]).toContain("INACTIVE");
  await call(at, "DELETE", `/api/v1/apps/${json.id}`);
  expect(await rows("/okta?q=whiterabbit/portal", "apps")).toEqual([]);
});

test("at Auth0 clients, connections and organizations are shown with what belongs to them", async () => {
  const marker = { tenantryWorkspace: "acme", tenantryEnvironment: "sandbox" };
  const { json: client } = await auth0.call(at, "POST", "/clients", {
    name: "fernhill/portal",
    app_type: "regular_web",
    client_metadata: { ...marker, tenantryKey: "fernhill/portal" },
  });
  const connection = at.sandbox.auth0.connection("fernhill-oidc");
  connection?.clients.add(client.client_id);
  const { json: organization } = await auth0.call(at, "POST", "/organizations", {
    name: "fernhill",
    display_name: "Fernhill Media",
    metadata: { ...marker, tenantryTenant: "fernhill" },
    enabled_connections: [{ connection_id: connection?.id }],
  });
  expect(await rows("/auth0?q=fernhill/", "clients")).toEqual([
    expect.stringMatching(
      `^fernhill/portal ${client.client_id} Tenantry fernhill/portal acme / sandbox regular_web .*fernhill-oidc`,
    ) as string,
  ]);
  expect((await rows("/auth0?q=fernhill", "organizations"))[0]).toContain(
    `fernhill ${organization.id} Fernhill Media Tenantry fernhill acme / sandbox fernhill-oidc`,
  );
  expect((await rows("/auth0?q=fernhill-oidc", "connections"))[0]).toContain("fernhill/portal");
});

test("requests are told with status, time and duration, by host and status, without the page's own", async () => {
  await call(at, "GET", "/api/v1/apps?limit=2");
  await call(at, "GET", "/api/v1/apps/0oanobody");
  await auth0.call(at, "GET", "/clients?page=0");
  await expect.poll(async () => (await rows("/requests?q=page=0", "requests")).length).toBe(1);
  const [newest = "", before = "", first = ""] = await rows("/requests", "requests");
  expect(newest).toMatch(/^GET acme\.eu\.auth0\.com\/api\/v2\/clients\?page=0 200 \d\d:\d\d:\d\d\.\d{3} \d+ ms \d+$/);
  expect(before).toMatch(/^GET acme\.okta\.com\/api\/v1\/apps\/0oanobody 404 /);
  expect(first).toMatch(/^GET acme\.okta\.com\/api\/v1\/apps\?limit=2 200 /);
  expect((await rows(`/requests?host=${auth0Host}`, "requests")).join()).not.toContain(oktaHost);
  expect(await rows("/requests?status=4&q=0oanobody", "requests")).toEqual([before]);
  expect(await rows("/requests?status=5&q=0oanobody", "requests")).toEqual([]);
  expect((await rows("/requests?host=127.0.0.1&q=GET", "requests")).length).toBe(0);
});

test("what the sandbox could not play is told below the requests, newest first, whatever the filter", async () => {
  at.sandbox.okta.requests.clear();
  expect(await page("/requests")).not.toContain("<h2>Notes</h2>");
  at.sandbox.okta.requests.note("claim odd (Time.now()) comes to nothing");
  at.sandbox.okta.requests.note("claim <b> comes to nothing");
  const text = await page("/requests?q=nothing-fits");
  const [, notes = ""] = /<div data-live id="notes"><h2>Notes<\/h2>([\s\S]*?)<\/div>/.exec(text) ?? [];
  expect([...notes.matchAll(/<li[^>]*>(.*?)<\/li>/g)].map(([, note]) => note)).toEqual([
    "claim &lt;b&gt; comes to nothing",
    "claim odd (Time.now()) comes to nothing",
  ]);
  at.sandbox.okta.requests.clear();
});

test("a fault is shown with what it strikes and how often it has", async () => {
  const id = at.sandbox.faults.add({
    host: oktaHost,
    method: "GET",
    path: "^/api/v1/groups$",
    effect: "status-before",
    status: 502,
  });
  expect(await rows("/faults", "faults")).toEqual([
    expect.stringMatching(
      /^status-before armed GET acme\.okta\.com \^\/api\/v1\/groups\$ status 502 .*0 1 0 \d+$/,
    ) as string,
  ]);
  expect((await call(at, "GET", "/api/v1/groups")).status).toBe(502);
  expect((await rows("/faults", "faults"))[0]).toMatch(new RegExp(`spent .* 1 0 0 ${id}$`));
  at.sandbox.faults.clear();
  expect(await page("/faults")).toContain("No request goes wrong on purpose.");
});

test("what a provider is wrong in is shown with its host, on the overview too, and the page does not say that all is well", async () => {
  at.sandbox.misbehaviours.add(oktaHost, "issuer-slash-added");
  try {
    for (const [path, id] of [
      ["/faults", "faults"],
      ["/", "overview"],
    ] as const) {
      expect(await rows(path, id)).toContainEqual(
        "issuer-slash-added on acme.okta.com The discovery document names the issuer with a slash at its end.",
      );
      expect(await page(path)).not.toContain("No request goes wrong on purpose.");
    }
    const overview = await at.fetch("127.0.0.1", "/");
    expect(await overview.json()).toMatchObject({ misbehaviours: 1 });
  } finally {
    at.sandbox.misbehaviours.clear();
  }
  expect(await page("/faults")).toContain("No request goes wrong on purpose.");
});

test("a fault that is for no host in particular does not strike the page", async () => {
  at.sandbox.faults.add({ effect: "status-before", status: 503 });
  await page("/");
  expect(at.sandbox.faults.counts()).toMatchObject([{ hits: 0 }]);
  at.sandbox.faults.clear();
});

test("odd parameters give a page all the same", async () => {
  for (const query of [
    "apps=0",
    "apps=-1",
    "apps=1e9",
    "apps=99999999",
    "q=%",
    "q=%FF",
    "apps=1&apps=2",
    "=",
    "q[]=1",
    "__proto__=1",
  ]) {
    expect(await page(`/okta?${query}`)).toContain("<h1>Okta org acme.okta.com</h1>");
  }
  for (const query of ["before=0", "before=x", "status=700", "host=%3Cb%3E", "before=99999999999999999999"]) {
    expect(await page(`/requests?${query}`)).toContain("<h1>Requests</h1>");
  }
});
