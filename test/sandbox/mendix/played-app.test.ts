import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CustomerClient } from "../../../sandbox/external/customer-client.ts";
import type { CustomerName } from "../../../sandbox/external/customers.ts";
import { type Configuration, configurationOf, customSet, ownSet } from "../../../sandbox/mendix/configuration.ts";
import { ParserMissing, rolesOf } from "../../../sandbox/mendix/roles.ts";
import type { MendixEntry } from "../../../src/tenant/apps/mendix.ts";
import type { SignIn } from "../../../src/tenant/tenant.ts";
import { writeOf } from "../../app/mendix/place.ts";
import { carrierPlace } from "../../app/mendix/places.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { Visitor } from "../../support/visitor.ts";

const shared = sharedSandbox();
const base = "https://service.acme.example";
const login = `${base}/oauth/v2/login`;

let visitor: Visitor;
beforeEach(() => {
  visitor = new Visitor(shared.sandbox);
  mendix().app.sets = [ownSet];
  mendix().app.requiredAcr = undefined;
  mendix().app.accounts.clear();
});
afterEach(() => visitor.close());

function mendix() {
  return shared.sandbox.standIns.mendix;
}

interface Wanted {
  readonly provider?: CustomerName;
  readonly entry?: MendixEntry;
  readonly signIn?: Partial<SignIn>;
  readonly tenant?: string;
  readonly secret?: string;
  readonly endSession?: string;
}

/** Constants of one tenant, written by us for a client at the customer's own provider. */
async function write(place: ReturnType<typeof carrierPlace>, wanted: Wanted = {}): Promise<CustomerClient> {
  const { provider = "tannberg", entry, tenant = "tannberg", endSession } = wanted;
  const owner = shared.sandbox.providers[provider];
  const client = owner.register({ method: "client_secret_basic", redirectUris: [`${base}/oauth/v2/callback`] });
  const adapter = await place.adapter();
  const signIn = { clientAuth: client.method as never, ...wanted.signIn };
  await adapter.write(
    writeOf(place.app, {
      ...(entry === undefined ? {} : { entry }),
      ...{ signIn, tenant, secret: wanted.secret ?? client.secret ?? "" },
      change: { issuer: owner.issuer, clientId: client.clientId },
      discovery: {
        issuer: owner.issuer,
        authorizationEndpoint: "",
        tokenEndpoint: "",
        jwksUri: "",
        endSessionEndpoint: endSession,
      },
    }),
  );
  return client;
}

async function started(wanted: Wanted = {}): Promise<CustomerClient> {
  const client = await write(carrierPlace("deployApi", shared.sandbox), wanted);
  mendix().restart();
  return client;
}

