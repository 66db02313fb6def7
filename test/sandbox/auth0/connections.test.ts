import { describe, expect, test } from "vitest";
import { auth0Host } from "../../../sandbox/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, problem } from "./auth0-caller.ts";
import { certificate, metadataXml } from "./saml-provider.ts";

const at = sharedSandbox();

let count = 0;
/** A new connection of this strategy with these options, as the reply to its creation shows it. */
async function make(strategy: string, options: object, rest: object = {}) {
  count += 1;
  const name = `made-${count}-${strategy}`;
  const { status, json } = await call(at, "POST", "/connections", { name, strategy, options, ...rest });
  expect({ status, json }).toMatchObject({ status: 201, json: { name, strategy } });
  return json;
}

const methods = (...names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      name === "password" ? { enabled: true, api_behavior: "required", signup_behavior: "allow" } : { enabled: false },
    ]),
  );
const thumbprint = expect.stringMatching(/^[0-9a-f]{40}$/);

describe("what Auth0 fills in", () => {
  test.each([
    ["ad", { tenant_domain: "customer.example", ips: ["192.0.2.1"] }, {}],
    ["adfs", { adfs_server: "https://adfs.customer.example/md.xml" }, { thumbprints: [] }],
    ["apple", { client_id: "a", name: true, email: true }, { scope: "name email" }],
    [
      "auth0",
      {},
      {
        brute_force_protection: true,
        mfa: { active: true, return_enroll_settings: true },
        passwordPolicy: "good",
        strategy_version: 2,
        authentication_methods: methods("password", "passkey"),
        passkey_options: {
          challenge_ui: "both",
          progressive_enrollment_enabled: true,
          local_enrollment_enabled: true,
        },
      },
    ],
    ["custom", { tokenURL: null, anything: [1] }, {}],
    ["email", { name: "email", totp: { length: 6, time_step: 180 } }, {}],
    [
      "facebook",
      { client_id: "f", public_profile: true, user_birthday: true, email: true },
      { scope: "email,user_birthday,public_profile" },
    ],
    [
      "github",
      { client_id: "g", write_org: true, profile: true, repo_status: true, email: true },
      { scope: ["user:email", "repo:status", "write:org"] },
    ],
    [
      "google-apps",
      { domain: "customer.example", client_id: "g", client_secret: "s" },
      { email: true, profile: true, handle_login_from_social: true, scope: ["email", "profile"] },
    ],
    [
      "google-oauth2",
      { client_id: "g", email: true, gmail: true, youtube: false },
      { scope: ["email", "https://mail.google.com/mail/feed/atom"] },
    ],
    ["linkedin", { client_id: "l", email: true, basic_profile: true }, { scope: ["r_emailaddress", "r_basicprofile"] }],
    ["oauth2", { authorizationURL: null, scope: ["a"], client_secret: "s" }, {}],
    [
      "oidc",
      { issuer: "https://unknown.example", client_id: "o", client_secret: "s", token_endpoint: null },
      {
        schema_version: "oidc-V4",
        type: "back_channel",
        attribute_map: { mapping_mode: "bind_all" },
        connection_settings: { pkce: "auto" },
      },
    ],
    [
      "okta",
      { domain: "unknown.okta.com", client_id: "o", client_secret: "s", type: "front_channel" },
      {
        schema_version: "oidc-V4",
        attribute_map: { mapping_mode: "basic_profile" },
        connection_settings: { pkce: "auto" },
      },
    ],
    ["salesforce-community", { client_id: "s" }, { scope: [] }],
    [
      "samlp",
      { signInEndpoint: "https://saml.customer.example/sso", signingCert: certificate },
      {
        assertion_decryption_settings: { algorithm_profile: "v2026-1", algorithm_exceptions: [] },
        cert: certificate,
        expires: expect.stringMatching(/^20\d\d-.*Z$/),
        subject: { commonName: "saml.customer.example", organizationName: "Customer" },
        thumbprints: [thumbprint],
      },
    ],
    ["sms", { name: "sms", from: "+49", messaging_service_sid: null }, {}],
    [
      "waad",
      { domain: "customer.onmicrosoft.com", client_id: "w", client_secret: "s", useCommonEndpoint: true },
      { app_domain: auth0Host, thumbprints: Array(5).fill(thumbprint), waad_common_endpoint: true },
    ],
    [
      "windowslive",
      { client_id: "w", graph_user: true, signin: true },
      { scope: ["https://graph.microsoft.com/User.Read"] },
    ],
  ])("%s", async (strategy, sent, filled) => {
    const { id, options } = await make(strategy, sent);
    expect(options).toEqual({ ...sent, ...filled });
    expect((await call(at, "GET", `/connections/${id}`)).json.options).toEqual({ ...sent, ...filled });
  });

  test("a certificate moves, metadata is read and not kept, and a null address is shown once", async () => {
    const ping = await make("pingfederate", {
      pingFederateBaseUrl: "https://sso.customer.example",
      signingCert: certificate,
    });
    expect(ping.options).toMatchObject({ cert: certificate, thumbprints: [thumbprint] });
    expect(ping.options).not.toHaveProperty("signingCert");
    const saml = await make("samlp", { metadataXml });
    expect(saml.options).toMatchObject({
      signInEndpoint: "https://saml.customer.example/sso",
      signOutEndpoint: "https://saml.customer.example/slo",
      bindingMethod: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
      cert: certificate,
      signingCert: Buffer.from(certificate).toString("base64"),
    });
    expect(saml.options).not.toHaveProperty("metadataXml");
    const line = await make("line", { client_id: "l", email: true, authorizationURL: null, tokenURL: null });
    expect(line.options).toMatchObject({
      authorizationURL: null,
      scope: ["openid", "email", "profile"],
      profile: true,
    });
    const read = (await call(at, "GET", `/connections/${line.id}`)).json.options;
    expect(read).toEqual({ client_id: "l", email: true, profile: true, scope: ["openid", "email", "profile"] });
  });

  test("beside the options, by strategy", async () => {
    const common = {
      is_domain_connection: false,
      authentication: { active: true },
      connected_accounts: { active: false },
    };
    const oidc = await make("oidc", {});
    expect(oidc).toMatchObject({ ...common, display_name: oidc.name, show_as_button: false, realms: [oidc.name] });
    expect(oidc.enabled_clients).toEqual([]);
    expect((await call(at, "GET", `/connections/${oidc.id}`)).json).not.toHaveProperty("enabled_clients");
    const database = await make("auth0", {}, { realms: [] });
    expect(database).toMatchObject({ ...common, realms: [database.name] });
    expect(Object.keys(database)).not.toEqual(expect.arrayContaining(["show_as_button"]));
    for (const [strategy, ticket] of [
      ["ad", `https://${auth0Host}/p/ad/`],
      ["waad", `https://${auth0Host}/acme/p/waad/`],
      ["google-apps", "https://login.eu.auth0.com/acme/p/google-apps/"],
    ] as const) {
      const made = await make(strategy, {});
      expect(made.provisioning_ticket_url).toMatch(new RegExp(`^${ticket.replaceAll(".", "\\.")}\\w{8}$`));
    }
  });

  test("nothing of the older API of Entra ID, when the newer one is asked", async () => {
    const newer = { domain: "customer.onmicrosoft.com", identity_api: "microsoft-identity-platform-v2.0" };
    const made = await make("waad", newer);
    expect(made.options).toEqual({ ...newer, waad_common_endpoint: false });
    expect(made).not.toHaveProperty("provisioning_ticket_url");
  });

  test("what an issuer of this sandbox says of itself", async () => {
    const okta = await make("okta", { domain: "acme.okta.com", client_id: "x", client_secret: "y" });
    expect(okta.options).toMatchObject({
      issuer: "https://acme.okta.com",
      token_endpoint: "https://acme.okta.com/oauth2/v1/token",
      oidc_metadata: { issuer: "https://acme.okta.com", request_uri_parameter_supported: false },
    });
    const changed = await call(at, "PATCH", `/connections/${okta.id}`, {
      options: { issuer: "https://unknown.example", client_id: "x", domain: "unknown.okta.com" },
    });
    expect(changed.json.options).not.toHaveProperty("oidc_metadata");
  });
});

