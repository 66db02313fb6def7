import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import * as oidc from "openid-client";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Verdict } from "../../src/store/evidence.ts";
import {
  clientId,
  clientSecret,
  discoveryDocument,
  html,
  issuer,
  json,
  type Misbehaviour,
  type Provider,
  type Reply,
  redirect,
  redirectUri,
  startProvider,
} from "./provider.ts";
import { check, verify } from "./subject.ts";

// What the library of many apps accepts and refuses, beside what our checks say of the same provider. Where the library
// accepts and we do not, sign-ins would work with this library and break with another one, or break later.

let provider: Provider;
let agent: Agent;
let reach: oidc.CustomFetch;
beforeAll(async () => {
  provider = await startProvider();
  const connector = buildConnector({ ca: provider.authority.ca });
  agent = new Agent({
    connect: (target, done) =>
      connector({ ...target, hostname: "127.0.0.1", port: String(provider.port), servername: target.hostname }, done),
  });
  reach = ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher: agent })) as oidc.CustomFetch;
});
afterAll(async () => {
  await agent.close();
  await provider.close();
});

/** The code of whatever was thrown, or what caused it; undefined when nothing was. */
async function codeOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return String((error as { code?: unknown }).code ?? (error as Error).name);
  }
}

const discover = (server: string): Promise<oidc.Configuration> =>
  oidc.discovery(new URL(server), clientId, undefined, oidc.ClientSecretPost(clientSecret), {
    [oidc.customFetch]: reach,
  });

const rename = (to: string) => (document: Record<string, unknown>) => ({ ...document, issuer: to });
const withMember = (changes: Record<string, unknown>) => (document: Record<string, unknown>) => ({
  ...document,
  ...changes,
});

interface Row {
  readonly name: string;
  readonly issuer?: string;
  readonly discovery: NonNullable<Misbehaviour["discovery"]>;
  /** Code of the library; undefined: it accepts. */
  readonly theirs: string | undefined;
  /** What we say, and where. */
  readonly ours: readonly [check: string, verdict: Verdict, code?: string];
}

const notConform = "OAUTH_RESPONSE_IS_NOT_CONFORM";
const differs = "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED";

