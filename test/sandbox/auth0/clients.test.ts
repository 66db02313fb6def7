import { describe, expect, test } from "vitest";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, problem } from "./auth0-caller.ts";

const at = sharedSandbox();

const make = async (body: object = {}) => (await call(at, "POST", "/clients", { name: "client", ...body })).json;

/** What a PATCH leaves of one field. */
const left = async (before: object, change: object, name: string) => {
  const { client_id } = await make(before);
  const { status, json } = await call(at, "PATCH", `/clients/${client_id}`, change);
  expect({ status, message: json.message }).toEqual({ status: 200, message: undefined });
  expect((await call(at, "GET", `/clients/${client_id}`)).json).toEqual(json);
  return json[name];
};

describe("a new client", () => {
  test.each([
    [{}, ["authorization_code", "implicit", "refresh_token", "client_credentials"]],
    [{ app_type: "spa" }, ["authorization_code", "implicit", "refresh_token"]],
    [{ token_endpoint_auth_method: "none" }, ["authorization_code", "implicit", "refresh_token"]],
    [{ app_type: "express_configuration" }, ["authorization_code", "client_credentials"]],
    [{ is_first_party: false, third_party_security_mode: "strict" }, ["authorization_code"]],
    [{ grant_types: [] }, []],
  ])("%j may use %j", async (body, grants) => {
    expect((await make(body)).grant_types).toEqual(grants);
  });

  test.each([
    [{}, { alg: undefined, lifetime_in_seconds: 36_000 }, false],
    [{ jwt_configuration: { alg: "RS256" } }, { alg: "RS256", lifetime_in_seconds: undefined }, false],
    [{ app_type: "express_configuration" }, { alg: "RS256", lifetime_in_seconds: undefined }, true],
    [{ is_first_party: false }, { alg: undefined, lifetime_in_seconds: 36_000 }, true],
    [{ is_first_party: false, third_party_security_mode: "strict" }, { alg: "RS256", lifetime_in_seconds: 3600 }, true],
  ])("%j has id tokens of %j", async (body, jwt, conformant) => {
    const { jwt_configuration, oidc_conformant } = await make(body);
    expect(jwt_configuration).toEqual({ secret_encoded: false, ...jwt });
    expect(oidc_conformant).toBe(conformant);
  });

  test("for a third party rotates its refresh tokens; with a secret it has long ones", async () => {
    expect((await make({ is_first_party: false })).refresh_token).toMatchObject({
      rotation_type: "rotating",
      expiration_type: "expiring",
      token_lifetime: 2_592_000,
    });
    expect((await make({ token_endpoint_auth_method: "client_secret_post" })).refresh_token).toMatchObject({
      rotation_type: "non-rotating",
      token_lifetime: 31_557_600,
      idle_token_lifetime: 2_592_000,
    });
  });

  test("for an Okta integration proves itself by key, for an organization", async () => {
    const made = await make({ app_type: "express_configuration" });
    expect(made).toMatchObject({
      organization_usage: "require",
      client_authentication_methods: { private_key_jwt: { credentials: [] } },
      callbacks: ["https://system-admin.okta.com/admin/app/generic/oauth20redirect"],
    });
    expect(made).not.toHaveProperty("client_secret");
  });
});

