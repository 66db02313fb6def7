import { createPublicKey } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { kongAdminHost } from "../../../sandbox/kong/hosts.ts";
import type { StoredPlugin } from "../../../sandbox/kong/state.ts";
import { pluginId } from "../../../src/app/kong/plugin.ts";
import { canonicalJson } from "../../../src/desired/json.ts";
import { recordFields } from "../../../src/plan/fields.ts";
import type { KongApp } from "../../../src/workspace/apps/kong.ts";
import { clientKeyPair, type KongWorld, key, kong, openKongWorld, type WriteOptions, writeFor } from "./place.ts";

let world: KongWorld;
beforeEach(async () => {
  world = await openKongWorld();
});
afterEach(() => world.close());

const state = () => world.box.sandbox.standIns.kong.state;
const plugins = (): readonly StoredPlugin[] => state().plugins;
const openid = (): StoredPlugin => {
  const found = plugins().find(({ name }) => name === "openid-connect");
  if (found === undefined) throw new Error("there is no plugin");
  return found;
};
const change = (id: string, to: Partial<StoredPlugin>): void => {
  const { plugins: store } = state().workspace("default");
  const there = store.get(id);
  if (there !== undefined) store.set(id, { ...there, ...to });
};
/** Writes and settles, and gives what the gateway has and what is read back. */
const written = async (app: KongApp, options: WriteOptions = {}) => {
  const adapter = await world.adapter(app);
  const write = writeFor(app, options);
  await adapter.write(write);
  await adapter.settle(key);
  const seen = await adapter.observe([write.record], false);
  const fields = seen.records.get(key)?.fields ?? {};
  const wanted = recordFields(write.record, write.discovery);
  const differing = Object.keys(fields).filter(
    (name) => wanted[name] !== undefined && canonicalJson(wanted[name]) !== canonicalJson(fields[name]),
  );
  expect(differing).toEqual([]);
  return { adapter, write, fields, config: openid().config };
};

