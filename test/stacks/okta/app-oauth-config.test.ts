import { describe, expect, test } from "vitest";
import type { Registration } from "../../../src/desired/connection.ts";
import { newApp } from "../../../src/idp/okta/app-body.ts";
import { type JsonObject, objectIn } from "../../../src/vendor/json.ts";
import { addressesOf } from "../../../stacks/okta/addresses.ts";
import { type OktaStackInput, synthesizeOkta } from "../../../stacks/okta/okta-stack.ts";
import { cases, elliptic, input, registration } from "./cases.ts";

type Arguments = Readonly<Record<string, unknown>>;

/** What a stack says of the client of a registration. */
function argumentsOf(stack: OktaStackInput, of: Registration = stack.registrations[0] as Registration): Arguments {
  const resources = objectIn(objectIn(JSON.parse(synthesizeOkta(stack)), "resource"), "okta_app_oauth");
  return objectIn(resources, addressesOf(of.key).app.replace("okta_app_oauth.", ""));
}

describe("every argument whose absence means something else somewhere is there", () => {
  const always = [
    "auto_key_rotation",
    "client_id",
    "consent_method",
    "grant_types",
    "hide_ios",
    "hide_web",
    "implicit_assignment",
    "issuer_mode",
    "jwks",
    "label",
    "login_mode",
    "login_scopes",
    "omit_secret",
    "pkce_required",
    "post_logout_redirect_uris",
    "profile",
    "redirect_uris",
    "refresh_token_leeway",
    "refresh_token_rotation",
    "response_types",
    "status",
    "token_endpoint_auth_method",
    "type",
    "wildcard_redirect",
  ];
  test.each([
    ["6.12.0", "001-basic", ["skip_authentication_policy"]],
    ["6.12.0 with a policy", "010-access-policy", ["authentication_policy"]],
    ["4.20.0", "002-basic-4.20.0", []],
    ["4.20.0 with a policy", "011-access-policy-4.20.0", ["authentication_policy"]],
  ])("%s", (_version, name, more) => {
    const { lifecycle, ...found } = argumentsOf(cases[name] as OktaStackInput);
    expect(Object.keys(found).sort()).toEqual([...always, ...more].sort());
    expect(lifecycle).toMatchObject({ prevent_destroy: true });
  });
});

test.each([
  ["omit_secret", true],
  ["pkce_required", true],
  ["login_mode", "DISABLED"],
  ["wildcard_redirect", "DISABLED"],
  ["implicit_assignment", false],
  ["hide_ios", true],
  ["hide_web", true],
  ["auto_key_rotation", true],
  ["consent_method", "TRUSTED"],
  ["status", "ACTIVE"],
  ["type", "web"],
])("%s is %s", (argument, value) => {
  expect(argumentsOf(input([registration()]))[argument]).toBe(value);
});

test("what is fixed at the create is no reason to make another app", () => {
  for (const stack of Object.values(cases)) {
    expect(argumentsOf(stack).lifecycle).toMatchObject({
      ignore_changes: expect.arrayContaining(["client_id", "type"]) as unknown,
    });
  }
});

test("what others have set on the app stays, by the arguments that the version has", () => {
  const ignored = (version: string) => {
    const { lifecycle } = argumentsOf(input([registration()], { provider: { domain: "acme.okta.com", version } }));
    return (lifecycle as { ignore_changes: string[] }).ignore_changes;
  };
  expect(ignored("4.20.0")).toContain("client_uri");
  expect(ignored("4.20.0")).not.toContain("network");
  expect(ignored("6.7.9")).not.toContain("network");
  expect(ignored("6.8.0")).toContain("network");
  expect(ignored("10.0.0")).toContain("network");
});

test("the policy is skipped where the version can and the file names none, and nowhere else", () => {
  const skips = (version: string, accessPolicy?: string) =>
    argumentsOf(input([registration({ accessPolicy })], { provider: { domain: "acme.okta.com", version } }))
      .skip_authentication_policy;
  expect([skips("6.9.0"), skips("6.12.0"), skips("6.8.0"), skips("4.20.0")]).toEqual([
    true,
    true,
    undefined,
    undefined,
  ]);
  expect(skips("6.12.0", "Phishing resistant")).toBeUndefined();
});

