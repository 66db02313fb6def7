import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import type { Auth0Connection } from "../../../sandbox/auth0/model.ts";
import type { JsonObject } from "../../../sandbox/json.ts";
import { auth0Host, fernhillConnection, oktaHost } from "../../../sandbox/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { token } from "./auth0-caller.ts";
import { authorizationQuery, Browser, callback, register, type TestClient, verifier } from "./browser.ts";

const editor = "editor@fernhill.example";
const roles = "https://fernhill.example/roles";
const authorization = "https://login.fernhill.example/oauth2/auth";
const at = sharedSandbox();
let client: TestClient;

beforeEach(async () => {
  client = await register(at, { organization_usage: "allow" });
});

function fernhill(): Auth0Connection {
  const connection = at.sandbox.auth0.connection(fernhillConnection);
  if (connection === undefined) throw new Error("not seeded");
  return connection;
}

/** A connection of this client alone, with these options. */
function connect(strategy: string, options: JsonObject): Auth0Connection {
  const name = `made-${client.client_id.toLowerCase()}`;
  const connection = at.sandbox.auth0.addConnection(name, strategy, { options, show_as_button: true });
  fernhill().clients.delete(client.client_id);
  connection.clients.add(client.client_id);
  return connection;
}

/** A placeholder of an attribute map. */
function from(path: string): string {
  return ["$", `{context.${path}}`].join("");
}

/** Where the tenant sends the browser on to. */
async function leave(changes: Record<string, string | undefined> = {}): Promise<URL> {
  const browser = new Browser(at);
  const start = await browser.visit(`/authorize?${authorizationQuery(client, changes)}`);
  return new URL((await browser.visit(start.location)).location);
}

/** What the app is told of somebody who signs in. */
async function claims(email: string, changes: Record<string, string | undefined> = {}): Promise<JsonObject> {
  const back = await new Browser(at).signIn(authorizationQuery(client, changes), email);
  const code = back.searchParams.get("code") ?? `${back}`;
  const { client_id, client_secret } = client;
  const form = { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier: verifier };
  const { json } = await token(at, { ...form, client_id, client_secret });
  const keys = (await (await at.fetch(auth0Host, "/.well-known/jwks.json")).json()) as JSONWebKeySet;
  return (await jwtVerify(json.id_token, createLocalJWKSet(keys))).payload as JsonObject;
}

describe("the way to the issuer of a connection", () => {
  test("is taken at once where there is no other, with state, nonce and PKCE", async () => {
    const url = await leave({ login_hint: editor });
    expect(url.origin + url.pathname).toBe(authorization);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: "acme-auth0",
      redirect_uri: "https://acme.eu.auth0.com/login/callback",
      response_type: "code",
      scope: "openid profile email",
      state: expect.stringMatching(/^[\w-]{32}$/),
      nonce: expect.stringMatching(/^[\w-]{32}$/),
      login_hint: editor,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
  });

  test("is taken when the request names the connection, or the address its domain", async () => {
    at.sandbox.auth0.connection("Username-Password-Authentication")?.clients.add(client.client_id);
    const named = await leave({ connection: fernhillConnection });
    expect(named.host).toBe("login.fernhill.example");
    const browser = new Browser(at);
    const { url, text } = await browser.follow(`/authorize?${authorizationQuery(client)}`);
    expect(text).toContain("Email address");
    const typed = await browser.visit(url, `username=${encodeURIComponent("Writer@FERNHILL.example")}`);
    expect(new URL(typed.location).searchParams.get("login_hint")).toBe("Writer@FERNHILL.example");
    expect((await browser.visit(url, "username=writer%40sub.fernhill.example")).status).toBe(401);
  });

  test("has a button where the connection has one", async () => {
    at.sandbox.auth0.connection("Username-Password-Authentication")?.clients.add(client.client_id);
    const browser = new Browser(at);
    const page = `/authorize?${authorizationQuery(client)}`;
    expect((await browser.follow(page)).text).not.toContain("Continue with");
    fernhill().settings.show_as_button = true;
    const { url, text } = await browser.follow(page);
    fernhill().settings.show_as_button = false;
    expect(text).toContain("Continue with Fernhill Media");
    expect((await browser.visit(url, `connection=${fernhillConnection}`)).location).toContain(authorization);
    expect((await browser.visit(url, "connection=Username-Password-Authentication")).status).toBe(401);
  });

  test.each([
    ["auto", "S256"],
    ["S256", "S256"],
    ["plain", "plain"],
    ["disabled", undefined],
  ])("with pkce %s has the challenge method %s, and the person comes in", async (pkce, method) => {
    const options = fernhill().settings.options as JsonObject;
    connect("oidc", { ...options, connection_settings: { pkce } });
    expect((await leave()).searchParams.get("code_challenge_method") ?? undefined).toBe(method);
    expect(await claims(editor)).toMatchObject({ email: editor });
  });

  test("has no nonce unless the connection wants one, and passes on what the connection names", async () => {
    const options = { ...(fernhill().settings.options as JsonObject), send_back_channel_nonce: false };
    connect("oidc", {
      ...options,
      upstream_params: {
        screen_name: { alias: "login_hint" },
        tenant: { value: "acme" },
        none: { alias: "acr_values" },
      },
    });
    const { searchParams } = await leave({ login_hint: editor });
    expect(searchParams.has("nonce")).toBe(false);
    expect([searchParams.get("screen_name"), searchParams.get("tenant"), searchParams.has("none")]).toEqual([
      editor,
      "acme",
      false,
    ]);
    expect(await claims(editor)).toMatchObject({ email: editor });
  });
});