describe("a sign-in", () => {
  test("by the constants that we wrote, once the app has started again (B4, B6, B21, B22)", async () => {
    const place = carrierPlace("deployApi", shared.sandbox);
    mendix().restart();
    await write(place);
    expect((await visitor.ask(login)).status, "before the restart nothing has changed").toBe(404);
    mendix().restart();
    const begun = await visitor.ask(login);
    expect(begun.status).toBe(302);
    const asked = new URL(begun.headers.get("location") ?? "").searchParams;
    expect([...asked.keys()].sort()).toEqual([
      "client_id",
      "code_challenge",
      "code_challenge_method",
      "nonce",
      "redirect_uri",
      "response_type",
      "scope",
      "state",
    ]);
    expect(asked.get("redirect_uri")).toBe(`${base}/oauth/v2/callback`);
    const shown = await visitor.signIn(login, "admin@tannberg.example");
    expect(shown.status).toBe(200);
    expect(shown.text).toContain("by tannberg");
  });

  test("an account is made of sub, name and email (B23)", async () => {
    await started();
    await visitor.signIn(login, "admin@tannberg.example");
    const [account] = [...mendix().app.accounts.values()];
    expect(account).toMatchObject({ fullName: "Test Admin", email: "admin@tannberg.example", alias: "tannberg" });
    expect(account?.name).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("userinfo instead of the ID token, where the constant says so (B24)", async () => {
    await started({ entry: { userParsing: "userInfo" } });
    const before = shared.sandbox.standIns.mendix.app.accounts.size;
    await visitor.signIn(login, "admin@tannberg.example");
    expect(mendix().app.accounts.size).toBe(before + 1);
    expect([...mendix().app.accounts.values()][0]?.email).toBe("admin@tannberg.example");
  });

  test("nobody new without AllowcreateUsers (B24)", async () => {
    await started({ signIn: { provision: { create: false, update: true } } });
    const shown = await visitor.signIn(login, "admin@tannberg.example");
    expect([shown.status, shown.text.includes("You have no account here.")]).toEqual([403, true]);
  });

  test("the default role of the constant (B15)", async () => {
    await started({ entry: { users: { role: "Planner" } } });
    expect((await visitor.signIn(login, "admin@tannberg.example")).text).toContain("(Planner)");
  });

  test("form_post brings the answer in a body", async () => {
    await started({ signIn: { responseMode: "form_post" } });
    const begun = await visitor.ask(login);
    expect(new URL(begun.headers.get("location") ?? "").searchParams.get("response_mode")).toBe("form_post");
    expect(begun.headers.get("set-cookie")).toContain("SameSite=None");
  });

  test("restricted to an acr that the ID token must hold (B38)", async () => {
    await started();
    mendix().app.requiredAcr = "a-factor-that-nobody-has";
    expect((await visitor.signIn(login, "admin@tannberg.example")).status).toBe(403);
  });

  test("signing out ends at the identity provider just when the constant says where (B37)", async () => {
    await started({ signIn: { logout: { endSession: false } } });
    await visitor.signIn(login, "admin@tannberg.example");
    expect((await visitor.ask(`${base}/logout`)).headers.get("location")).toBe("/");
    const end = `${shared.sandbox.providers.tannberg.issuer}/protocol/openid-connect/logout`;
    await started({ endSession: end });
    await visitor.signIn(login, "admin@tannberg.example");
    const left = await visitor.ask(`${base}/logout`);
    expect(left.headers.get("location")?.startsWith(`${end}?id_token_hint=`)).toBe(true);
    expect((await visitor.ask(base)).text).toContain("Sign in");
  });
});

describe("several identity providers", () => {
  async function two(): Promise<void> {
    const { production, app } = mendix();
    const place = carrierPlace("deployApi", shared.sandbox);
    for (const name of [...production.constants.keys()].filter((each) => /^(OIDC|UserCommons)\./.test(each))) {
      production.add(`Sso.Northwind_${name.split(".")[1]}`);
    }
    app.sets = [ownSet, customSet("Sso.Northwind_{name}")];
    await write(place);
    const entry = { constants: "Sso.Northwind_{name}" };
    await write(place, {
      entry,
      tenant: "northwind",
      provider: "northwind-rail",
      signIn: { clientAuth: "client_secret_basic" },
    });
    mendix().restart();
  }

  test("are a page to choose from; a link that names one goes straight there (B1, B26, B36)", async () => {
    await two();
    expect(mendix().app.aliases).toEqual(["tannberg", "northwind"]);
    const page = await visitor.ask(login);
    expect(page.status).toBe(200);
    expect(page.text).toContain('href="/oauth/v2/login?idp=tannberg"');
    expect(page.text).toContain('href="/oauth/v2/login?idp=northwind"');
    const straight = await visitor.ask(`${login}?idp=northwind`);
    expect(straight.headers.get("location")).toMatch(/^https:\/\/login\.microsoftonline\.com\//);
    expect((await visitor.ask(`${login}?idp=nobody`)).status).toBe(404);
  });

  test("off is one of them alone, after the restart", async () => {
    await two();
    const adapter = await carrierKeeping();
    await adapter.disable("tannberg/service" as never);
    mendix().restart();
    expect(mendix().app.aliases).toEqual(["northwind"]);
    expect((await visitor.ask(login)).headers.get("location")).toMatch(/microsoftonline/);
    expect(mendix().app.log.at(-1)).toMatch(
      /^no configuration: OIDC\.ClientID, OIDC\.AutomaticConfigurationURL, OIDC\.ClientSecret is blank$/,
    );
  });

  /** An adapter on what is there, without making the settings new. */
  async function carrierKeeping() {
    const { production } = mendix();
    const constants = [...production.constants.values()].map((each) => ({ ...each }));
    const place = carrierPlace("deployApi", shared.sandbox);
    for (const { name, dataType, value, deployed } of constants) {
      production.add(name, dataType, value);
      const constant = production.constants.get(name);
      if (constant !== undefined) constant.deployed = deployed;
    }
    return place.adapter();
  }
});

test("each ACR value is one more way in, and is asked for (B17)", async () => {
  await started({ signIn: { acrValues: ["one", "two"] } });
  const page = await visitor.ask(login);
  expect(page.text.match(/<li>/g)).toHaveLength(3);
  const chosen = await visitor.ask(`${login}?idp=tannberg&acr=two`);
  expect(new URL(chosen.headers.get("location") ?? "").searchParams.get("acr_values")).toBe("two");
  expect((await visitor.ask(`${login}?idp=tannberg&acr=three`)).status).toBe(400);
});

describe("what goes wrong is told as the module's documentation has it (B39)", () => {
  test("not assigned: access_denied at the authorization endpoint", async () => {
    await started();
    const begun = await visitor.ask(login);
    const state = new URL(begun.headers.get("location") ?? "").searchParams.get("state") ?? "";
    const shown = await visitor.ask(`${base}/oauth/v2/callback?error=access_denied&state=${state}`);
    expect([shown.status, shown.headers.get("x-oidc-error")]).toEqual([400, "access_denied"]);
    expect(mendix().app.log.at(-1)).toBe("handleAuthorization: Authorization code missing, error = access_denied");
  });

  test("a wrong secret: 401 invalid_client at the token endpoint", async () => {
    await started({ secret: "wrong" });
    const shown = await visitor.signIn(login, "admin@tannberg.example");
    expect(shown.text).toContain("Unable to get access token");
    expect(mendix().app.log.at(-1)).toMatch(/^Unable to get access token: 401 (invalid_client|unauthorized_client)$/);
  });

  test("a parser that is not there", async () => {
    await started({ entry: { tokenProcessing: "Sso.CustomATP_Missing" } });
    const shown = await visitor.signIn(login, "admin@tannberg.example");
    expect(shown.text).toContain("Authentication failed!");
    expect(mendix().app.log.at(-1)).toBe(
      "Custom microflow implementation should be required to process Access_token roles",
    );
  });

  test("an answer that was not begun in this browser", async () => {
    await started();
    expect((await visitor.ask(`${base}/oauth/v2/callback?code=x&state=y`)).status).toBe(400);
  });
});

describe("the app's API", () => {
  const me = async (token?: string) =>
    shared.fetch(
      "service.acme.example",
      "/rest/me",
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );

  test("a bearer token of one of the identity providers is its account; any other is nobody (B27, B28)", async () => {
    await started();
    await visitor.signIn(login, "admin@tannberg.example");
    const [token = ""] = mendix().app.accessTokens;
    const [account] = [...mendix().app.accounts.keys()];
    const answer = await me(token);
    expect([answer.status, await answer.json()]).toEqual([200, { account, roles: [] }]);
    expect((await me()).status).toBe(401);
    expect((await me("not-a-token")).status).toBe(401);
  });

  test("the app keeps somebody's tokens and refreshes them, when offline_access was asked for (B14, B29)", async () => {
    await started({ signIn: { scopes: ["openid", "profile", "email", "offline_access"] } });
    await visitor.signIn(login, "admin@tannberg.example");
    const [before] = mendix().app.accessTokens;
    expect((await visitor.ask(`${base}/refresh`, {})).status).toBe(200);
    const [after] = mendix().app.accessTokens;
    expect(after).toBeDefined();
    expect(after).not.toBe(before);
    expect((await shared.fetch("service.acme.example", "/refresh", { method: "POST" })).status).toBe(401);
  });
});

describe("roles of a token", () => {
  const of = (customAtp: string, defaultRole = ""): Configuration => {
    const made = configurationOf(
      {
        "OIDC.ClientID": "c",
        "OIDC.ClientAlias": "a",
        "OIDC.ClientSecret": "s",
        "OIDC.AutomaticConfigurationURL": "https://id.example/.well-known/openid-configuration",
        "OIDC.CustomATP": customAtp,
        "UserCommons.Userrole": defaultRole,
      },
      ownSet,
      base,
    );
    if (typeof made === "string") throw new Error(made);
    return made;
  };
  const guid = "c1c31b36-2779-4ddd-a6e7-eaff22ad382c";

  test("Entra ID: names and GUIDs of `roles` (B30)", () => {
    const atp = "OIDC.Default_Azure_TokenProcessing_CustomATP";
    expect(rolesOf(of(atp), { roles: [guid, "Planner", "Unknown"] })).toEqual(["Administrator", "Planner"]);
    expect(rolesOf(of(atp, "User"), { roles: ["Planner"] })).toEqual(["Planner", "User"]);
  });

  test("Siemens SAM: an unknown role is `User` (B31)", () => {
    const atp = "OIDC.Default_SAM_TokenProcessing_CustomATP";
    expect(rolesOf(of(atp), { "sws.samauth.role.name": [guid] })).toEqual(["Administrator"]);
    expect(rolesOf(of(atp), { "sws.samauth.role.name": ["nothing"] })).toEqual(["User"]);
  });

  test("Mendix' OIDC Provider: scopes that are called as a role (B32)", () => {
    const atp = "OIDC.Default_OIDCProvider_TokenProcessing_CustomATP";
    expect(rolesOf(of(atp), { scope: `openid Planner ${guid}` })).toEqual(["Planner", "Administrator"]);
  });

  test("a microflow that nobody has written (B39)", () => {
    expect(() => rolesOf(of("Sso.CustomATP_X"), {})).toThrow(ParserMissing);
  });

  test.each([
    ["OIDC.ClientSecret", "no configuration: OIDC.ClientSecret is blank"],
    ["OIDC.ClientAlias", "no configuration: OIDC.ClientAlias is blank"],
  ])("without %s there is no configuration (B8)", (name, message) => {
    const all: Record<string, string> = {
      "OIDC.ClientID": "c",
      "OIDC.ClientAlias": "a",
      "OIDC.ClientSecret": "s",
      "OIDC.AutomaticConfigurationURL": "https://id.example/.well-known/openid-configuration",
    };
    expect(configurationOf({ ...all, [name]: "" }, ownSet, base)).toBe(message);
    expect(configurationOf({ ...all, "OIDC.AutomaticConfigurationURL": "https://id.example" }, ownSet, base)).toMatch(
      /no well-known URL$/,
    );
  });
});
