import { describe, expect, test } from "vitest";
import {
  issuerMistake,
  namedIssuerHint,
  placeholderOfIssuer,
  presetNames,
  presetOf,
  refusedScope,
  rolesOf,
  secretTrap,
} from "../../src/desired/preset.ts";
import { presets } from "../../src/desired/presets/presets.ts";

const directory = "3f6c1d8e-52a4-4b7d-9c0e-8a1f2b3c4d5e";

/** Right issuers, and whose they are. */
const issuers: readonly (readonly [issuer: string, preset: string])[] = [
  ["https://acme.okta.com", "okta"],
  ["https://acme.oktapreview.com", "okta"],
  ["https://acme.okta-emea.com", "okta"],
  ["https://acme.okta.mil", "okta"],
  ["https://acme.okta.com/oauth2/default", "okta-custom"],
  ["https://acme.okta.com/oauth2/aus1b2c3d4E5f6G7h8i9", "okta-custom"],
  ["https://acme.auth0.com/", "auth0"],
  ["https://acme.eu.auth0.com/", "auth0"],
  [`https://login.microsoftonline.com/${directory}/v2.0`, "entra-id"],
  [`https://login.microsoftonline.us/${directory}/v2.0`, "entra-id"],
  [`https://login.partner.microsoftonline.cn/${directory}/v2.0`, "entra-id"],
  ["https://accounts.google.com", "google"],
  ["https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123xyz", "cognito"],
  ["https://id.tannberg.example/realms/staff", "keycloak"],
  ["https://id.tannberg.example:8443/auth/realms/staff", "keycloak"],
  [`https://auth.pingone.eu/${directory}/as`, "pingone"],
  [`https://auth.pingone.com.au/${directory}/as`, "pingone"],
  ["https://acme.onelogin.com/oidc/2", "onelogin"],
  ["https://login.salesforce.com", "salesforce"],
  ["https://acme.my.salesforce.com", "salesforce"],
  ["https://acme--dev.sandbox.my.salesforce.com", "salesforce"],
  ["https://sts.acme.example/adfs", "adfs"],
  ["https://oauth.id.jumpcloud.com/", "jumpcloud"],
  ["https://oauth.id.eu.jumpcloud.com/", "jumpcloud"],
  ["https://id.acme.example/application/o/portal/", "authentik"],
];

describe("the issuer tells the preset", () => {
  test.each(issuers)("%s is %s", (issuer, name) => {
    expect(presetOf(issuer)?.name).toBe(name);
    expect(issuerMistake(issuer)).toBeUndefined();
    expect(placeholderOfIssuer(issuer)).toBeUndefined();
    const { finalSlash } = presetOf(issuer)?.issuer ?? {};
    expect(finalSlash).toBe(issuer.endsWith("/"));
  });

  test.each(issuers)("%s with the other final slash is the same product", (issuer, name) => {
    const other = issuer.endsWith("/") ? issuer.slice(0, -1) : `${issuer}/`;
    expect(presetOf(other)?.name).toBe(name);
  });

  test.each(issuers)("no two products that are as certain claim %s", (issuer) => {
    const place = issuer.replace(/\/$/, "");
    const claim = presets.filter((preset) => preset.issuer.patterns.some((pattern) => pattern.test(place)));
    const certainties = claim.map((preset) => preset.issuer.certainty);
    expect(new Set(certainties).size).toBe(certainties.length);
  });

  test("every preset that can be told is told by some issuer of this test", () => {
    const told = new Set(issuers.map(([, name]) => name));
    const tellable = presets.filter(({ issuer }) => issuer.certainty !== "none").map(({ name }) => name);
    expect(tellable.filter((name) => !told.has(name))).toEqual([]);
    expect(presets.filter(({ issuer }) => issuer.certainty === "none").map(({ name }) => name)).toEqual([
      "pingfederate",
      "dex",
      "hydra",
      "oidc-provider",
      "siemens-sam",
    ]);
  });

  test("a vendor's own host is certain, whatever the path looks like", () => {
    expect(presetOf("https://login.microsoftonline.com/adfs")?.name).toBe("entra-id");
    expect(presetOf("https://sso.acme.example/adfs")?.name).toBe("adfs");
  });
});