describe("a change", () => {
  test("replaces the options whole, but for what a strategy carries over", async () => {
    const oidc = await make("oidc", { client_id: "a", client_secret: "s", icon_url: "https://a.example/i.png" });
    const changed = await call(at, "PATCH", `/connections/${oidc.id}`, { options: { client_id: "b" } });
    expect(changed.json.options).toEqual({
      client_id: "b",
      schema_version: "oidc-V4",
      type: "back_channel",
      attribute_map: { mapping_mode: "bind_all" },
      connection_settings: { pkce: "disabled" },
    });
    const google = await make("google-apps", { domain: "customer.example", map_user_id_to_id: true });
    const carried = await call(at, "PATCH", `/connections/${google.id}`, { options: { domain: "other.example" } });
    expect(carried.json.options).toMatchObject({ domain: "other.example", map_user_id_to_id: true });
    const entra = await make("waad", { domain: "customer.onmicrosoft.com" });
    const lost = await call(at, "PATCH", `/connections/${entra.id}`, { options: { domain: "other.onmicrosoft.com" } });
    expect(lost.json.options).toEqual({ domain: "other.onmicrosoft.com", waad_common_endpoint: false });
    const saml = await make("samlp", { metadataXml });
    const again = await call(at, "PATCH", `/connections/${saml.id}`, {
      options: { metadataUrl: "https://saml.customer.example/metadata", entityId: "e" },
    });
    expect(again.json.options).toMatchObject({ signInEndpoint: "https://saml.customer.example/sso", entityId: "e" });
    expect(again.json.options).not.toHaveProperty("assertion_decryption_settings");
  });

  test("of a database keeps how people prove themselves, and seals the values for its scripts", async () => {
    const made = await make("auth0", {
      authentication_methods: { email_otp: { enabled: true } },
      configuration: { key: "secret" },
    });
    expect(made.options.authentication_methods).toEqual({
      ...methods("email_otp", "passkey", "password", "phone_otp"),
      email_otp: { enabled: true },
    });
    expect(made.options.configuration.key).toMatch(/^[A-Za-z0-9+/]{168}$/);
    const changed = await call(at, "PATCH", `/connections/${made.id}`, {
      options: { brute_force_protection: false, configuration: made.options.configuration },
    });
    expect(changed.json.options).toEqual({
      brute_force_protection: false,
      authentication_methods: made.options.authentication_methods,
      passkey_options: made.options.passkey_options,
      configuration: made.options.configuration,
    });
  });

  test("keeps what is not sent, takes nulls away, and gives the display name back to the name", async () => {
    const made = await make("oidc", { client_id: "a" }, { display_name: "Shown", metadata: { a: "1", b: "2" } });
    const path = `/connections/${made.id}`;
    const named = await call(at, "PATCH", path, {
      display_name: "Shown",
      metadata: { a: null, c: "3" },
      cross_app_access_resource_app: { status: "enabled" },
    });
    expect(named.json).toMatchObject({ display_name: "Shown", metadata: { c: "3" }, options: made.options });
    const cleared = await call(at, "PATCH", path, { cross_app_access_resource_app: null, realms: [] });
    expect(cleared.json).toMatchObject({ display_name: made.name, realms: [made.name] });
    expect(cleared.json).not.toHaveProperty("cross_app_access_resource_app");
  });
});

