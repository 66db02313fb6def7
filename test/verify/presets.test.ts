import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { presetNames, presetOf } from "../../src/desired/preset.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import { toEvidence, type Verification } from "../../src/verify/verify.ts";
import { back, html, json, type Provider, type Reply, redirect, redirectUri, type Seen } from "./provider.ts";
import { check, subjectWith, verify } from "./subject.ts";
import type { VendorShape } from "./vendor-replies.ts";
import { behaviourOf, type RegisteredClient, startVendors } from "./vendor-server.ts";
import { vendors } from "./vendor-shapes.ts";

const secret = "s3cr3t-canary-value";
const sound: RegisteredClient = { redirectUris: [redirectUri], method: "client_secret_post", secret };

const okta = vendors.okta as VendorShape;
const invalidGrant = json(400, { error: "invalid_grant" });
const invalidClient = json(401, { error: "invalid_client" });
const signInPage = () => html(200, '<form><input id="userNameInput"><input id="passwordInput"></form>');

/** Products that are in no other test: another server of Okta, and one that ignores prompt=none. */
const others = {
  "okta-custom": {
    ...okta,
    issuer: "https://acme.okta.com/oauth2/default",
    authorization: "https://acme.okta.com/oauth2/default/v1/authorize",
    token: "https://acme.okta.com/oauth2/default/v1/token",
  },
  adfs: {
    issuer: "https://sts.acme.example/adfs",
    authorization: "https://sts.acme.example/adfs/oauth2/authorize/",
    token: "https://sts.acme.example/adfs/oauth2/token/",
    clientId: "2f7c1d8e-52a4-4b7d-9c0e-8a1f2b3c4d5e",
    registered: signInPage,
    unregistered: () => html(200, "MSIS9224: Received invalid OAuth authorization request."),
    unknownClient: () => html(200, "MSIS9223: Received invalid OAuth authorization request."),
    badCode: invalidGrant,
    badSecret: invalidClient,
    noCredential: invalidClient,
  },
} satisfies Readonly<Record<string, VendorShape>>;

/** Whose shape it is, and whether the issuer alone tells. */
const shapes: readonly (readonly [preset: string, shape: VendorShape, told: boolean])[] = [
  ["okta", okta, true],
  ["okta-custom", others["okta-custom"], true],
  ["auth0", vendors.auth0 as VendorShape, true],
  ["auth0", vendors["auth0 with an error page of its own"] as VendorShape, true],
  ["entra-id", vendors["entra id"] as VendorShape, true],
  ["google", vendors.google as VendorShape, true],
  ["google", vendors["google, with its page of status 200"] as VendorShape, true],
  ["cognito", vendors.cognito as VendorShape, true],
  ["keycloak", vendors.keycloak as VendorShape, true],
  ["hydra", vendors.hydra as VendorShape, false],
  ["oidc-provider", vendors["oidc-provider"] as VendorShape, false],
  ["pingfederate", vendors.pingfederate as VendorShape, false],
];

let provider: Provider;
beforeAll(async () => {
  provider = await startVendors([...shapes.map(([, shape]) => shape), others.adfs, dex]);
});
afterAll(() => provider.close());

function subjectOf(shape: VendorShape, changes: Partial<VerifySubject> = {}): Partial<VerifySubject> {
  return {
    issuer: shape.issuer,
    clientId: shape.clientId,
    clientAuth: "client_secret_post",
    secret: { value: new Secret(secret), copy: "record" },
    console: undefined,
    ...changes,
  };
}

function proof(
  shape: VendorShape,
  client: Partial<RegisteredClient> = {},
  changes: Partial<VerifySubject> = {},
): Promise<Verification> {
  provider.behave(behaviourOf(shape, { ...sound, ...client }));
  return verify(provider, subjectOf(shape, changes));
}

/** dex looks at a request without openid, and at no other while nobody is signed in. */
const dex: VendorShape = {
  issuer: "https://dex.acme.example/dex",
  authorization: "https://dex.acme.example/dex/auth",
  token: "https://dex.acme.example/dex/token",
  clientId: "portal",
  registered: signInPage,
  unregistered: () => html(400, "Unregistered redirect_uri."),
  unknownClient: () => html(400, "Invalid client_id provided."),
  badCode: invalidGrant,
  badSecret: invalidClient,
  noCredential: invalidClient,
};