const hosted = issuers.filter(([issuer]) => presetOf(issuer)?.issuer.certainty === "host");

describe("look-alikes are nobody's", () => {
  test.each(hosted)("%s", (issuer) => {
    const url = new URL(issuer);
    const path = url.pathname === "/" ? (issuer.endsWith("/") ? "/" : "") : url.pathname;
    const alike = [
      `https://${url.host}.evil.example${path}`,
      `https://evil.example/${url.host}${path}`,
      `https://evil.example/?${issuer}`,
      `https://evil.example/#${issuer}`,
      `https://evil.example\\@${url.host}${path}`,
      `https://user@${url.host}${path}`,
      `https://user:word@${url.host}${path}`,
      `http://${url.host}${path}`,
      `https://${url.host}:8443${path}`,
      `https://${url.host}:443${path}`,
      `https://${url.host}.${path}`,
      `https://${url.host.toUpperCase()}${path}`,
      `HTTPS://${url.host}${path}`,
      ` https://${url.host}${path}`,
      `https://${url.host}${path}\n`,
      `https://evil${url.host.replace(/^[^.]+/, "")}x${path}`,
      `https://${url.host.replace(/\./g, "-")}.example${path}`,
      `https://${url.host}${path}?a=b`,
      `https://${url.host}${path}#a`,
      `https://${url.host}${path}//`,
    ];
    expect(alike.filter((one) => presetOf(one) !== undefined)).toEqual([]);
  });

  test.each([
    "https://login.microsoftonline.com.evil.example/3f6c1d8e-52a4-4b7d-9c0e-8a1f2b3c4d5e/v2.0",
    "https://evil-login.microsoftonline.com/3f6c1d8e-52a4-4b7d-9c0e-8a1f2b3c4d5e/v2.0",
    "https://acme.okta.com.evil.example",
    "https://acme.okta.com.evil.example/oauth2/default",
    "https://acmeokta.com",
    "https://okta.com",
    "https://a.b.okta.com",
    "https://auth0.com/",
    "https://acme.eu.auth0.com.evil.example/",
    "https://accounts.google.com.evil.example",
    "https://xaccounts.google.com",
    "https://cognito-idp.eu-central-1.amazonaws.com.evil.example/pool",
    "https://acme.onelogin.com.evil.example/oidc/2",
    "https://oauth.id.jumpcloud.com.evil.example/",
    "https://acme.my.salesforce.com.evil.example",
    "",
    "https://",
    "nonsense",
  ])("%j", (issuer) => {
    expect(presetOf(issuer)).toBeUndefined();
  });

  test.each([
    "http://id.tannberg.example/realms/staff",
    "https://id.tannberg.example/realms/staff/protocol/openid-connect/auth",
    "https://id.tannberg.example/realms/",
    "https://id.tannberg.example/?x=/realms/staff",
    "https://id.tannberg.example/#/realms/staff",
    "https://user@id.tannberg.example/realms/staff",
    "https://ID.tannberg.example/realms/staff",
    "http://id.acme.example/application/o/portal/",
    "https://id.acme.example/application/o/",
    "http://sts.acme.example/adfs",
    "https://sts.acme.example/adfs2",
    "https://sts.acme.example/ADFS",
  ])("a path that is not quite one: %s", (issuer) => {
    expect(presetOf(issuer)).toBeUndefined();
  });
});

describe("a named preset", () => {
  test("wins over what the issuer tells, and over nothing", () => {
    expect(presetOf("https://id.tannberg.example/realms/staff", "hydra")?.name).toBe("hydra");
    expect(presetOf("https://sso.aldervoss.example", "pingfederate")?.name).toBe("pingfederate");
    expect(presetOf("https://sso.aldervoss.example")).toBeUndefined();
  });

  test("is nobody's when there is none of that name", () => {
    for (const name of ["keycloack", "", "Okta", "constructor", "__proto__"]) {
      expect(presetOf("https://acme.okta.com", name)).toBeUndefined();
    }
  });

  test.each(presetNames)("%s finds its own data", (name) => {
    expect(presetOf("", name)?.name).toBe(name);
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });
});