describe("a PATCH", () => {
  test.each([
    ["client_metadata", { a: "1", b: "2" }, { a: null, c: "3" }, { b: "2", c: "3" }],
    [
      "mobile",
      { ios: { team_id: "t" } },
      { android: { app_package_name: "p" } },
      { ios: { team_id: "t" }, android: { app_package_name: "p" } },
    ],
    [
      "native_social_login",
      { apple: { enabled: true } },
      { google: { enabled: true } },
      { apple: { enabled: true }, google: { enabled: true } },
    ],
    [
      "addons",
      { slack: { team: "a" } },
      { rms: { url: "https://a.example" } },
      { slack: { team: "a" }, rms: { url: "https://a.example" } },
    ],
    [
      "jwt_configuration",
      { alg: "RS256" },
      { lifetime_in_seconds: 60 },
      { secret_encoded: false, alg: "RS256", lifetime_in_seconds: 60 },
    ],
    ["callbacks", ["https://a.example"], ["https://b.example"], ["https://b.example"]],
    [
      "fedcm_login",
      { google: { is_enabled: true } },
      { google: { is_enabled: false } },
      { google: { is_enabled: false } },
    ],
    [
      "token_quota",
      { client_credentials: { per_day: 5, enforce: true } },
      { client_credentials: { per_day: 6 } },
      { client_credentials: { per_day: 6 } },
    ],
  ])("of %s with %j and then %j leaves %j", async (name, before, change, after) => {
    expect(await left({ [name]: before }, { [name]: change }, name)).toEqual(after);
  });

  test.each([
    ["addons", { slack: { team: "a" } }],
    ["mobile", { ios: { team_id: "t" } }],
    ["token_quota", { client_credentials: { per_hour: 5 } }],
    ["fedcm_login", { google: { is_enabled: true } }],
    ["identity_assertion_authorization_grant", { active: true }],
    ["async_approval_notification_channels", ["email"]],
    ["organization_discovery_methods", ["email"]],
    ["session_transfer", { can_create_session_transfer_token: true }],
    ["token_exchange", { allow_any_profile_of_type: ["custom_authentication"] }],
    ["organization_usage", "allow"],
    ["compliance_level", "fapi2_sp_mtls_mtls"],
    ["par_request_expiry", 60],
    ["refresh_token", { rotation_type: "rotating", expiration_type: "expiring" }],
  ])("of %s with null takes it away", async (name, before) => {
    expect(await left({ [name]: before }, { [name]: null }, name)).toBeUndefined();
  });

  test("fills the parts of session_transfer that were never named, and keeps those that were", async () => {
    const before = { session_transfer: { allow_refresh_token: true } };
    expect((await make(before)).session_transfer).toMatchObject({
      allow_refresh_token: true,
      enforce_device_binding: "ip",
    });
    const change = { session_transfer: { enforce_device_binding: "asn", delegation: null } };
    expect(await left(before, change, "session_transfer")).toEqual({
      can_create_session_transfer_token: false,
      allowed_authentication_methods: [],
      enforce_device_binding: "asn",
      allow_refresh_token: true,
      enforce_online_refresh_tokens: true,
      enforce_cascade_revocation: true,
    });
  });

  test("of one name for the logout URLs shows under the other", async () => {
    const urls = { backchannel_logout_urls: ["https://a.example/logout"] };
    expect((await make({ oidc_logout: urls })).oidc_backchannel_logout).toEqual(urls);
    expect(await left({ oidc_logout: urls }, { oidc_backchannel_logout: null }, "oidc_logout")).toBeUndefined();
  });
});

describe("a body that does not fit", () => {
  test.each([
    [{ addons: { fax: {} } }, "'Additional properties not allowed: fax' on property addons"],
    [{ addons: { slack: {} } }, "'Missing required property: team' on property addons.slack"],
    [
      { refresh_token: { rotation_type: "rotating", expiration_type: "expiring", policies: [{ audience: "a" }] } },
      "'Missing required property: scope' on property refresh_token.policies[0]",
    ],
    [
      { async_approval_notification_channels: ["email", "email"] },
      "'Array items are not unique (indexes 0 and 1)' on property async_approval_notification_channels",
    ],
    [
      { organization_discovery_methods: [] },
      "'Array is too short (0), minimum 1' on property organization_discovery_methods",
    ],
    [
      { default_organization: { flows: ["client_credentials"] } },
      "'Missing required property: organization_id' on property default_organization",
    ],
    [
      { token_quota: { client_credentials: { per_day: 0 } } },
      "'Value 0 is less than minimum 1' on property token_quota.client_credentials.per_day",
    ],
    [{ par_request_expiry: 9 }, "'Value 9 is less than minimum 10' on property par_request_expiry"],
    [
      { oidc_logout: { backchannel_logout_urls: ["http://a.example"] } },
      "'Object didn't pass validation for format absolute-https-uri: http://a.example' on property oidc_logout.backchannel_logout_urls[0]",
    ],
    [
      { express_configuration: {} },
      "'Missing required property: initiate_login_uri_template' on property express_configuration",
    ],
    [{ third_party_security_mode: "strict" }, "'third_party_security_mode' is only allowed for third-party clients"],
    [{ client_authentication_methods: {} }, "'client_authentication_methods' must have exactly one method"],
  ])("%j is refused, new or changed", async (body, what) => {
    const expected = [400, "invalid_body", `Payload validation error: ${what}.`];
    expect(await problem(at, "POST", "/clients", { name: "a", ...body })).toEqual(expected);
    const { client_id } = await make();
    expect(await problem(at, "PATCH", `/clients/${client_id}`, body)).toEqual(expected);
  });

  test("names an organization that is not there", async () => {
    const body = { default_organization: { organization_id: "org_0000000000000000", flows: ["client_credentials"] } };
    expect(await problem(at, "POST", "/clients", { name: "a", ...body })).toEqual([
      404,
      undefined,
      "No organization found by that id or name",
    ]);
  });
});

test("a new secret is another one at once, and the global client stays", async () => {
  const { client_id, client_secret } = await make();
  const rotated = await call(at, "POST", `/clients/${client_id}/rotate-secret`);
  expect(rotated).toMatchObject({
    status: 200,
    json: { client_id, client_secret: expect.stringMatching(/^[\w-]{64}$/) },
  });
  expect(rotated.json.client_secret).not.toBe(client_secret);
  const [global] = (await call(at, "GET", "/clients?is_global=true")).json;
  expect(global).toMatchObject({ name: "All Applications", global: true, jwt_configuration: { alg: "RS256" } });
  expect(global).not.toHaveProperty("grant_types");
  expect(await code(at, "DELETE", `/clients/${global.client_id}`)).toBe("400 operation_not_supported");
});
