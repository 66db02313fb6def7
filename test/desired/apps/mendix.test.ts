import { describe, expect, test } from "vitest";
import { mendixKind } from "../../../src/desired/apps/mendix.ts";
import { constantVariable, mountedConstant } from "../../../src/desired/apps/mendix-steps.ts";
import { type MendixEntry, mendixEntry } from "../../../src/tenant/apps/mendix.ts";
import type { SignIn } from "../../../src/tenant/tenant.ts";
import { appOf, useOf } from "../../app/mendix/place.ts";
import { carrierOf } from "../../app/mendix/places.ts";

const app = (module = "4.7", more: Readonly<Record<string, unknown>> = {}) =>
  appOf({ carrier: carrierOf("deployApi"), module, ...more });

/** What is wrong, each with its place. */
function findings(entry: MendixEntry, signIn: Partial<SignIn> = {}, module = "4.7"): readonly string[] {
  return mendixKind
    .audit(useOf(app(module), entry, signIn))
    .map(({ in: place, path, code, message }) => `${place} ${path.join(".")} ${code}: ${message}`);
}

const wrongEntry = (entry: unknown): readonly string[] =>
  (mendixEntry.safeParse(entry).error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`);

describe("what a tenant's block may say", () => {
  test("a parser's name contains CustomATP (B11, B33)", () => {
    const message =
      "tokenProcessing must be `entra`, `sam`, `oidcProvider`, or a microflow `Module.Name` whose name contains `CustomATP`";
    expect(wrongEntry({ tokenProcessing: "Sso.CustomATP_Roles" })).toEqual([]);
    expect(wrongEntry({ tokenProcessing: "Sso.Roles" })).toEqual([message]);
    expect(wrongEntry({ tokenProcessing: "CustomATP.Roles" })).toEqual([message]);
  });

  test("a provisioning microflow begins with UC_CustomProvisioning (B15)", () => {
    expect(wrongEntry({ users: { provisioning: "Sso.UC_CustomProvisioning_All" } })).toEqual([]);
    expect(wrongEntry({ users: { provisioning: "Sso.Provision" } })).toEqual([
      "users.provisioning must be a microflow whose name begins with `UC_CustomProvisioning`",
    ]);
  });

  test("constants are names of the model, or a template of them (B1)", () => {
    const message =
      "constants must be a template such as `Sso.Whiterabbit_{name}`, or a map of the module's names to the app's, such as `ClientID: Sso.WhiterabbitClient`";
    expect(wrongEntry({ constants: "Sso.Whiterabbit_{name}" })).toEqual([]);
    expect(wrongEntry({ constants: { ClientID: "Sso.Client" } })).toEqual([]);
    expect(wrongEntry({ constants: "Sso.Whiterabbit" })).toEqual([message]);
    expect(wrongEntry({ constants: { ClientId: "Sso.Client" } })).toEqual([`constants Unrecognized key: "ClientId"`]);
    expect(wrongEntry({ constants: { ClientID: "client" } })).toEqual([
      "constants.ClientID must be a name of the model, `Module.Name`",
    ]);
  });
});

describe("what a connection sets besides the model", () => {
  test.each([
    ["2.3", { CustomATP: "", SelectedClaim: "", UserProvisioningFlow: "Standard OIDC" }],
    [
      "3.0",
      {
        CustomATP: "",
        SelectedClaim: "",
        UserParsing: "OIDC_CustomUserParsing_Standard",
        PrincipalIdPAttribute: "sub",
      },
    ],
    [
      "4.7",
      {
        CustomATP: "",
        SelectedClaim: "",
        UserParsing: "OIDC_CustomUserParsing_Standard",
        PrincipalIdPAttribute: "sub",
      },
    ],
  ])("module %s: the names and defaults of that version (B15, B41)", (module, options) => {
    expect(mendixKind.target(useOf(app(module)))).toEqual({ ClientAlias: "whiterabbit", options });
  });

  test("every option is a constant (B8, B13, B14, B15, B24)", () => {
    const entry: MendixEntry = {
      alias: "Rabbit",
      tokenProcessing: "Sso.CustomATP_Roles",
      tokenType: "id",
      userParsing: "userInfo",
      selectedClaims: ["auth_time", "created_at"],
      authenticationToken: true,
      keyExpirationDays: 30,
      keySetTimeouts: { connect: 500, read: 900 },
      audienceValidation: false,
      users: {
        entity: "Sso.Person",
        attribute: "Login",
        namedIdentifier: "email",
        role: "Planner",
        type: "External",
        provisioning: "Sso.UC_CustomProvisioning",
      },
    };
    const signIn = { claims: { externalId: "oid", email: "email", displayName: "name" } };
    expect(mendixKind.target(useOf(app(), entry, signIn))).toEqual({
      ClientAlias: "Rabbit",
      options: {
        CustomATP: "Sso.CustomATP_Roles",
        CustomATPTokenType: "ID-TOKEN",
        KeyPair_ExpirationDays: "30",
        SelectedClaim: "auth_time created_at",
        UserParsing: "OIDC_CustomUserParsing_UserInfo",
        UseAuthenticationToken: "true",
        JWKConnectTimeout: "500",
        JWKReadTimeout: "900",
        EnableAudienceValidation: "false",
        CustomUserEntity: "Sso.Person",
        PrincipalEntityAttribute: "Login",
        PrincipalIdPAttribute: "oid",
        NamedUserIdentifier: "email",
        Userrole: "Planner",
        UserType: "External",
        CustomUserProvisioning: "Sso.UC_CustomProvisioning",
      },
    });
    expect(findings(entry, signIn)).toEqual([]);
  });

  test.each([
    ["entra", "OIDC.Default_Azure_TokenProcessing_CustomATP"],
    ["sam", "OIDC.Default_SAM_TokenProcessing_CustomATP"],
    ["oidcProvider", "OIDC.Default_OIDCProvider_TokenProcessing_CustomATP"],
  ])("the parser `%s` is %s (B11, B30, B31, B32)", (tokenProcessing, CustomATP) => {
    expect(mendixKind.target(useOf(app(), { tokenProcessing }))).toMatchObject({ options: { CustomATP } });
  });

  test("the app's own settings are in every record (B41)", () => {
    const more = { nonceCookieSameSite: "None", allowedHosts: ["a.example", ".b.example"], disableMxAdmin: true };
    expect(mendixKind.target(useOf(app("4.7", more)))).toMatchObject({
      options: {
        "OIDC.NonceCookieSameSite": "None",
        "OIDC.EnableMultiDomainSupport": "true",
        "OIDC.AllowedHosts": "a.example .b.example",
        "UserCommons.DisableMxAdmin": "true",
      },
    });
  });

  test("a record for callers of the API alone has its mandatory constants and no more", () => {
    const entry = { clientGrantOnly: true, tokenProcessing: "entra" };
    expect(mendixKind.target(useOf(app(), entry))).toEqual({
      ClientAlias: "whiterabbit",
      options: { CustomATP: "OIDC.Default_Azure_TokenProcessing_CustomATP", IsClientGrantOnly: "true" },
    });
    expect(findings({ clientGrantOnly: true })).toEqual([
      "entry mendix.clientGrantOnly RULE_APP_ENTRY: `clientGrantOnly` needs `tokenProcessing`: CustomATP is mandatory for callers of the API",
    ]);
  });
});

describe("what cannot be expressed is a finding with its place", () => {
  const constant = (path: string, name: string, since: string, module: string): string =>
    `entry mendix.${path} RULE_APP_ENTRY: the constant ${name} is there from version ${since} of the module on, and this app's is ${module}`;

  test.each([
    [{ tokenType: "id" as const }, "4.2", constant("tokenType", "CustomATPTokenType", "4.3", "4.2")],
    [{ keyExpirationDays: 9 }, "4.0", constant("keyExpirationDays", "KeyPair_ExpirationDays", "4.1", "4.0")],
    [{ audienceValidation: true }, "4.6", constant("audienceValidation", "EnableAudienceValidation", "4.7", "4.6")],
    [{ users: { role: "User" } }, "2.4", constant("users.role", "Userrole", "3.0", "2.4")],
  ])("%j with module %s (B41)", (entry, module, message) => {
    expect(findings(entry, {}, module)).toEqual([message]);
  });

  test("of module 2.x: PKCE off, no new accounts, another principal (B3)", () => {
    const signIn: Partial<SignIn> = {
      pkce: "off",
      provision: { create: false, update: true },
      claims: { externalId: "oid", email: "email", displayName: "name" },
    };
    expect(findings({}, signIn, "2.4")).toEqual([
      "signIn pkce RULE_APP_CANNOT: version 2.4 of the module decides by itself whether to use PKCE",
      "signIn provision.create RULE_APP_CANNOT: version 2.4 of the module makes accounts, and no constant stops that",
      "signIn claims.externalId RULE_APP_CANNOT: version 2.4 of the module knows people by `sub`",
    ]);
    expect(findings({}, signIn, "3.0")).toEqual([]);
  });

  test("accounts that are not updated, a nested principal, a space in a list", () => {
    const signIn: Partial<SignIn> = {
      provision: { create: true, update: false },
      claims: { externalId: ["a", "b"], email: "email", displayName: "name" },
      acrValues: ["one two"],
    };
    expect(findings({}, signIn)).toEqual([
      "signIn provision.update RULE_APP_CANNOT: the module updates people's accounts at each sign-in, and no constant stops that",
      "signIn claims.externalId RULE_APP_CANNOT: PrincipalIdPAttribute takes the name of a claim, not a path into one",
      "signIn acrValues.0 RULE_APP_CANNOT: the constant lists its values with spaces between them, so none can hold one",
    ]);
  });

  test("roles without a parser, of another claim, under another name, by scopes (B30, B31, B32)", () => {
    const roles = (claim: string, map: Record<string, string> = {}) => ({ roles: { claim, map } });
    expect(findings({}, roles("roles", { Admin: "Admin" }))[0]).toMatch(/names none$/);
    expect(findings({ tokenProcessing: "entra" }, roles("groups"))[0]).toMatch(/reads the claim `roles`$/);
    expect(findings({ tokenProcessing: "entra" }, roles("roles", { admins: "Administrator" }))[0]).toMatch(
      /`admins` cannot become `Administrator`$/,
    );
    const uuid = { "c1c31b36-2779-4ddd-a6e7-eaff22ad382c": "Administrator", Planner: "Planner" };
    expect(findings({ tokenProcessing: "entra" }, roles("roles", uuid))).toEqual([]);
    expect(findings({ tokenProcessing: "oidcProvider" }, roles("roles"))[0]).toMatch(/scopes give the roles/);
    expect(findings({ tokenProcessing: "Sso.CustomATP_Any" }, roles("groups", { admins: "Administrator" }))).toEqual(
      [],
    );
    // The default role alone is a constant.
    expect(findings({}, { roles: { claim: "roles", map: {}, default: "User" } })).toEqual([]);
  });

  test("Siemens SAM without its four scopes (B31)", () => {
    const scopes = ["openid", "sam_account", "samauth.role", "samauth.tier"];
    expect(findings({ tokenProcessing: "sam" }, { scopes })).toEqual([
      "signIn scopes RULE_APP_CANNOT: the module's microflow for `sam` needs the scopes sam_account, samauth.role, samauth.tier, samauth.ten",
    ]);
    expect(findings({ tokenProcessing: "sam" }, { scopes: [...scopes, "samauth.ten"] })).toEqual([]);
  });

  test("a map that lacks what the connection sets, takes the module's own, or names one twice (B1)", () => {
    const whole = {
      ClientID: "Sso.A",
      ClientAlias: "Sso.B",
      ClientSecret: "Sso.C",
      AutomaticConfigurationURL: "Sso.D",
      SelectedScope: "Sso.E",
      SessionEndPoint: "Sso.F",
    };
    expect(findings({ constants: whole })).toEqual([]);
    expect(findings({ constants: { ClientID: "Sso.A" } })).toEqual([
      "entry mendix.constants RULE_APP_ENTRY: `constants` names none for ClientAlias, AutomaticConfigurationURL, ClientSecret, SelectedScope, SessionEndPoint, which this connection sets",
    ]);
    expect(findings({ constants: { ...whole, ClientID: "OIDC.ClientID" } })[0]).toMatch(
      /^entry mendix.constants.ClientID RULE_APP_ENTRY: OIDC.ClientID is the module's own constant/,
    );
    expect(findings({ constants: { ...whole, ClientID: "Sso.B" } })).toEqual([
      "entry mendix.constants.ClientAlias RULE_APP_ENTRY: Sso.B cannot be both ClientID and ClientAlias",
    ]);
    expect(findings({ constants: { ...whole, UserProvisioningFlow: "Sso.G" } })).toEqual([
      "entry mendix.constants.UserProvisioningFlow RULE_APP_ENTRY: version 4.7 of the module has no UserProvisioningFlow",
    ]);
    expect(findings({ constants: "OIDC.{name}" })[0]).toMatch(/OIDC.ClientID is the module's own constant/);
  });
});