describe("the app that comes of it is the one that we make by the API", () => {
  const kinds: Readonly<Record<string, Partial<Registration>>> = {
    basic: {},
    "post without PKCE": { clientAuth: "client_secret_post", pkce: "off" },
    "a key": { clientAuth: "private_key_jwt", clientKey: elliptic },
    "no secret, refreshed": { clientAuth: "none", grantTypes: ["authorization_code", "refresh_token"] },
    "a secret, refreshed": { grantTypes: ["authorization_code", "refresh_token"] },
    "signed out": { postLogoutRedirectUris: ["https://portal.acme.example/", "https://portal.acme.example/bye"] },
    "as it is": { assignment: undefined },
  };
  for (const [name, change] of Object.entries(kinds)) {
    test.each(["acme.okta.com", "login.acme.example"])(`${name} (%s)`, (domain) => {
      const wanted = registration(change);
      const stack = input([wanted], { provider: { domain, version: "6.12.0" } });
      expect(sentFor(argumentsOf(stack))).toEqual(comparable(newApp(wanted, domain)));
    });
  }
});

/** What the provider sends for its arguments (resource_okta_app_oauth.go of 6.12.0), in the order of the API's fields. */
function sentFor(of: Arguments): JsonObject {
  const refreshes = (of.grant_types as string[]).includes("refresh_token");
  const keys = of.jwks as unknown[];
  return {
    name: "oidc_client",
    signOnMode: "OPENID_CONNECT",
    label: of.label,
    profile: JSON.parse(String(of.profile)),
    visibility: { hide: { iOS: of.hide_ios, web: of.hide_web } },
    credentials: {
      oauthClient: {
        autoKeyRotation: of.auto_key_rotation,
        client_id: of.client_id,
        pkce_required: of.pkce_required,
        token_endpoint_auth_method: of.token_endpoint_auth_method,
      },
    },
    settings: {
      implicitAssignment: of.implicit_assignment,
      oauthClient: {
        application_type: of.type,
        consent_method: of.consent_method,
        dpop_bound_access_tokens: false,
        grant_types: of.grant_types,
        idp_initiated_login: { mode: of.login_mode, default_scope: of.login_scopes },
        issuer_mode: of.issuer_mode,
        post_logout_redirect_uris: of.post_logout_redirect_uris,
        redirect_uris: of.redirect_uris,
        response_types: of.response_types,
        wildcard_redirect: of.wildcard_redirect,
        ...(keys.length === 0 ? {} : { jwks: { keys } }),
        ...(refreshes
          ? { refresh_token: { leeway: of.refresh_token_leeway, rotation_type: of.refresh_token_rotation } }
          : {}),
      },
    },
  };
}

/** Without what the provider knows no argument for: Okta then sets what we send (a key's use, status and curve). */
function comparable(body: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(body), function (this: unknown, name: string, value: unknown) {
    return ["crv", "status", "use"].includes(name) ? undefined : value;
  }) as JsonObject;
}

describe("keys that stay", () => {
  const stored = { kty: "RSA", kid: "old", use: "sig", status: "ACTIVE", e: "AQAB", n: "sXch" };
  const keysFor = (change: Partial<Registration>, ...kept: JsonObject[]) => {
    const wanted = registration(change);
    return argumentsOf(input([wanted], { keptKeys: new Map([[wanted.key, kept]]) })).jwks;
  };
  const own = { kid: "portal-2", kty: "EC", x: elliptic.x, y: elliptic.y };
  const old = { e: "AQAB", kid: "old", kty: "RSA", n: "sXch" };
  const signing = { clientAuth: "private_key_jwt", clientKey: elliptic } as const;

  test("stand before the new one", () => {
    expect(keysFor(signing, stored)).toEqual([old, own]);
  });
  test("stay without a new one: a client on its way to a secret", () => {
    expect(keysFor({ clientAuth: "client_secret_basic" }, stored)).toEqual([old]);
  });
  test("never under the id of the new one", () => {
    expect(keysFor(signing, { ...stored, kid: "portal-2" })).toEqual([own]);
  });
  test("never as keys to sign with that are for encryption or switched off", () => {
    expect(keysFor(signing, { ...stored, use: "enc" }, { ...stored, status: "INACTIVE" })).toEqual([own]);
  });
});

test("groups stand in the order of their names, once each", () => {
  const assignment = { everyone: false, groups: ["b", "a", "b"] } as const;
  const stack = JSON.parse(synthesizeOkta(input([registration({ assignment })])));
  const [found] = Object.values(objectIn(objectIn(stack, "resource"), "okta_app_group_assignments"));
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: references of Terraform
  expect((found as { group: unknown }).group).toEqual([
    { id: "${data.okta_group.there_a.id}", profile: "{}" },
    { id: "${data.okta_group.there_b.id}", profile: "{}" },
  ]);
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: references of Terraform
});

test("neither a credential nor a path of this machine is in a stack", () => {
  for (const [name, stack] of Object.entries(cases)) {
    const text = synthesizeOkta(stack);
    expect(text, name).not.toMatch(/api_token|private_key"|access_token|client_secret"|"\/\/"/);
    expect(text, name).not.toContain(process.cwd());
  }
});
