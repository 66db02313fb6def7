import { beforeEach, describe, expect, test } from "vitest";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call } from "./okta-caller.ts";
import { app, browser, count, freshAppAndServer, server } from "./okta-fresh.ts";

const staff = "staff@whiterabbit.example";
const admin = "admin@whiterabbit.example";

let now = Date.now();
const at = sharedSandbox({ clock: () => now });

freshAppAndServer(at, "tokens");

describe("claims", () => {
  beforeEach(() => server.openToAll());

  test("go into the token of their kind, for their scopes, while they are active", async () => {
    await server.addClaim({ name: "everywhere", value: "'yes'" });
    await server.addClaim({ name: "for_email", value: "user.email", conditions: { scopes: ["email"] } });
    const off = await server.addClaim({ name: "off", value: "'no'" });
    await call(at, "PUT", `${server.path}/claims/${off}`, {
      name: "off",
      claimType: "RESOURCE",
      valueType: "EXPRESSION",
      value: "'no'",
      status: "INACTIVE",
    });
    await server.addClaim({
      name: "who",
      claimType: "IDENTITY",
      value: "user.firstName + ' ' + user.lastName",
      alwaysIncludeInToken: true,
    });
    await server.addClaim({ name: "later", claimType: "IDENTITY", value: "'userinfo'" });
    const { json } = await browser.tokens(staff, { scope: "openid" });
    const access = await server.read(json.access_token, now);
    expect(access).toMatchObject({ everywhere: "yes", sub: staff });
    for (const name of ["for_email", "off", "who", "later"]) expect(access).not.toHaveProperty(name);
    const identity = await server.read(json.id_token, now);
    expect(identity).toMatchObject({ who: "Test Staff" });
    for (const name of ["everywhere", "later"]) expect(identity).not.toHaveProperty(name);
    expect((await browser.userinfo(json.access_token)).json).toMatchObject({ who: "Test Staff", later: "userinfo" });
    const more = await browser.tokens(staff, { scope: "openid email", prompt: "login" });
    expect(await server.read(more.json.access_token, now)).toMatchObject({ for_email: staff });
  });

  test.each([
    ["STARTS_WITH", "WHITERABBIT-", ["whiterabbit-staff", "whiterabbit-admins"]],
    ["STARTS_WITH", "every", ["Everyone"]],
    ["EQUALS", "everyone", ["Everyone"]],
    ["CONTAINS", "Admin", ["whiterabbit-admins"]],
    ["REGEX", "white.*staff", ["whiterabbit-staff"]],
    ["REGEX", "white", undefined],
    ["EQUALS", "nosuch", undefined],
  ])("of groups by %s %s", async (group_filter_type, value, groups) => {
    await server.addClaim({ name: "groups", valueType: "GROUPS", group_filter_type, value });
    await server.addClaim({
      name: "groups",
      claimType: "IDENTITY",
      valueType: "GROUPS",
      group_filter_type,
      value,
      alwaysIncludeInToken: true,
    });
    const { json } = await browser.tokens(admin);
    expect((await server.read(json.access_token, now)).groups).toEqual(groups);
    expect((await server.read(json.id_token, now)).groups).toEqual(groups);
  });

  test("of more than a hundred groups give no token", async () => {
    const person = at.sandbox.okta.user(staff);
    const made = Array.from({ length: 101 }, (_, index) => at.sandbox.okta.addGroup(`crowd ${count} ${index}`));
    for (const group of made) person?.groups.add(group.id);
    await server.addClaim({
      name: "crowd",
      valueType: "GROUPS",
      group_filter_type: "STARTS_WITH",
      value: `crowd ${count}`,
    });
    expect((await browser.tokens(staff)).json).toEqual({
      error: "server_error",
      error_description: "The groups claim matched too many groups and must be configured to match fewer groups.",
    });
    for (const group of made) at.sandbox.okta.removeGroup(group.id);
  });

  test("whose expression is not played come to nothing, with a remark in the log", async () => {
    at.sandbox.okta.requests.clear();
    await server.addClaim({ name: "odd", value: "Time.now()" });
    await server.addClaim({ name: "broken", value: "user.(" });
    await server.addClaim({ name: "unknown", value: "user.shoeSize" });
    const payload = await server.read((await browser.tokens(staff)).json.access_token, now);
    for (const name of ["odd", "broken", "unknown"]) expect(payload).not.toHaveProperty(name);
    expect(at.sandbox.okta.requests.notes).toEqual([
      "claim odd (Time.now()) comes to nothing: the sandbox does not play Time.now()",
      "claim broken (user.() comes to nothing: unexpected (",
    ]);
    const asked = await at.fetch("127.0.0.1", "/requests");
    expect(await asked.json()).toMatchObject({ notes: at.sandbox.okta.requests.notes });
  });

  test("know the app, and its own name for the person", async () => {
    at.sandbox.okta.edit(app.id, (each) => {
      each.profile = { tier: "gold" };
    });
    const person = at.sandbox.okta.user(staff)?.id;
    await call(at, "POST", `/api/v1/apps/${app.id}/users`, {
      id: person,
      scope: "USER",
      credentials: { userName: "staffer" },
    });
    await server.addClaim({ name: "tier", value: "app.profile.tier" });
    await server.addClaim({ name: "client", value: "app.clientId" });
    await server.addClaim({ name: "scopes", value: "access.scope" });
    const payload = await server.read((await browser.tokens(staff, { scope: "openid" })).json.access_token, now);
    expect(payload).toMatchObject({ tier: "gold", client: app.client_id, scopes: ["openid"], sub: "staffer" });
  });

  test("of addresses, telephones and the rest come from the profile", async () => {
    Object.assign(at.sandbox.okta.user(admin)?.profile ?? {}, {
      streetAddress: "1 Burrow",
      city: "Oxford",
      primaryPhone: "+44 1",
      locale: "en_GB",
      nickName: "Ad",
    });
    const { json } = await browser.tokens(admin, { scope: "openid profile address phone" });
    expect((await browser.userinfo(json.access_token)).json).toMatchObject({
      address: { street_address: "1 Burrow", locality: "Oxford" },
      phone_number: "+44 1",
      locale: "en_GB",
      nickname: "Ad",
      updated_at: expect.any(Number),
    });
  });
});