describe("every field of the model reaches the plugin and is read back", () => {
  test("what is said by default", async () => {
    const { config, fields } = await written(kong());
    expect(config).toMatchObject({
      auth_methods: ["authorization_code", "session"],
      client_auth: ["client_secret_basic"],
      token_endpoint_auth_method: "client_secret_basic",
      response_mode: "query",
      require_proof_key_for_code_exchange: true,
      verify_nonce: true,
      ssl_verify: true,
      hide_credentials: true,
      using_pseudo_issuer: false,
      session_absolute_timeout: 86_400,
      upstream_headers: [
        { header: "x-user-external-id", path: ["sub"] },
        { header: "x-user-email", path: ["email"] },
        { header: "x-user-display-name", path: ["name"] },
      ],
    });
    // What only discovery knows is not compared.
    expect(fields).not.toHaveProperty("tokenEndpoint");
    expect(fields.session).toBeNull();
  });

  test("what can be said besides", async () => {
    const app = kong({ logout: "/{tenant}/logout", headers: { email: "X-Mail" } });
    const { config } = await written(app, {
      signIn: {
        pkce: "off",
        responseMode: "form_post",
        acrValues: ["urn:okta:loa:2fa:any", "phr"],
        extraParams: { prompt: "login", domain_hint: "whiterabbit.example" },
        claims: { email: "email", department: ["custom", "department"] },
        roles: { claim: ["realm_access", "roles"], map: { staff: "member", admins: "admin" } },
        require: { hd: "whiterabbit.example" },
        session: { absolute: 8 * 3_600_000, idle: 1_800_000 },
        scopes: ["openid", "groups"],
      },
    });
    expect(config).toMatchObject({
      require_proof_key_for_code_exchange: false,
      response_mode: "form_post",
      authorization_cookie_same_site: "None",
      authorization_cookie_secure: true,
      authorization_query_args_names: ["acr_values", "prompt", "domain_hint"],
      authorization_query_args_values: ["urn:okta:loa:2fa:any phr", "login", "whiterabbit.example"],
      groups_claim: ["realm_access", "roles"],
      authenticated_groups_claim: ["realm_access", "roles"],
      groups_required: ["admins", "staff"],
      domains: ["whiterabbit.example"],
      session_absolute_timeout: 28_800,
      session_idling_timeout: 1_800,
      logout_uri_suffix: "/whiterabbit/logout",
      logout_redirect_uri: ["https://gateway.acme.example/goodbye"],
      upstream_headers: [
        { header: "x-mail", path: ["email"] },
        { header: "x-user-department", path: ["custom", "department"] },
        { header: "x-user-roles", path: ["realm_access", "roles"] },
      ],
    });
  });

  test("a role for everybody keeps nobody out by groups", async () => {
    const { config } = await written(kong(), { signIn: { roles: { claim: "groups", map: { a: "b" }, default: "c" } } });
    expect([config.groups_required, config.authenticated_groups_claim]).toEqual([null, ["groups"]]);
  });

  test("a provider without discovery: its endpoints, and an issuer that is only compared", async () => {
    const endpoints = {
      authorization: "https://sso.aldervoss.example/as/authorization.oauth2",
      token: "https://sso.aldervoss.example/as/token.oauth2",
      jwks: "https://sso.aldervoss.example/pf/JWKS",
      userinfo: "https://sso.aldervoss.example/idp/userinfo.openid",
    };
    const record = { issuer: "https://sso.aldervoss.example", endpoints };
    const write = { ...writeFor(kong(), { record }) };
    const adapter = await world.adapter(kong());
    await adapter.write(write);
    expect(openid().config).toMatchObject({
      using_pseudo_issuer: true,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      jwks_endpoint: endpoints.jwks,
      userinfo_endpoint: endpoints.userinfo,
    });
    const { fields } = (await adapter.observe([write.record], false)).records.get(key) ?? {};
    expect(fields).toMatchObject({ tokenEndpoint: endpoints.token, jwksUri: endpoints.jwks });
  });

  test("a gateway before 3.14: the older names", async () => {
    const app = kong({ version: "3.10" });
    const endpoints = {
      authorization: "https://a.example/a",
      token: "https://a.example/t",
      jwks: "https://a.example/k",
    };
    const { config } = await written(app, { record: { issuer: "https://a.example", endpoints }, signIn: {} }).catch(
      async () => ({ config: openid().config }),
    );
    expect(config).toMatchObject({
      upstream_headers: null,
      upstream_headers_claims: ["sub", "email", "name"],
      upstream_headers_names: ["x-user-external-id", "x-user-email", "x-user-display-name"],
      jwks_endpoint: null,
      extra_jwks_uris: ["https://a.example/k"],
    });
  });

  test("a client that signs assertions: its key, which is told to be a secret of no plan", async () => {
    const pair = clientKeyPair();
    world.values.set("GATEWAY_CLIENT_KEY", pair.pem);
    const app = kong({
      clientAuth: ["private_key_jwt"],
      clientKey: { publicKey: pair.publicKey, privateKey: "env:GATEWAY_CLIENT_KEY" },
    });
    const { config, fields } = await written(app, { record: { clientAuth: "private_key_jwt" }, secret: undefined });
    const [jwk] = config.client_jwk as readonly Record<string, string>[];
    expect(jwk).toMatchObject({ kid: "gateway-1", alg: "ES256", kty: "EC" });
    expect(config.client_secret).toBeNull();
    expect(createPublicKey(pair.pem).export({ format: "jwk" })).toMatchObject({ x: jwk?.x });
    expect(JSON.stringify(fields)).not.toContain(jwk?.d);
  });

  test("fields of `config:`, the entry's over the app's; one that is taken out goes back to Kong's default", async () => {
    const app = kong({ config: { login_action: "redirect", audience_required: ["api://orders"], leeway: 5 } });
    const first = await written(app, { entry: { route: "api-whiterabbit", config: { leeway: 10 } } });
    expect(first.config).toMatchObject({ login_action: "redirect", audience_required: ["api://orders"], leeway: 10 });
    expect(first.fields["kong.config"]).toEqual({
      login_action: "redirect",
      audience_required: ["api://orders"],
      leeway: 10,
    });
    const less = kong({ config: { leeway: 5 } });
    const before = await first.adapter.observe([writeFor(less).record], false);
    expect(before.records.get(key)?.fields["kong.config"]).not.toEqual({ leeway: 5 });
    const second = await written(less);
    expect(second.config).toMatchObject({ login_action: "upstream", audience_required: null, leeway: 5 });
  });

  test("on a service, and on everything of a workspace", async () => {
    await written(kong(), { entry: { service: "api" } });
    expect(openid()).toMatchObject({ route: null, service: { id: expect.any(String) } });
    state().workspaces.clear();
    state().addService("partner", "x");
    await written(kong(), { entry: { global: true, workspace: "partner" } });
    expect(openid()).toMatchObject({ route: null, service: null });
    expect(state().workspace("partner").plugins.size).toBe(1);
  });

  test("drift by hand is seen: a plugin that is switched off, a demand that is added", async () => {
    const { adapter, write } = await written(kong());
    change(openid().id, {
      enabled: false,
      config: { ...openid().config, groups_required: ["x"], domains: ["a.example"] },
    });
    const { fields } = (await adapter.observe([write.record], false)).records.get(key) ?? {};
    expect(fields).toMatchObject({
      "kong.enabled": false,
      "kong.groups": { claim: [], required: ["x"] },
      require: { hd: "a.example" },
    });
    await adapter.write(write);
    expect(openid()).toMatchObject({ enabled: true, config: { groups_required: null, domains: null } });
  });
});