const rows: readonly Row[] = [
  { name: "a sound document", discovery: (document) => document, theirs: undefined, ours: ["D3", "pass"] },
  {
    name: "an issuer that differs in a slash of its path",
    issuer: `${issuer}/o/app`,
    discovery: rename(`${issuer}/o/app/`),
    theirs: differs,
    ours: ["D3", "fail", "VERIFY_ISSUER_DIFFERS"],
  },
  {
    name: "an issuer with a query",
    discovery: rename(`${issuer}?tenant=1`),
    theirs: differs,
    ours: ["D3", "fail", "VERIFY_ISSUER_DIFFERS"],
  },
  {
    name: "an issuer of another host",
    discovery: rename("https://other.example"),
    theirs: differs,
    ours: ["D3", "fail", "VERIFY_ISSUER_DIFFERS"],
  },
  {
    // ID tokens carry the document's spelling, and other libraries compare bytes.
    name: "an issuer that differs in the slash after its host",
    discovery: rename(`${issuer}/`),
    theirs: undefined,
    ours: ["D3", "fail", "VERIFY_ISSUER_DIFFERS"],
  },
  {
    name: "an issuer that differs in the case of its scheme and host",
    discovery: rename("HTTPS://IDP.example"),
    theirs: undefined,
    ours: ["D3", "fail", "VERIFY_ISSUER_DIFFERS"],
  },
  {
    // Given the document's own URL, the library compares nothing at all.
    name: "the URL of a document that names a foreign issuer",
    issuer: `${issuer}/.well-known/openid-configuration`,
    discovery: rename("https://evil.example"),
    theirs: undefined,
    ours: ["D3", "inconclusive", "VERIFY_NOT_RUN"],
  },
  {
    name: "Entra ID's common, whose document names a placeholder",
    issuer: "https://login.microsoftonline.com/common/v2.0",
    discovery: rename("https://login.microsoftonline.com/{tenantid}/v2.0"),
    theirs: undefined,
    ours: ["D3", "fail", "VERIFY_ISSUER_DIFFERS"],
  },
  {
    name: "a document with nothing but an issuer",
    discovery: () => json(200, { issuer }),
    theirs: undefined,
    ours: ["D5", "fail", "VERIFY_METADATA_MISSING"],
  },
  {
    name: "a token endpoint over http",
    discovery: withMember({ token_endpoint: "http://idp.example/token" }),
    theirs: undefined,
    ours: ["D6", "fail", "VERIFY_ENDPOINT_INVALID"],
  },
  {
    name: "a token endpoint over ftp",
    discovery: withMember({ token_endpoint: "ftp://idp.example/token" }),
    theirs: undefined,
    ours: ["D6", "fail", "VERIFY_ENDPOINT_INVALID"],
  },
  {
    name: "an authorization endpoint that is a script",
    discovery: withMember({ authorization_endpoint: "javascript:alert(1)" }),
    theirs: undefined,
    ours: ["D6", "fail", "VERIFY_ENDPOINT_INVALID"],
  },
  {
    // In the code flow the library never fetches keys, so it does not miss them.
    name: "a document without a key set",
    discovery: withMember({ jwks_uri: undefined }),
    theirs: undefined,
    ours: ["D5", "fail", "VERIFY_METADATA_MISSING"],
  },
  {
    name: "no document",
    discovery: () => html(404, "no"),
    theirs: notConform,
    ours: ["D1", "fail", "VERIFY_DISCOVERY_MISSING"],
  },
  {
    name: "a document that is created",
    discovery: (document) => json(201, document),
    theirs: notConform,
    ours: ["D1", "fail", "VERIFY_DISCOVERY_MISSING"],
  },
  {
    name: "a document behind a redirect",
    discovery: () => redirect("https://www.idp.example/.well-known/openid-configuration", 301),
    theirs: notConform,
    ours: ["D1", "fail", "VERIFY_DISCOVERY_REDIRECTED"],
  },
  {
    name: "a document as plain text",
    discovery: (document) => ({
      status: 200,
      headers: { "content-type": "text/plain" },
      body: JSON.stringify(document),
    }),
    theirs: undefined,
    // A warning: other libraries refuse it.
    ours: ["D1", "fail", "VERIFY_DISCOVERY_CONTENT_TYPE"],
  },
  {
    name: "a page in place of the document",
    discovery: () => html(200, "sign in"),
    theirs: "OAUTH_RESPONSE_IS_NOT_JSON",
    ours: ["D1", "fail", "VERIFY_DISCOVERY_NOT_JSON"],
  },
  {
    // The library reads whatever size comes; the app's memory pays for it.
    name: "a document of 3 MB",
    discovery: withMember({ padding: "x".repeat(3_000_000) }),
    theirs: undefined,
    ours: ["D1", "inconclusive", "VERIFY_ANSWER_TOO_LARGE"],
  },
];

describe("what the library makes of a document", () => {
  test.each(rows)("$name", async ({ issuer: configured = issuer, discovery, theirs, ours: [id, verdict, code] }) => {
    // An issuer may have a path; the stand-in knows only one.
    const other: Misbehaviour["other"] = ({ path }) => {
      const said = /^(?!\/\.well-known).*\/\.well-known\/openid-configuration$/.test(path)
        ? discovery(discoveryDocument())
        : html(404, "");
      return "raw" in said || typeof said.status === "number" ? (said as Reply) : json(200, said);
    };
    provider.behave({ discovery, other });
    expect(await codeOf(() => discover(configured))).toBe(theirs);
    provider.behave({ discovery, other });
    const found = check(await verify(provider, { issuer: configured }), id);
    expect([id, found.verdict, found.code], found.message).toEqual([id, verdict, code]);
  });

  test("http is refused by both", async () => {
    expect(await codeOf(() => discover("http://idp.example"))).toBe("OAUTH_HTTP_REQUEST_FORBIDDEN");
    expect(check(await verify(provider, { issuer: "http://idp.example" }), "D4").verdict).toBe("fail");
  });
});