const email = { identifier: { active: true }, profile_required: true, signup: { status: "required" } };
const attributes = { email };
const off = { ...email, identifier: { active: false } };

describe("is refused", () => {
  test.each([
    [{ name: "x", strategy: "magic" }, "'No enum match for: magic' on property strategy"],
    [{ name: "x-", strategy: "oidc" }, /^'String does not match pattern .*: x-' on property name$/],
    [{ name: "x".repeat(129), strategy: "oidc" }, "'String is too long (129 chars), maximum 128' on property name"],
    [{ strategy: "oidc" }, "'Missing required property: name'"],
    [{ name: "x", strategy: "oidc", enabled_clients: [] }, "'Additional properties not allowed: enabled_clients'"],
    [{ name: "x", strategy: "oidc", options: [] }, "'Expected type object but found type array' on property options"],
    [
      { name: "x", strategy: "oidc", options: { connection_settings: { pkce: "on" } } },
      "'No enum match for: on' on property options.connection_settings.pkce",
    ],
    [
      { name: "x", strategy: "oidc", authentication: {} },
      "'Missing required property: active' on property authentication",
    ],
  ])("%j", async (body, what) => {
    const [status, errorCode, message] = await problem(at, "POST", "/connections", body);
    expect([status, errorCode]).toEqual([400, "invalid_body"]);
    const inner = /^Payload validation error: (.*)\.$/.exec(String(message))?.[1];
    if (typeof what === "string") expect(inner).toBe(what);
    else expect(inner).toMatch(what);
  });

  test.each([
    [{ attributes, validation: { username: { min: 1 } } }, "Cannot set both options.attributes and options.validation"],
    [{ attributes, requires_username: true }, "Cannot set both options.attributes and options.requires_username"],
    [{ attributes: { email: off, username: off } }, "attributes must contain one active identifier"],
    [
      { attributes: { phone_number: { ...email, signup: { status: "inactive" } } } },
      "attribute phone_number must also be required on signup",
    ],
  ])("%j, of a database", async (options, message) => {
    const body = { name: "refused", strategy: "auth0", options };
    expect(await problem(at, "POST", "/connections", body)).toEqual([400, "invalid_body", message]);
  });

  test("an e-mail address that is shared, where it was nobody's but one's own", async () => {
    const made = await make("auth0", {});
    const shared = { attributes: { email: { ...email, unique: false } } };
    expect(await problem(at, "PATCH", `/connections/${made.id}`, { options: shared })).toEqual([
      400,
      "invalid_body",
      "cannot add non-unique email attribute",
    ]);
    const from = await make("auth0", shared);
    expect((await call(at, "PATCH", `/connections/${from.id}`, { options: shared })).status).toBe(200);
  });

  test("a purpose that the strategy cannot have", async () => {
    const body = { name: "refused", strategy: "auth0", cross_app_access_requesting_app: { active: true } };
    expect(await problem(at, "POST", "/connections", body)).toEqual([
      400,
      "operation_not_supported",
      "Cross App Access Requesting App is not supported for this connection.",
    ]);
  });

  test("what a change cannot change, a name that is taken, and a connection that is gone", async () => {
    const { id, name } = await make("samlp", {});
    for (const body of [{ enabled_clients: [] }, { name }, { strategy: "oidc" }]) {
      const what = `'Additional properties not allowed: ${Object.keys(body)[0]}'`;
      expect(await problem(at, "PATCH", `/connections/${id}`, body)).toEqual([
        400,
        "invalid_body",
        `Payload validation error: ${what}.`,
      ]);
    }
    expect(await code(at, "POST", "/connections", { name, strategy: "oidc" })).toBe("409 conflict");
    const gone = await call(at, "DELETE", `/connections/${id}`);
    expect(gone).toMatchObject({ status: 202, json: { deleted_at: expect.stringMatching(/^20.*Z$/) } });
    for (const [method, path] of [
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["GET", "/clients"],
      ["GET", "/keys"],
      ["GET", "/scim-configuration"],
      ["GET", "/directory-provisioning"],
      ["GET", "/status"],
    ] as const) {
      const body = method === "PATCH" ? {} : undefined;
      expect(await problem(at, method, `/connections/${id}${path}`, body), `${method} ${path}`).toEqual([
        404,
        "inexistent_connection",
        "The connection does not exist",
      ]);
    }
  });
});