describe("mistaken issuers", () => {
  test.each([
    ["https://acme-admin.okta.com", "admin console"],
    ["https://acme-admin.okta.com/admin/dashboard", "admin console"],
    [`https://sts.windows.net/${directory}/`, "version 1"],
    [`https://login.microsoftonline.com/${directory}`, "no version"],
    ["https://login.microsoftonline.com/acme.onmicrosoft.example/v2.0", "by a domain"],
    ["https://manage.auth0.com/dashboard/eu/acme", "dashboard"],
    ["https://oauth2.googleapis.com", "another address of Google"],
    ["https://acme.auth.eu-central-1.amazoncognito.com", "sign-in pages"],
    [`https://auth.pingone.eu/${directory}`, "lacks the end"],
    ["https://openid-connect.onelogin.com/oidc", "version 1"],
    ["https://acme.onelogin.com", "lacks the end"],
    ["https://acme.lightning.force.com", "user interface"],
    ["https://console.jumpcloud.com", "admin portal"],
    ["https://sts.acme.example/adfs/services/trust", "another address of AD FS"],
    ["https://id.acme.example/admin/staff/console/", "admin console"],
  ])("%s", (issuer, words) => {
    expect(issuerMistake(issuer)?.message).toContain(words);
  });

  test.each([
    "https://acme-admin.okta.com.evil.example",
    "http://acme-admin.okta.com",
    `https://login.microsoftonline.com.evil.example/${directory}`,
    "https://admin.acme.example",
    "https://id.acme.example/admin",
  ])("not %s", (issuer) => {
    expect(issuerMistake(issuer)).toBeUndefined();
  });

  test("what a path suggests gives way to a named preset, what a host says does not", () => {
    const path = "https://id.acme.example/admin/staff/console/";
    expect(issuerMistake(path, "oidc-provider")).toBeUndefined();
    expect(issuerMistake(path, "keycloak")).toBeDefined();
    expect(issuerMistake("https://acme-admin.okta.com", "oidc-provider")).toBeDefined();
  });

  test.each([
    ["https://login.microsoftonline.com/common/v2.0", "common"],
    ["https://login.microsoftonline.us/organizations/v2.0", "organizations"],
    ["https://sts.windows.net/common/", "common"],
    ["https://login.microsoftonline.com.evil.example/common/v2.0", undefined],
    ["https://login.microsoftonline.com/commonwealth/v2.0", undefined],
  ])("the placeholder in %s is %s", (issuer, word) => {
    expect(placeholderOfIssuer(issuer)).toBe(word);
  });

  test("what a document names tells its version or its placeholder", () => {
    expect(namedIssuerHint("https://login.microsoftonline.com/{tenantid}/v2.0")).toContain("directory's own id");
    expect(namedIssuerHint(`https://sts.windows.net/${directory}/`)).toContain("/v2.0");
    expect(namedIssuerHint("https://id.acme.example")).toBeUndefined();
  });
});

describe("secrets that are none", () => {
  test.each([
    ["entra-id", directory, "Secret ID"],
    ["entra-id", directory.toUpperCase(), "Secret ID"],
    ["okta", "0oa1b2c3d4E5f6G7h8i9", "client id"],
    ["google", "482917365012-q7v3m9x2k5t8w4z6.apps.googleusercontent.com", "client id"],
    ["keycloak", "********", "masked placeholder"],
    ["entra-id", "•••••••••", "masked placeholder"],
    [undefined, "xxxxxxxx", "masked placeholder"],
  ])("at %s: %s", (name, value, words) => {
    expect(secretTrap(presetOf("", name), value)?.hint).toContain(words);
  });

  test.each([
    // A GUID is a secret like any other where the product does not number its secrets.
    ["keycloak", directory],
    ["cognito", directory],
    [undefined, directory],
    ["entra-id", "Abc8Q~d3f4-G5h6.i7J8k9L0m1N2o3P4q5R6s7T8"],
    ["okta", "Zx8_kQ2mP9qLw4rTnB7vZc5hYs8dFj3gQa1eXk2m"],
    ["google", "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"],
    ["keycloak", ""],
  ])("not at %s: %s", (name, value) => {
    expect(secretTrap(presetOf("", name), value)).toBeUndefined();
  });
});