describe("the documents of a server", () => {
  const document = async (where: string) =>
    (await (await at.fetch(oktaHost, where)).json()) as Record<string, string[]>;

  test("name the scopes that are published", async () => {
    await call(at, "POST", `${server.path}/scopes`, { name: "shown", metadataPublish: "ALL_CLIENTS" });
    await call(at, "POST", `${server.path}/scopes`, { name: "hidden" });
    for (const name of ["openid-configuration", "oauth-authorization-server"]) {
      const { scopes_supported: scopes } = await document(`/oauth2/${server.id}/.well-known/${name}`);
      expect(scopes).toEqual(expect.arrayContaining(["openid", "shown"]));
      expect(scopes).not.toContain("hidden");
    }
  });

  test("name the claims of their token, and the OAuth document is at the place of RFC 8414 too", async () => {
    await server.addClaim({ name: "tier", value: "'gold'" });
    const oauth = await document(`/oauth2/${server.id}/.well-known/oauth-authorization-server`);
    expect(oauth.claims_supported).toEqual(expect.arrayContaining(["cid", "scp", "tier"]));
    expect(oauth).not.toHaveProperty("userinfo_endpoint");
    expect(await document(`/.well-known/oauth-authorization-server/oauth2/${server.id}`)).toEqual(oauth);
    const openId = await document(`/oauth2/${server.id}/.well-known/openid-configuration`);
    expect(openId.claims_supported).toContain("given_name");
    expect(openId.claims_supported).not.toContain("tier");
    expect(await document("/.well-known/oauth-authorization-server")).toMatchObject({
      issuer: "https://acme.okta.com",
    });
  });
});