describe.each(shapes)("%s", (name, shape, told) => {
  const preset = presetOf("", name);
  const named = told ? {} : { preset: name };

  test("its own answers pass, and the evidence names it", async () => {
    const verification = await proof(shape, {}, named);
    expect(verification.verdict).toBe("pass");
    expect(verification.preset).toBe(name);
    const io = { clock: () => Date.UTC(2026, 0, 1), ranFrom: "runner.example" };
    expect(toEvidence(subjectWith(subjectOf(shape, named)), verification, "f", io).preset).toBe(name);
    // A note stands beside what is not as it should be, and nowhere else.
    const noted = verification.checks.filter(({ note }) => note !== undefined);
    expect(noted.filter(({ verdict }) => verdict === "pass" || verdict === "skipped")).toEqual([]);
  });

  test("named in the file it is the same", async () => {
    const verification = await proof(shape, {}, { preset: name });
    expect([verification.verdict, verification.preset]).toEqual(["pass", name]);
  });

  test("a redirect URI that is not registered: its place and its note", async () => {
    const { verdict, hint, note } = check(await proof(shape, { redirectUris: [] }, named), "P1");
    expect(verdict).toBe("fail");
    expect(hint).toContain(`redirect URI to register: ${redirectUri} at client ${shape.clientId}`);
    expect(hint).toContain(`(${preset?.places.redirectUri})`);
    expect(note).toBe(preset?.notes.P1);
  });

  test("a wrong secret: its place and its note", async () => {
    const { verdict, hint, note } = check(await proof(shape, { secret: "another" }, named), "S1");
    expect(verdict).toBe("fail");
    expect(hint).toContain(`(${preset?.places.secret})`);
    expect(note).toBe(preset?.notes.S1);
  });

  test("what was pasted in place of the secret is said", async () => {
    const value = "********";
    const masked = { secret: { value: new Secret(value), copy: "record" as const } };
    expect(check(await proof(shape, {}, { ...named, ...masked }), "S1").hint).toBe(
      `What was handed over is a masked placeholder; copy the secret's value itself (${preset?.places.secret}).`,
    );
  });
});

test("every preset with a shape here has one, and the others answer in ways that nobody has confirmed", () => {
  const shown = new Set([...shapes.map(([name]) => name), "adfs", "dex"]);
  for (const name of presetNames.filter((one) => !shown.has(one))) {
    expect(presetOf("", name)?.probes.promptNone).toBe("unknown");
  }
});

test("AD FS ignores prompt=none: inconclusive, with the note for whoever is on call", async () => {
  const verification = await proof(others.adfs);
  expect(verification.preset).toBe("adfs");
  expect(verification.verdict).toBe("inconclusive");
  const { verdict, note } = check(verification, "P1");
  expect([verdict, note]).toEqual(["inconclusive", presetOf("", "adfs")?.notes.P1]);
  expect(check(await proof(others.adfs, { redirectUris: [] }), "P1").verdict).not.toBe("pass");
});

test("dex is proven by the one fault that it tells", async () => {
  const behaviour = behaviourOf(dex, sound);
  const answer = (one: Seen): Reply => {
    const uri = one.query.get("redirect_uri") ?? "";
    const asksForIdentity = one.query.get("scope")?.split(" ").includes("openid") === true;
    if (!one.path.startsWith("/dex/auth") || uri !== redirectUri || asksForIdentity) {
      return behaviour.other?.(one) ?? { status: 404 };
    }
    return redirect(back(uri, { error: "invalid_scope", state: one.query.get("state") ?? "" }), 303);
  };
  provider.behave({ ...behaviour, authorize: answer, other: answer });
  const verification = await verify(provider, subjectOf(dex, { preset: "dex" }));
  expect([verification.verdict, verification.preset]).toEqual(["pass", "dex"]);
  expect(check(verification, "P4").evidence).toMatchObject({ fault: "omit-openid" });
});

test("Entra ID: a GUID as secret is the Secret ID, elsewhere it is a secret like any other", async () => {
  const value = "3f6c1d8e-52a4-4b7d-9c0e-8a1f2b3c4d5e";
  const guid = { secret: { value: new Secret(value), copy: "record" as const } };
  const hint = async (shape: VendorShape) => check(await proof(shape, {}, guid), "S1").hint;
  expect(await hint(vendors["entra id"] as VendorShape)).toMatch(/^What was handed over looks like the Secret ID; /);
  expect(await hint(vendors.keycloak as VendorShape)).not.toContain("Secret ID");
});

test("Entra ID: no broken request is sent unless asked for", async () => {
  const entra = vendors["entra id"] as VendorShape;
  const silent: VendorShape = { ...entra, registered: signInPage, unregistered: signInPage };
  const sent = async (alarmingProbes: boolean): Promise<number> => {
    provider.behave(behaviourOf(silent, sound));
    const before = provider.seen.length;
    await verify(provider, subjectOf(silent), { alarmingProbes });
    return provider.seen
      .slice(before)
      .filter(({ query, path }) => path.includes("/authorize") && query.get("response_type") !== "code").length;
  };
  expect(await sent(false)).toBe(0);
  expect(await sent(true)).toBeGreaterThan(0);
});

test("our own console stays, whatever the preset says", async () => {
  const console = { redirectUri: "Our console: Redirects", secret: "Our console: Secrets" };
  const verification = await proof(okta, { redirectUris: [], secret: "another" }, { console });
  expect(check(verification, "P1").hint).toContain("(Our console: Redirects)");
  expect(check(verification, "S1").hint).toContain("(Our console: Secrets)");
});

test("nobody's issuer has no preset, no place and no note", async () => {
  const { pingfederate } = vendors as { readonly pingfederate: VendorShape };
  const verification = await proof(pingfederate, { redirectUris: [] });
  expect(verification.preset).toBeUndefined();
  expect(check(verification, "P1").hint).not.toContain("(");
  expect(check(verification, "P1").note).toBeUndefined();
});