describe("names that are one connection's alone (B1)", () => {
  const names = (entry: MendixEntry, tenant?: string) => mendixKind.unique(useOf(app(), entry, {}, tenant));

  test("two connections without `constants` clash on the module's own set, and on nothing else", () => {
    const [one, two] = [names({}), names({}, "northwind")];
    const shared = one.filter(({ name }) => two.some((other) => other.name === name));
    expect(shared).toEqual([{ name: "constant set OIDC", path: [] }]);
  });

  test("a set of its own clashes with no other; each name of a map has its place", () => {
    const [one, two] = [names({}), names({ constants: "Sso.Northwind_{name}" }, "northwind")];
    expect(one.filter(({ name }) => two.some((other) => other.name === name))).toEqual([]);
    expect(names({ constants: { ClientID: "Sso.Client" } })).toEqual([
      { name: "constant Sso.Client", path: ["mendix", "constants", "ClientID"] },
      { name: "alias whiterabbit", path: [] },
    ]);
  });

  test("one alias for two is a clash, at its place", () => {
    expect(names({ alias: "Rabbit" })).toContainEqual({ name: "alias Rabbit", path: ["mendix", "alias"] });
  });
});

describe("what a person does besides", () => {
  const steps = (entry: MendixEntry = {}, signIn: Partial<SignIn> = {}, of = app()) =>
    mendixKind.manualSteps(useOf(of, entry, signIn)).map(({ when, text }) => `${when}: ${text}`);

  test("a restart after each change, whatever brings the constants (B6)", () => {
    const restart = (of: ReturnType<typeof app>) => steps({}, {}, of).at(-1);
    expect(restart(app())).toBe(
      "after: restart the app service (environment Production) in the Mendix Portal: constants are read when it starts",
    );
    expect(restart(appOf({ carrier: carrierOf("environment MX") }))).toBe(
      "after: give the app service the variables in service.env and restart it: constants are read when it starts",
    );
    expect(restart(appOf({ carrier: carrierOf("kubernetes") }))).toBe(
      "after: apply service.yaml to the cluster and restart the app service: constants are read when it starts",
    );
  });

  test.each([
    ["2.4", "OIDC.Startup"],
    ["3.0", "OIDC.Startup"],
    ["3.1", "OIDC.ASU_OIDC_Startup"],
  ])("module %s: %s is wired into the start (B7)", (module, microflow) => {
    expect(steps({}, {}, app(module))[0]).toContain(`see that ${microflow} runs`);
  });

  test("a constant in Mendix Cloud is masked (B18)", () => {
    expect(steps()).toContain(
      "before: mark the constant OIDC.ClientSecret of service as private, with export level Hidden",
    );
  });

  test("with a sink the app gets its secret from there, under the name that the runtime reads (B18)", () => {
    const secretSink = "vault:kv/sso/{tenant}#client_secret";
    const encryptionKey = "env:KEY";
    const kubernetes = appOf({ carrier: carrierOf("kubernetes", false), secretSink, encryptionKey });
    expect(steps({}, {}, kubernetes).filter((step) => /secret|key/.test(step))).toEqual([
      "before: let the app service have its secret from vault:kv/sso/{tenant}#client_secret as mx-const-OIDC.ClientSecret into what its secret store mounts (in Azure Key Vault the secret is mx-const-OIDC-ClientSecret)",
      "before: let the app service have its encryption key as mx-const-OIDC.Encryptionkey into what its secret store mounts (in Azure Key Vault the secret is mx-const-OIDC-Encryptionkey)",
    ]);
    const environment = appOf({ carrier: carrierOf("environment MX", false), secretSink });
    expect(steps({}, {}, environment)).toContain(
      "before: let the app service have its secret from vault:kv/sso/{tenant}#client_secret as MX_OIDC_ClientSecret into its environment",
    );
    expect(mountedConstant("OIDC.ClientSecret")).toEqual({
      key: "mx-const-OIDC.ClientSecret",
      azure: "mx-const-OIDC-ClientSecret",
    });
    expect(constantVariable("OIDC.ClientSecret")).toBe("MX_OIDC_ClientSecret");
  });

  test("several identity providers need the app's own microflow (B1)", () => {
    expect(steps({ constants: "Sso.Rabbit_{name}" })).toContain(
      "before: let the microflow Custom_CreateIdPConfiguration of service return an identity provider made of Sso.Rabbit_ClientAlias and the constants beside it",
    );
  });

  test("Entra ID: an API scope, unless one is requested or the roles are in the ID token (B34)", () => {
    const entra = (entry: MendixEntry, scopes = ["openid", "email"]) =>
      steps({ tokenProcessing: "entra", ...entry }, { scopes }).some((step) => step.includes("Microsoft Graph"));
    expect(entra({})).toBe(true);
    expect(entra({ tokenType: "id" })).toBe(false);
    expect(entra({}, ["openid", "api://service/access"])).toBe(false);
  });

  test("claims that the module does not map by itself, and roles of a parser of the app's (B23)", () => {
    expect(steps({}, {}).filter((step) => step.includes("map the claim"))).toEqual([]);
    const claims = { externalId: "sub", email: "upn", displayName: ["profile", "name"] };
    expect(steps({}, { claims })).toContain(
      "before: map the claims of whiterabbit on the admin page of service: upn to email, profile > name to displayName",
    );
    const roles = { claim: "groups", map: { admins: "Administrator" } };
    expect(steps({ tokenProcessing: "Sso.CustomATP_Any" }, { roles })).toContain(
      "before: let the microflow Sso.CustomATP_Any map the claim groups: admins to Administrator",
    );
  });

  test("private_key_jwt: where the keys are; audience validation: what it needs", () => {
    expect(steps({}, { clientAuth: "private_key_jwt" })).toContain(
      "before: let the identity provider read the app's keys at https://service.acme.example/oauth/v2/jwks/whiterabbit",
    );
    expect(steps({ audienceValidation: true })).toContain(
      "before: set Resource path and Expected audience of whiterabbit on the app's admin page",
    );
  });
});