describe("secrets", () => {
  test("a plain one is shown by the gateway, and the run is told of it", async () => {
    const { adapter } = await written(kong());
    expect(adapter.showsSecret).toBe(true);
    const secret = await adapter.secretOf(key);
    expect([secret?.id, secret?.value.reveal()]).toEqual(["first/secret", "plain-secret-1"]);
    expect(world.known).toEqual(["plain-secret-1"]);
    for (const tag of openid().tags ?? []) expect(tag).not.toMatch(/[,/]/);
  });

  test("with a reference to a vault the value is written nowhere", async () => {
    const app = kong({
      secretReference: { vault: "hcv/sso/{tenant}/secret" },
      secretSink: "vault:kv/sso/{tenant}#secret",
    });
    const { adapter, config, fields } = await written(app);
    expect(config.client_secret).toEqual(["{vault://hcv/sso/whiterabbit/secret}"]);
    expect(fields["kong.clientSecret"]).toBe("{vault://hcv/sso/whiterabbit/secret}");
    expect(adapter.showsSecret).toBe(false);
    expect(await adapter.secretOf(key)).toBeUndefined();
  });

  test("one that stands there in the plain although a reference is wanted is not shown by a plan", async () => {
    await written(kong());
    const app = kong({ secretReference: { vault: "hcv/sso/{tenant}/secret" } });
    const adapter = await world.adapter(app);
    const { records } = await adapter.observe([writeFor(app).record], false);
    expect(records.get(key)?.fields["kong.clientSecret"]).toBe("(another)");
  });

  test("kept values hold none", async () => {
    const { adapter, write } = await written(kong());
    await adapter.write({ ...write, record: { ...write.record, clientId: "other" } });
    expect(world.keptValues.size).toBe(1);
    expect(JSON.stringify([...world.keptValues])).not.toContain("plain-secret-1");
  });

  test("the old one stands behind the new one until the change is settled", async () => {
    const { adapter, write } = await written(kong());
    const next = writeFor(kong(), { secret: "second", record: { clientId: "other" } });
    await adapter.write(next);
    expect(openid().config).toMatchObject({
      client_id: ["other", write.record.clientId],
      client_secret: ["second", "plain-secret-1"],
    });
    await adapter.settle(key);
    expect(openid().config).toMatchObject({ client_id: ["other"], client_secret: ["second"] });
  });

  test("old values whose secret somebody has taken away are not put back without it", async () => {
    const { adapter } = await written(kong());
    await adapter.write(writeFor(kong(), { secret: "second", record: { clientId: "other" } }));
    change(openid().id, { config: { ...openid().config, client_secret: ["second"] } });
    await expect(adapter.restore(key)).rejects.toMatchObject({ code: "KONG_SECRET_LOST" });
    expect(openid().config.client_id).toEqual(["other", "0oa1whiterabbit"]);
  });

  test.each([
    ["a secret", { secret: "{vault://env/admin-token}" }],
    ["a client id", { record: { clientId: "{vault://env/admin-token}" } }],
  ])("%s that Kong would look up in a vault is refused", async (_what, options) => {
    const adapter = await world.adapter(kong());
    await expect(adapter.write(writeFor(kong(), options))).rejects.toMatchObject({ code: "KONG_VALUE_REFUSED" });
    expect(plugins()).toEqual([]);
  });

  test("a client that needs one is not written without", async () => {
    const adapter = await world.adapter(kong());
    const write = writeFor(kong(), { secret: undefined });
    await expect(adapter.write(write)).rejects.toMatchObject({ code: "KONG_SECRET_MISSING" });
  });
});

