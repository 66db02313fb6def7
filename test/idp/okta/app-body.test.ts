import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { changedApp, newApp } from "../../../src/idp/okta/app-body.ts";
import { markerOf, ownKey } from "../../../src/idp/okta/marker.ts";
import type { JsonObject } from "../../../src/vendor/json.ts";
import { scope, wanted } from "./bench.ts";

const host = "acme.okta.com";

describe("body of a create", () => {
  test("says every field that has a treacherous default", () => {
    expect(newApp(wanted(), host)).toEqual({
      name: "oidc_client",
      signOnMode: "OPENID_CONNECT",
      label: "whiterabbit/portal Whiterabbit Foods (sandbox)",
      profile: { tenantryEnvironment: "sandbox", tenantryKey: "whiterabbit/portal", tenantryWorkspace: "acme" },
      visibility: { hide: { iOS: true, web: true } },
      credentials: {
        oauthClient: {
          autoKeyRotation: true,
          client_id: wanted().clientId,
          pkce_required: true,
          token_endpoint_auth_method: "client_secret_basic",
        },
      },
      settings: {
        implicitAssignment: false,
        oauthClient: {
          application_type: "web",
          consent_method: "TRUSTED",
          dpop_bound_access_tokens: false,
          grant_types: ["authorization_code"],
          idp_initiated_login: { mode: "DISABLED", default_scope: [] },
          issuer_mode: "ORG_URL",
          post_logout_redirect_uris: ["https://portal.acme.example/"],
          redirect_uris: ["https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5"],
          response_types: ["code"],
          wildcard_redirect: "DISABLED",
        },
      },
    });
  });

  test.each([
    ["acme.okta.com", "ORG_URL"],
    ["acme.oktapreview.com", "ORG_URL"],
    ["acme.okta-emea.com", "ORG_URL"],
    ["login.acme.example", "CUSTOM_URL"],
    ["login.fakeokta.com", "CUSTOM_URL"],
  ])("tokens of %s carry its own host: %s", (domain, mode) => {
    expect(newApp(wanted(), domain)).toMatchObject({ settings: { oauthClient: { issuer_mode: mode } } });
  });
});

describe("marker", () => {
  const raw = newApp(wanted(), host);

  test("is read back, and only ours in workspace and environment is ours", () => {
    expect(markerOf(raw)).toEqual(wanted().marker);
    expect(ownKey(raw, scope)).toBe("whiterabbit/portal");
    expect(ownKey(raw, { ...scope, environment: "production" })).toBeUndefined();
    expect(ownKey(raw, { ...scope, workspace: "other" })).toBeUndefined();
  });

  test("half a marker is none", () => {
    expect(markerOf({ profile: { tenantryWorkspace: "acme", tenantryKey: "a/b" } })).toBeUndefined();
    expect(markerOf({ profile: null })).toBeUndefined();
    expect(markerOf({})).toBeUndefined();
  });
});

const fixture = join(
  import.meta.dirname,
  "../../../../shared/fixtures/okta/ResourceOktaAppOauth_customProfileAttributes.json",
);

/** An app as recorded from a real org, with a profile of its own and a secret, as replies to PUT hold it. */
function recorded(): JsonObject & { credentials: { oauthClient: JsonObject } } {
  const exchanges = JSON.parse(readFileSync(fixture, "utf8"));
  return exchanges.find((each: { method: string; response?: { profile?: object } }) => {
    return each.method === "PUT" && each.response?.profile !== undefined;
  }).response;
}

describe.skipIf(!existsSync(fixture))("body of a replace, from a recorded app", () => {
  test("keeps what is not ours, sends neither secret nor what Okta computes, and keeps the client id", () => {
    const raw = recorded();
    raw.credentials.oauthClient = { ...raw.credentials.oauthClient, client_secret: "must-not-be-sent" };
    const body = changedApp(raw, wanted(), host);
    expect(JSON.stringify(body)).not.toContain("must-not-be-sent");
    expect(body).toMatchObject({
      profile: { customAttribute123: "testing-custom-attribute", tenantryKey: "whiterabbit/portal" },
      credentials: {
        oauthClient: { client_id: raw.credentials.oauthClient.client_id },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Okta's own expression language.
        userNameTemplate: { template: "${source.login}", type: "BUILT_IN" },
      },
      accessibility: { selfService: false },
      settings: { oauthClient: { network: { connection: "ANYWHERE" }, participate_slo: false } },
      label: wanted().label,
    });
    for (const name of ["id", "orn", "status", "created", "lastUpdated", "_links", "features", "universalLogout"]) {
      expect(body).not.toHaveProperty(name);
    }
  });

  test("sends keys without what Okta has added, and refresh settings only with the grant", () => {
    const kept = { kty: "RSA", kid: "theirs", use: "enc", n: "AQAB", e: "AQAB", status: "ACTIVE" };
    const computed = { id: "pks1", created: "2026-01-01", lastUpdated: "2026-01-01", _links: {}, alg: null };
    const raw = recorded();
    const settings = raw.settings as { oauthClient: JsonObject };
    const oauthClient = {
      ...settings.oauthClient,
      refresh_token: { leeway: 0 },
      jwks: { keys: [{ ...kept, ...computed }] },
    };
    const changed = { ...raw, settings: { ...settings, oauthClient } };
    const grants = wanted({ grantTypes: ["authorization_code", "refresh_token"] });
    const sent = (registration = wanted()) =>
      (changedApp(changed, registration, host)?.settings as { oauthClient: JsonObject } | undefined)?.oauthClient;
    expect(sent()).toMatchObject({ jwks: { keys: [kept] } });
    expect(JSON.stringify(sent()?.jwks)).not.toContain("pks1");
    expect(JSON.stringify(sent()?.jwks)).not.toContain("null");
    expect(sent()).not.toHaveProperty("refresh_token");
    expect(sent(grants)).toMatchObject({ refresh_token: { leeway: 0, rotation_type: "STATIC" } });
  });

  test("nothing is sent when nothing differs", () => {
    const raw = recorded();
    const settled = { ...raw, ...changedApp(raw, wanted(), host) };
    expect(changedApp(settled, wanted(), host)).toBeUndefined();
    expect(changedApp(settled, wanted({ pkce: "off" }), host)).toBeDefined();
  });
});