describe("keys and refresh tokens in the management API", () => {
  beforeEach(() => server.openToAll());

  test("tokens verify after a rotation, until the second", async () => {
    const { json } = await browser.tokens(staff);
    const rotate = () => call(at, "POST", `${server.path}/credentials/lifecycle/keyRotate`, { use: "sig" });
    await rotate();
    expect((await server.read(json.id_token, now)).email).toBe(staff);
    expect((await browser.userinfo(json.access_token)).status).toBe(200);
    const next = (await browser.tokens(staff, { prompt: "login" })).json;
    const kid = (token: string) => JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
    expect(kid(next.id_token)).toBe((await call(at, "GET", server.path)).json.credentials.signing.kid);
    await rotate();
    await expect(server.read(json.id_token, now)).rejects.toThrow();
    expect((await browser.userinfo(json.access_token)).status).toBe(401);
    expect((await server.read(next.id_token, now)).email).toBe(staff);
  });

  test("keys rotate by themselves every ninety days, where rotation is automatic", async () => {
    const signing = async (path = server.path) => (await call(at, "GET", path)).json.credentials.signing;
    const standard = "/api/v1/authorizationServers/default";
    const [first, byHand] = [await signing(), await signing(standard)];
    now = Date.parse(first.nextRotation) - 1;
    expect(await signing()).toEqual(first);
    now += 1;
    const { json } = await browser.tokens(staff);
    expect((await server.read(json.id_token, now)).email).toBe(staff);
    const second = await signing();
    expect(second.kid).not.toBe(first.kid);
    expect(second.lastRotated).toBe(first.nextRotation);
    now += 181 * 24 * 3_600_000;
    const listed = (await call(at, "GET", `/api/v1/authorizationServers?q=${encodeURIComponent(`tokens ${count}`)}`))
      .json;
    expect(listed[0].credentials.signing.kid).not.toBe(second.kid);
    expect(Date.parse((await signing()).nextRotation)).toBeGreaterThan(now);
    expect(await signing(standard)).toEqual(byHand);
  });

  test("the clients that hold refresh tokens and these tokens are read and revoked", async () => {
    expect((await call(at, "GET", `${server.path}/clients`)).json).toEqual([]);
    const { json } = await browser.tokens(staff, { scope: "openid offline_access" });
    const [client, ...others] = (await call(at, "GET", `${server.path}/clients`)).json;
    expect([client, others]).toEqual([
      expect.objectContaining({ client_id: app.client_id, client_name: `tokens ${count}` }),
      [],
    ]);
    const tokens = `${server.path}/clients/${app.client_id}/tokens`;
    const [token] = (await call(at, "GET", tokens)).json;
    expect(token).toMatchObject({
      status: "ACTIVE",
      issuer: `https://acme.okta.com/oauth2/${server.id}`,
      clientId: app.client_id,
      userId: at.sandbox.okta.user(staff)?.id,
      scopes: ["offline_access", "openid"],
      expiresAt: new Date(now + 10_080 * 60_000).toISOString(),
    });
    expect(JSON.stringify(token)).not.toContain(json.refresh_token);
    expect((await call(at, "GET", `${tokens}/${token.id}`)).json).toEqual(token);
    const expanded = (await call(at, "GET", `${tokens}/${token.id}?expand=scope`)).json;
    expect(expanded._embedded.scopes.map(({ name }: { name: string }) => name)).toEqual(["openid", "offline_access"]);
    expect((await call(at, "DELETE", `${tokens}/${token.id}`)).status).toBe(204);
    expect((await call(at, "GET", `${tokens}/${token.id}`)).status).toBe(404);
    expect((await browser.refresh(json.refresh_token)).json.error).toBe("invalid_grant");
    expect((await browser.userinfo(json.access_token)).status).toBe(401);
    const second = (await browser.tokens(staff, { scope: "openid offline_access", prompt: "login" })).json;
    expect((await call(at, "DELETE", tokens)).status).toBe(204);
    expect((await browser.refresh(second.refresh_token)).json.error).toBe("invalid_grant");
    expect((await call(at, "GET", `${server.path}/clients/0oanosuchclient00000/tokens`)).status).toBe(404);
  });
});