describe("what stands in the way", () => {
  test("a route, a service or a workspace that is not there", async () => {
    const adapter = await world.adapter(kong());
    for (const [entry, path] of [
      [{ route: "nobody" }, ["kong", "route"]],
      [{ service: "nobody" }, ["kong", "service"]],
      [{ global: true, workspace: "nobody" }, ["kong", "workspace"]],
    ] as const) {
      const write = writeFor(kong(), { entry });
      const { problems } = await adapter.observe([write.record], false);
      expect(problems).toMatchObject([{ code: "KONG_TARGET_MISSING", path }]);
      await expect(adapter.write(write)).rejects.toMatchObject({ code: "KONG_TARGET_MISSING" });
    }
    expect(plugins()).toEqual([]);
  });

  test("a plugin of somebody else on the route, or of another connection", async () => {
    const { write, adapter } = await written(kong());
    const id = "11111111-2222-4333-8444-555555555555";
    const { plugins: store } = state().workspace("default");
    const ours = openid();
    store.clear();
    store.set(id, { ...ours, id, tags: ["team"] });
    const seen = await adapter.observe([write.record], false);
    expect(seen.foreign).toMatchObject([{ key, message: expect.stringContaining("that Tenantry did not make") }]);
    await expect(adapter.write(write)).rejects.toMatchObject({ code: "KONG_FOREIGN" });
    await adapter.disable(key);
    expect(plugins()).toHaveLength(1);
    store.set(id, { ...ours, id, tags: (ours.tags ?? []).map((tag) => tag.replace("whiterabbit", "fernhill")) });
    const other = await adapter.observe([write.record], false);
    expect(other.foreign).toMatchObject([{ message: expect.stringContaining("is that of fernhill/gateway") }]);
  });

  test("a removed record, whose key is never used again", async () => {
    const { adapter, write } = await written(kong());
    await adapter.remove(key);
    expect(plugins().map(({ name }) => name)).toEqual(["request-termination"]);
    expect((await adapter.observe([write.record])).records.get(key)?.state).toBe("tombstone");
    await expect(adapter.write(write)).rejects.toMatchObject({ code: "KONG_RECORD_MISSING" });
  });

  test("a record that is not there is not activated", async () => {
    const adapter = await world.adapter(kong());
    await expect(adapter.activate(key)).rejects.toMatchObject({ code: "KONG_RECORD_MISSING" });
  });

  test("a token that the Admin API does not take", async () => {
    world.values.set("KONG_ADMIN_TOKEN", "wrong-token");
    const adapter = await world.adapter(kong());
    const error = await adapter.observe([writeFor(kong()).record]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "KONG_CREDENTIALS_REFUSED" });
    expect(String(error)).not.toContain("wrong-token");
  });

  test("a name that is taken: what the gateway says, and nothing changed", async () => {
    const { adapter, write } = await written(kong());
    const ours = openid();
    await adapter.remove(key);
    state().workspace("default").plugins.clear();
    const route = state().addRoute("default", "other", ["/other"]);
    state()
      .workspace("default")
      .plugins.set("x", { ...ours, id: "x", route: { id: route.id }, tags: [] });
    await expect(adapter.write(write)).rejects.toMatchObject({
      code: "KONG_REJECTED",
      message: expect.stringContaining("UNIQUE violation"),
    });
    expect(plugins()).toHaveLength(1);
  });

  test("an Admin API that fails, or is none", async () => {
    const adapter = await world.adapter(kong());
    world.box.sandbox.faults.add({ host: kongAdminHost, effect: "status-before", status: 503, times: 9 });
    await expect(adapter.observe([writeFor(kong()).record])).rejects.toMatchObject({ code: "KONG_UNREACHABLE" });
    const elsewhere = await world.adapter(
      kong({ adminApi: { url: "https://gateway.acme.example", propagation: "0s" } }),
    );
    state().addRoute("default", "all", ["/default"]);
    await expect(elsewhere.observe([writeFor(kong()).record], false)).rejects.toMatchObject({
      code: "KONG_UNEXPECTED_ANSWER",
    });
  });
});

