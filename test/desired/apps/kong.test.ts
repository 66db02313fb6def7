import { describe, expect, test } from "vitest";
import { kongHeader, kongKind } from "../../../src/desired/apps/kong.ts";
import { deckKong, kong, signIn, use, type WriteOptions } from "../../app/kong/place.ts";

/** What is wrong, each with its place. */
function findings(app = kong(), options: WriteOptions = {}): readonly string[] {
  return kongKind.audit(use(app, options)).map(({ in: where, path, code }) => `${where} ${path.join(".")} ${code}`);
}

const template = `\${{ env "DECK_ADMIN_TOKEN" }}`;

describe("what a Kong gateway cannot express", () => {
  test("nothing, of what is said by default", () => {
    expect(findings()).toEqual([]);
    expect(findings(deckKong())).toEqual([]);
  });

  test("a connection that does not say what the plugin is on", () => {
    const { entry: _entry, ...rest } = use(kong());
    expect(kongKind.audit({ ...rest, entry: {} })).toMatchObject([{ in: "entry", path: [], code: "RULE_APP_ENTRY" }]);
  });

  test("everything of a workspace that is not named", () => {
    expect(findings(kong(), { entry: { global: true } })).toEqual(["entry kong.global RULE_APP_ENTRY"]);
    expect(findings(kong(), { entry: { global: true, workspace: "partner" } })).toEqual([]);
  });

  test("another workspace in one decK file", () => {
    const entry = { route: "a", workspace: "partner" };
    expect(findings(deckKong(), { entry })).toEqual(["entry kong.workspace RULE_APP_ENTRY"]);
    expect(findings(deckKong({ workspace: "partner" }), { entry })).toEqual([]);
  });

  test("a field that the gateway's version does not have", () => {
    const entry = { route: "a", config: { consumer_claims: [["sub"]] } };
    expect(findings(kong({ version: "3.12" }), { entry })).toEqual([
      "entry kong.config.consumer_claims RULE_APP_ENTRY",
    ]);
    expect(findings(kong(), { entry })).toEqual([]);
  });

  test.each<[string, NonNullable<WriteOptions["signIn"]>, string]>([
    ["a demand on another claim than hd", { require: { tenant: "x" } }, "signIn require.tenant RULE_APP_CANNOT"],
    [
      "a group with a space, which Kong reads as two",
      { roles: { claim: "groups", map: { "all staff": "member" } } },
      "signIn roles.map.all staff RULE_APP_CANNOT",
    ],
    ["a claim that names no header", { claims: { "e mail": "email" } }, "signIn claims.e mail RULE_APP_CANNOT"],
    ["a reference to a vault", { extraParams: { a: "{vault://env/x}" } }, "signIn extraParams.a RULE_APP_CANNOT"],
    ["one in a scope", { scopes: ["openid", "{vault://env/x}"] }, "signIn scopes.1 RULE_APP_CANNOT"],
    ["one in a client id", { external: { clientId: "{vault://env/x}" } }, "signIn external.clientId RULE_APP_CANNOT"],
  ])("%s", (_what, signedIn, finding) => {
    expect(findings(kong(), { signIn: signedIn })).toEqual([finding]);
  });

  test("two claims in one header", () => {
    const app = kong({ headers: { email: "X-Who", externalId: "x-who" } });
    expect(findings(app)).toEqual(["signIn claims.email RULE_APP_CANNOT"]);
  });

  test("a nested claim before 3.14", () => {
    const signedIn = { claims: { email: ["custom", "mail"] } };
    expect(findings(kong({ version: "3.13" }), { signIn: signedIn })).toEqual(["signIn claims.email RULE_APP_CANNOT"]);
    expect(findings(kong(), { signIn: signedIn })).toEqual([]);
  });

  test("a group with a space where everybody has a role", () => {
    const roles = { claim: "groups", map: { "all staff": "member" }, default: "member" };
    expect(findings(kong(), { signIn: { roles } })).toEqual([]);
  });

  test("a private key in a file", () => {
    const signedIn = { clientAuth: "private_key_jwt" } as const;
    const clientAuth = ["private_key_jwt"];
    expect(findings(deckKong({ clientAuth }), { signIn: signedIn })).toEqual(["signIn clientAuth RULE_APP_CANNOT"]);
    const config = { client_jwk: [{ kty: "EC", d: "{vault://env/key}" }] };
    expect(findings(deckKong({ clientAuth, config }), { signIn: signedIn })).toEqual([]);
  });

  test.each<[string, WriteOptions, string]>([
    ["a scope", { signIn: { scopes: ["openid", template] } }, "signIn scopes.1 RULE_APP_CANNOT"],
    ["a value asked for", { signIn: { acrValues: [template] } }, "signIn acrValues.0 RULE_APP_CANNOT"],
    ["a parameter", { signIn: { extraParams: { a: template } } }, "signIn extraParams.a RULE_APP_CANNOT"],
    ["a claim", { signIn: { claims: { email: ["a", template] } } }, "signIn claims.email.1 RULE_APP_CANNOT"],
    ["a demand", { signIn: { require: { hd: template } } }, "signIn require.hd RULE_APP_CANNOT"],
    ["a client id", { signIn: { external: { clientId: template } } }, "signIn external.clientId RULE_APP_CANNOT"],
    ["a route", { entry: { route: template } }, "entry kong.route RULE_APP_CANNOT"],
    [
      "a field",
      { entry: { route: "a", config: { login_redirect_uri: [template] } } },
      "entry kong.config.login_redirect_uri.0 RULE_APP_CANNOT",
    ],
  ])("template code of decK in %s, where decK reads it", (_what, options, finding) => {
    expect(findings(deckKong(), options)).toEqual([finding]);
    expect(findings(kong(), options)).toEqual([]);
  });
});