describe("a person who comes back", () => {
  test("is the user of connection and sub, brought up to date, and keeps the roles", async () => {
    const { auth0, providers } = at.sandbox;
    const known = providers.fernhill.person(editor);
    const id = `oidc|${fernhillConnection}|${known?.claims.sub}`;
    const before = auth0.users.size;
    expect(await claims(editor)).toMatchObject({
      sub: id,
      email: editor,
      name: "Test Editor",
      [roles]: ["editor-in-chief"],
    });
    expect(auth0.users.size).toBe(before);
    providers.fernhill.addPerson({
      login: editor,
      claims: { ...known?.claims, sub: String(known?.claims.sub), name: "New Name", [roles]: [] },
    });
    expect(await claims(editor)).toMatchObject({ sub: id, name: "New Name", [roles]: [] });
    if (known !== undefined) providers.fernhill.addPerson(known);
    expect(await claims(editor)).toMatchObject({ name: "Test Editor", [roles]: ["editor-in-chief"] });
  });

  test("is made when they were never there, unless the connection makes nobody", async () => {
    const { auth0, providers } = at.sandbox;
    const login = "new@fernhill.example";
    providers.fernhill.addPerson({
      login,
      claims: { sub: "new-1", name: "Test New", email: login, email_verified: true },
    });
    const options = fernhill().settings.options as JsonObject;
    options.set_user_root_attributes = "never_on_login";
    const refused = await new Browser(at).signIn(authorizationQuery(client), login);
    expect(refused.searchParams.get("error")).toBe("access_denied");
    options.set_user_root_attributes = "on_first_login";
    expect(await claims(login)).toMatchObject({ sub: `oidc|${fernhillConnection}|new-1`, name: "Test New" });
    providers.fernhill.addPerson({ login, claims: { sub: "new-1", name: "Other", email: login } });
    expect(await claims(login)).toMatchObject({ name: "Test New" });
    delete options.set_user_root_attributes;
    expect(await claims(login)).toMatchObject({ name: "Other" });
    expect(auth0.userByEmail(login)?.id).toBe(`oidc|${fernhillConnection}|new-1`);
  });

  test("becomes a member of the organization where the connection assigns memberships, and is refused elsewhere", async () => {
    const { auth0 } = at.sandbox;
    const organization = auth0.addOrganization(`org-${client.client_id.toLowerCase()}`);
    auth0.enableConnection(organization, fernhill(), { assign_membership_on_login: false });
    const query = authorizationQuery(client, { organization: organization.id });
    const refused = await new Browser(at).signIn(query, editor);
    expect(Object.fromEntries(refused.searchParams)).toMatchObject({
      error: "access_denied",
      error_description: expect.stringMatching(
        /^user oidc\|fernhill-oidc\|\S+ is not part of the org_\w+ organization$/,
      ),
    });
    auth0.enableConnection(organization, fernhill(), { assign_membership_on_login: true });
    expect(await claims(editor, { organization: organization.id })).toMatchObject({ org_id: organization.id });
    expect(organization.members.size).toBe(1);
    auth0.enableConnection(organization, fernhill(), { assign_membership_on_login: false });
    expect(await claims(editor, { organization: organization.id })).toMatchObject({ org_id: organization.id });
  });

  test("has the profile that the attribute map makes", async () => {
    const options = fernhill().settings.options as JsonObject;
    const connection = connect("oidc", { ...options, attribute_map: { mapping_mode: "basic_profile" } });
    const sub = at.sandbox.providers.fernhill.person(editor)?.claims.sub;
    const id = `oidc|${connection.name}|${sub}`;
    expect(await claims(editor)).not.toHaveProperty([roles]);
    expect(at.sandbox.auth0.users.get(id)?.claims).toMatchObject({ given_name: "Test", family_name: "Editor" });
    connection.settings.options = {
      ...options,
      attribute_map: {
        mapping_mode: "use_map",
        attributes: {
          name: `${from("tokenset.family_name")}, ${from("tokenset.given_name")}`,
          email: from("userinfo.email"),
          "https://acme.example/all": from("tokenset['https://fernhill.example/roles']"),
          "https://acme.example/nested": {
            first: from("userinfo.given_name"),
            none: from("userinfo.no.such"),
          },
          "https://acme.example/none": from("tokenset.nothing"),
        },
      },
    };
    const mapped = await claims(editor);
    expect(mapped).toMatchObject({
      sub: id,
      name: "Editor, Test",
      email: editor,
      "https://acme.example/all": ["editor-in-chief"],
      "https://acme.example/nested": { first: "Test" },
    });
    expect(mapped["https://acme.example/nested"]).not.toHaveProperty("none");
    expect(mapped).not.toHaveProperty(["https://acme.example/none"]);
    expect(mapped).not.toHaveProperty([roles]);
  });

  test("comes with an ID token in a form where the connection is front channel", async () => {
    connect("oidc", { ...(fernhill().settings.options as JsonObject), type: "front_channel" });
    const url = await leave();
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "id_token",
      response_mode: "form_post",
    });
    expect(url.searchParams.has("code_challenge")).toBe(false);
    const browser = new Browser(at);
    const form = await browser.follow(`/authorize?${authorizationQuery(client)}`);
    const page = await browser.follow(form.url, `username=${encodeURIComponent(editor)}`);
    expect(page.text).toContain('action="https://acme.eu.auth0.com/login/callback"');
    const inputs = [...page.text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]);
    const back = await browser.follow("/login/callback", new URLSearchParams(inputs as [string, string][]).toString());
    expect(new URL(back.location).searchParams.has("code")).toBe(true);
  });
});