describe("a run that is cut off in between", () => {
  const answer = async (): Promise<number> => (await world.box.fetch("gateway.acme.example", "/whiterabbit")).status;
  const failing = (id: string) =>
    ({ host: kongAdminHost, method: "PUT", path: id, effect: "status-before", status: 400, times: 1 }) as const;

  test("while it switches off: the place is closed first", async () => {
    const { adapter } = await written(kong());
    world.box.sandbox.faults.add(failing(openid().id));
    await expect(adapter.disable(key)).rejects.toMatchObject({ code: "KONG_REJECTED" });
    expect(await answer()).toBe(403);
    await adapter.disable(key);
    expect(openid().config.claims_forbidden).toEqual(["iss"]);
  });

  test("where the place cannot be closed, the plugin itself denies everybody", async () => {
    const { adapter, write } = await written(kong());
    const id = "11111111-2222-4333-8444-555555555555";
    const route = openid().route;
    const { plugins: store } = state().workspace("default");
    store.set(id, {
      ...openid(),
      id,
      name: "request-termination",
      instance_name: null,
      route,
      tags: ["team"],
      enabled: false,
    });
    await expect(adapter.disable(key)).rejects.toMatchObject({ code: "KONG_REJECTED" });
    expect(openid().config).toMatchObject({ claims_forbidden: ["iss"], audience_required: ["tenantry-suspended"] });
    expect((await adapter.observe([{ ...write.record, state: "disabled" }])).records.get(key)?.state).toBe("active");
  });

  test("while it switches on: the place is opened last", async () => {
    const { adapter, write } = await written(kong());
    await adapter.disable(key);
    world.box.sandbox.faults.add(failing(openid().id));
    await expect(adapter.write(write)).rejects.toMatchObject({ code: "KONG_REJECTED" });
    expect(await answer()).toBe(403);
    await adapter.write(write);
    expect(await answer()).toBe(302);
  });
});

describe("a record that moves to another route", () => {
  test("the route that it leaves is closed, not open; taken back, it is as before", async () => {
    const { adapter } = await written(kong());
    const moved = writeFor(kong(), { entry: { route: "api-fernhill" } });
    await adapter.write(moved);
    const routeOf = (name: string) => plugins().find((plugin) => plugin.name === name)?.route?.id;
    const ids = new Map([...state().workspace("default").routes.values()].map(({ id, name }) => [id, name]));
    expect(ids.get(routeOf("openid-connect") ?? "")).toBe("api-fernhill");
    expect(ids.get(routeOf("request-termination") ?? "")).toBe("api-whiterabbit");
    await adapter.restore(key);
    expect(ids.get(routeOf("openid-connect") ?? "")).toBe("api-whiterabbit");
    expect(routeOf("request-termination")).toBeUndefined();
  });
});

describe("calls", () => {
  test("a look at one record costs the same however many there are; one at a fleet reads three lists", async () => {
    const paths: string[] = [];
    await world.close();
    world = await openKongWorld(Date.now, true, (path) => paths.push(path));
    const adapter = await world.adapter(kong());
    const { record } = writeFor(kong());
    await adapter.observe([record], false);
    expect(paths).toHaveLength(4);
    paths.length = 0;
    const many = ["a", "b", "c", "d", "e"].map((name) => ({
      ...record,
      key: `${name}/gateway` as typeof key,
      marker: { ...record.marker, key: `${name}/gateway` as typeof key },
    }));
    await adapter.observe(many);
    expect(paths.sort()).toEqual(["/default/plugins", "/default/routes", "/default/services"]);
  });

  test("a write whose answer was lost is made again, and is one plugin", async () => {
    world.box.sandbox.faults.add({ host: kongAdminHost, method: "PUT", effect: "reset-after", times: 1 });
    await written(kong());
    expect(plugins()).toHaveLength(1);
  });

  test("what is written is waited for where people will be asked for it", async () => {
    const app = kong({
      start: "/{tenant}",
      adminApi: { url: `https://${kongAdminHost}`, token: "env:KONG_ADMIN_TOKEN" },
    });
    const adapter = await world.adapter(app);
    await adapter.write(writeFor(app));
    expect(world.waits).toContain(6_000);
  });

  test("the id of a plugin is that of its connection, for ever", () => {
    expect(pluginId({ workspace: "acme", environment: "production", key })).toBe(
      "3455a607-33b4-59ba-a82b-7e8c45e21e88",
    );
  });
});