describe("what there is to know of a connection", () => {
  test("its settings, with the secret by reference", () => {
    const app = deckKong({ secretReference: { deckEnvironment: "DECK_{app}_{tenant}" }, logout: "/{tenant}/logout" });
    expect(kongKind.target(use(app, { signIn: { roles: { claim: "groups", map: { b: "x", a: "y" } } } }))).toEqual({
      workspace: "default",
      on: "route api-whiterabbit",
      enabled: true,
      clientSecret: `\${{ env "DECK_GATEWAY_WHITERABBIT" }}`,
      groups: { claim: ["groups"], required: ["a", "b"] },
      logout: { path: "/whiterabbit/logout", redirect: ["https://gateway.acme.example/goodbye"] },
      config: {},
    });
  });

  test("no sign-out where the sign-in wants none", () => {
    const app = kong({ logout: "/{tenant}/logout" });
    expect(kongKind.target(use(app, { signIn: { logout: { endSession: false } } }))).toMatchObject({ logout: null });
  });

  test("one plugin on one route, and one secret in one place", () => {
    const app = kong({ secretReference: { vault: "env/sso-{tenant}" } });
    expect(kongKind.unique(use(app))).toEqual([
      { name: "route api-whiterabbit of workspace default", path: ["kong", "route"] },
      { name: "secret {vault://env/sso-whiterabbit}", path: [] },
    ]);
  });

  test("how the secret gets there, and what a write touches", () => {
    const secretReference = { vault: "hcv/sso/{tenant}/secret" };
    expect([kongKind.secret(kong()), kongKind.lockScope(kong())]).toEqual(["written", "record"]);
    expect([kongKind.secret(deckKong()), kongKind.lockScope(deckKong())]).toEqual(["byHand", "app"]);
    const sink = kong({ secretReference, secretSink: "vault:kv/sso/{tenant}#secret" });
    expect(kongKind.secret(sink)).toBe("sink");
  });

  test("what a person does besides", () => {
    const steps = (app = kong(), options: WriteOptions = {}): readonly string[] =>
      kongKind
        .manualSteps(use(app, options))
        .map(({ when, text, command }) => `${when}: ${text}${command === undefined ? "" : ` (${command})`}`);
    expect(steps()).toEqual([]);
    expect(steps(deckKong())).toEqual([
      "before: Give decK the client secret of whiterabbit as DECK_SSO_WHITERABBIT",
      "after: Bring kong/sso.yaml to the gateway (deck gateway sync kong/sso.yaml)",
    ]);
    expect(steps(kong({ secretReference: { vault: "env/{tenant}" } }))).toEqual([
      "before: Put the client secret of whiterabbit where the gateway reads `{vault://env/whiterabbit}`",
    ]);
    expect(
      steps(kong(), {
        signIn: { roles: { claim: "groups", map: { admins: "admin", staff: "staff" }, default: "staff" } },
      }),
    ).toEqual([
      "before: Let the app behind take its roles from the header x-user-roles, which holds the provider's groups: admins is admin",
    ]);
    expect(steps(deckKong({ clientAuth: ["none"] }), { signIn: signIn({ clientAuth: "none" }) })).toHaveLength(1);
  });

  test("the headers of claims", () => {
    const app = kong({ headers: { email: "X-Mail" } });
    expect(["email", "displayName", "roles", "e-mail", "constructor"].map((claim) => kongHeader(app, claim))).toEqual([
      "x-mail",
      "x-user-display-name",
      "x-user-roles",
      undefined,
      "x-user-constructor",
    ]);
  });
});