test("somebody else than before signs in on the same browser", async () => {
  const browser = new Browser(at);
  await browser.signIn(authorizationQuery(client), editor);
  browser.forget("login.fernhill.example");
  const back = await browser.signIn(authorizationQuery(client, { prompt: "login" }), "writer@fernhill.example");
  expect(back.searchParams.has("code")).toBe(true);
  const silent = await browser.visit(`/authorize?${authorizationQuery(client, { prompt: "none" })}`);
  expect(new URL(silent.location).searchParams.has("code")).toBe(true);
});

describe("the issuer behind a connection may be", () => {
  test("an org of Okta, named by its domain", async () => {
    const { okta } = at.sandbox;
    const app = [...okta.state.apps.values()].find(({ label }) => label === "Payroll");
    if (app === undefined) throw new Error("not seeded");
    app.oauth.redirect_uris = ["https://acme.eu.auth0.com/login/callback"];
    app.authMethod = "client_secret_post";
    const [staff] = [...okta.state.groups.values()].filter(({ profile }) => profile.name === "whiterabbit-staff");
    app.assignments.set(staff?.id ?? "", { groupId: staff?.id ?? "", priority: 0, profile: {} } as never);
    const secret = app.secrets[0]?.value ?? "";
    const connection = connect("okta", {
      domain: oktaHost,
      client_id: app.clientId,
      client_secret: secret,
      scope: "openid profile email",
    });
    expect(await claims("staff@whiterabbit.example")).toMatchObject({
      sub: expect.stringContaining(`okta|${connection.name}|`),
      email: "staff@whiterabbit.example",
    });
  });

  test("a directory of Entra ID, where the object id is the person's", async () => {
    const provider = at.sandbox.providers["northwind-rail"];
    const made = provider.register({
      method: "client_secret_post",
      redirectUris: ["https://acme.eu.auth0.com/login/callback"],
    });
    const [, directory] = /com\/([^/]+)\//.exec(provider.issuer) ?? [];
    connect("waad", { tenantId: directory ?? "", client_id: made.clientId, client_secret: made.secret ?? "" });
    const login = "admin@northwindrail.example";
    const back = await new Browser(at, ["login.microsoftonline.com"]).signIn(authorizationQuery(client), login);
    expect(back.searchParams.has("code"), `${back}`).toBe(true);
    expect(at.sandbox.auth0.userByEmail(login)?.id).toBe(`waad|${provider.person(login)?.claims.oid}`);
    provider.removeClient(made.clientId);
  });
});