test("scopes that end a sign-in", () => {
  const instead = (name: string, scope: string) => refusedScope(presetOf("", name), scope);
  expect(instead("entra-id", "groups")).toEqual({
    instead: expect.stringContaining("Token configuration"),
    error: " (AADSTS650053)",
  });
  expect(instead("google", "offline_access")?.instead).toContain("access_type: offline");
  expect(instead("google", "groups")).toBeDefined();
  expect(instead("okta", "groups")).toBeUndefined();
  expect(instead("entra-id", "offline_access")).toBeUndefined();
  expect(instead("google", "constructor")).toBeUndefined();
  expect(refusedScope(undefined, "groups")).toBeUndefined();
});

test.each([
  ["okta", "groups", ["groups"]],
  ["okta-custom", "groups", ["groups"]],
  ["entra-id", "roles", []],
  ["keycloak", ["realm_access", "roles"], []],
  ["cognito", "cognito:groups", []],
  ["siemens-sam", "sws.samauth.role.name", ["sam_account", "samauth.role", "samauth.tier", "samauth.ten"]],
  ["authentik", "groups", []],
])("roles at %s stand in %j", (name, claim, scopes) => {
  expect(rolesOf(presetOf("", name))).toMatchObject({ claim, scopes });
});

test("roles at a product where each customer names the claim", () => {
  expect(rolesOf(presetOf("", "auth0"))).toBeUndefined();
  expect(rolesOf(presetOf("", "google"))).toBeUndefined();
  expect(rolesOf(undefined)).toBeUndefined();
});

describe("the data holds together", () => {
  test.each(presets.map((preset) => [preset.name, preset] as const))("%s", (_, preset) => {
    const { issuer, clientAuth, probes, claims, groups, sources } = preset;
    expect(issuer.patterns.length > 0).toBe(issuer.certainty !== "none");
    // A pattern without both ends lets look-alikes in; a sticky or global one forgets what it saw.
    for (const { source, flags } of [
      ...issuer.patterns,
      ...(issuer.mistakes ?? []).map(({ pattern }) => pattern),
      ...(issuer.placeholder === undefined ? [] : [issuer.placeholder]),
    ]) {
      expect(source).toMatch(/^\^https:\\?\/\\?\//);
      expect(flags).not.toMatch(/[gy]/);
    }
    for (const { source } of issuer.patterns) expect(source).toMatch(/\$$/);
    expect(clientAuth.takes).toContain(clientAuth.default);
    expect(groups.scopeRefused === true && groups.scope !== undefined).toBe(false);
    for (const claim of [claims.externalId, claims.email, claims.displayName, groups.claim]) {
      expect(claims.never ?? []).not.toContain(claim);
    }
    // Whoever reads a fact can see whether anybody confirmed it.
    const marks = [clientAuth.mark, ...Object.values(probes.answers).map(({ mark }) => mark)];
    if (marks.includes("unconfirmed")) expect(sources.some((source) => /^Unconfirmed: /.test(source))).toBe(true);
    expect(preset.places.redirectUri).toBeDefined();
    expect(preset.places.secret).toBeDefined();
    for (const note of Object.values(preset.notes)) expect(note).toMatch(/^[A-Za-z/].*\.$/);
    for (const quirk of preset.quirks) expect(quirk).toMatch(/\.$/);
  });
});