const signing = generateKeyPairSync("rsa", { modulusLength: 2048 });
const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwkOf = (key: KeyObject, changes: Record<string, unknown> = {}) => ({
  ...key.export({ format: "jwk" }),
  ...{ kid: "k1", use: "sig", alg: "RS256" },
  ...changes,
});

const now = (): number => Math.floor(Date.now() / 1_000);

interface SignIn {
  readonly keys?: readonly unknown[];
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  /** Whether the app asked the library to look at signatures. */
  readonly signatures?: boolean;
  readonly document?: Record<string, unknown>;
  /** `iss` of the authorization response. */
  readonly iss?: string;
  readonly auth?: oidc.ClientAuth;
}

/** Exchanges a code by the library at a provider that issues this ID token; the library's refusal. */
async function signIn({ keys, claims, header, signatures, document, iss, auth }: SignIn): Promise<string | undefined> {
  const token = await new SignJWT({ nonce: "n-0123456789", ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "k1", ...header })
    .setIssuer(issuer)
    .setSubject("person")
    .setAudience(clientId)
    .setIssuedAt((claims?.iat as number | undefined) ?? now())
    .setExpirationTime((claims?.exp as number | undefined) ?? now() + 300)
    .sign(signing.privateKey);
  provider.behave({
    discovery: withMember(document ?? {}),
    jwks: () => ({ keys: keys ?? [jwkOf(signing.publicKey)] }),
    token: () => json(200, { access_token: "at", token_type: "Bearer", id_token: token }),
  });
  const configuration = await oidc.discovery(new URL(issuer), clientId, undefined, auth ?? oidc.ClientSecretPost("s"), {
    [oidc.customFetch]: reach,
    ...(signatures === false ? {} : { execute: [oidc.enableNonRepudiationChecks] }),
  });
  const back = new URL(`${redirectUri}?code=abc${iss === undefined ? "" : `&iss=${encodeURIComponent(iss)}`}`);
  return codeOf(() =>
    oidc.authorizationCodeGrant(configuration, back, {
      expectedNonce: "n-0123456789",
      pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    }),
  );
}

const invalid = "OAUTH_INVALID_RESPONSE";
const noKey = "OAUTH_KEY_SELECTION_FAILED";

describe("what the library makes of keys", () => {
  test.each<[string, SignIn, string | undefined, Row["ours"]]>([
    ["one sound key", {}, undefined, ["K1", "pass"]],
    [
      "one key without a name",
      { keys: [jwkOf(signing.publicKey, { kid: undefined })], header: { kid: undefined } },
      undefined,
      ["K1", "pass"],
    ],
    [
      "a key of a kind that nobody knows beside a sound one",
      { keys: [{ kty: "NEW", kid: "n" }, jwkOf(signing.publicKey)] },
      undefined,
      ["K1", "pass"],
    ],
    ["two keys of one name", { keys: [jwkOf(signing.publicKey), jwkOf(other.publicKey)] }, noKey, ["K4", "fail"]],
    ["a key for encryption only", { keys: [jwkOf(signing.publicKey, { use: "enc" })] }, noKey, ["K1", "fail"]],
    ["a key for another algorithm", { keys: [jwkOf(signing.publicKey, { alg: "PS256" })] }, noKey, ["K1", "fail"]],
    ["no key", { keys: [] }, noKey, ["K1", "fail", "VERIFY_KEYS_MISSING"]],
    ["a key of 1024 bits", { keys: [jwkOf(weak.publicKey)] }, "OAUTH_UNSUPPORTED_OPERATION", ["K3", "fail"]],
    [
      "keys of somebody else",
      { keys: [jwkOf(other.publicKey)] },
      invalid,
      // Which key will sign cannot be known before somebody signs in.
      ["K1", "pass"],
    ],
    ["no key, where signatures are not asked for", { keys: [], signatures: false }, undefined, ["K1", "fail"]],
  ])("%s", async (_, fixture, theirs, [id, verdict, code]) => {
    expect(await signIn(fixture)).toBe(theirs);
    const keys = fixture.keys ?? [jwkOf(signing.publicKey)];
    provider.behave({ jwks: () => ({ keys }) });
    const found = check(await verify(provider), id);
    expect([id, found.verdict], found.message).toEqual([id, verdict]);
    if (code !== undefined) expect(found.code).toBe(code);
  });
});

describe("what the library makes of times, which nobody can see before a sign-in", () => {
  test.each<[string, Record<string, unknown>, boolean]>([
    ["a token that ran out 20 s ago", { exp: now() - 20 }, true],
    ["a token that ran out 60 s ago", { exp: now() - 60 }, false],
    ["a token that is valid in 60 s", { nbf: now() + 60 }, false],
    // Other libraries look at it: that is why T2 compares the clocks.
    ["a token issued in ten minutes", { iat: now() + 600 }, true],
  ])("%s", async (_, claims, accepted) => {
    expect((await signIn({ claims })) === undefined).toBe(accepted);
  });
});

describe("what the library makes of answers", () => {
  const advertised = { authorization_response_iss_parameter_supported: true };

  test("an issuer in the authorization response that is wrong, or missing though announced, is refused by both", async () => {
    expect(await signIn({ document: advertised, iss: issuer })).toBeUndefined();
    expect(await signIn({ document: advertised, iss: `${issuer}/` })).toBe(invalid);
    expect(await signIn({ document: advertised })).toBe(invalid);
    provider.behave({
      discovery: withMember(advertised),
      authorize: ({ query }, usual) => {
        const reply = usual();
        const location = "headers" in reply ? reply.headers?.location : undefined;
        if (location === undefined || query.get("prompt") !== "none") return reply;
        return redirect(
          location.replace(`iss=${encodeURIComponent(issuer)}`, `iss=${encodeURIComponent(`${issuer}/`)}`),
        );
      },
    });
    expect((await verify(provider)).verdict).toBe("fail");
  });

  test("a challenge hides the error from the app's eyes, not from ours", async () => {
    const refused = json(401, { error: "invalid_client" }, { "www-authenticate": 'Basic error="invalid_client"' });
    provider.behave({ token: () => refused });
    const configuration = await discover(issuer);
    const error: unknown = await oidc
      .authorizationCodeGrant(configuration, new URL(`${redirectUri}?code=abc`))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "WWWAuthenticateChallengeError" });
    expect((error as { error?: string }).error).toBeUndefined();
    provider.behave({ token: () => refused });
    expect(check(await verify(provider), "S1")).toMatchObject({ verdict: "fail" });
  });

  test("a secret goes by post when nobody says how, though Basic is the default of OpenID Connect", async () => {
    provider.behave({ token: () => json(400, { error: "invalid_grant" }) });
    const configuration = await oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      [oidc.customFetch]: reach,
    });
    await codeOf(() => oidc.authorizationCodeGrant(configuration, new URL(`${redirectUri}?code=abc`)));
    const sent = provider.seen.find(({ path }) => path === "/token");
    expect([sent?.form.get("client_secret"), sent?.headers.authorization]).toEqual([clientSecret, undefined]);
  });

  test("Basic encodes more than it must in the library, and means the same client", async () => {
    const id = "3f2b-aa_b.c~d";
    const pairOf = (header: string | null | undefined): string =>
      Buffer.from((header ?? "").replace("Basic ", ""), "base64").toString();
    const idOf = (pair: string): string => new URLSearchParams(`id=${pair.split(":")[0] ?? ""}`).get("id") ?? "";
    const headers = new Headers();
    oidc.ClientSecretBasic("s")({ issuer }, { client_id: id }, new URLSearchParams(), headers);
    const theirs = pairOf(headers.get("authorization"));
    expect(theirs).toBe("3f2b%2Daa%5Fb%2Ec%7Ed:s");
    provider.behave();
    await verify(provider, { clientId: id });
    const sent = provider.seen.flatMap(({ headers: { authorization } }) => authorization ?? []);
    expect(sent.length).toBeGreaterThan(0);
    for (const header of sent) expect(idOf(pairOf(header))).toBe(idOf(theirs));
  });
});
