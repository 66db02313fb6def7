import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { notCoveredBy } from "../../src/cli/not-covered.ts";
import { proofTable } from "../../src/cli/proof-text.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import { plain } from "../../src/plan/paint.ts";
import type { Evidence } from "../../src/store/evidence.ts";
import type { ExplicitEndpoints } from "../../src/tenant/tenant.ts";
import { discover, toEvidence, type Verification } from "../../src/verify/verify.ts";
import {
  html,
  issuer,
  json,
  type Misbehaviour,
  type Provider,
  publicJwk,
  redirect,
  startProvider,
} from "./provider.ts";
import { check, idsOf, ioOf, subjectWith, verify } from "./subject.ts";

const endpoints: ExplicitEndpoints = {
  authorization: `${issuer}/authorize`,
  token: `${issuer}/token`,
  jwks: `${issuer}/keys`,
  userinfo: `${issuer}/userinfo`,
  endSession: `${issuer}/logout`,
  introspection: `${issuer}/introspect`,
};

/** A provider whose discovery document is behind a firewall. */
const walled = { discovery: () => html(403, "Access denied") };

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());
beforeEach(() => provider.behave(walled));

test("a client is proven without a discovery document, and what reads one is skipped with the reason", async () => {
  const verification = await verify(provider, { endpoints });
  expect(verification.verdict).toBe("pass");
  expect(idsOf(verification, "pass")).toEqual(
    expect.arrayContaining(["D4", "D6", "K1", "K2", "K3", "P1", "P2", "P3", "S1", "S2", "T1", "T2", "T3"]),
  );
  const ofTheDocument = ["D1", "D2", "D5", "D7", "D8", "D9", "D10", "D11", "D12", "D14", "D15", "D16", "D17", "D18"];
  const skipped = [...ofTheDocument, "D3", "D13", "D19", "D20", "D23"];
  expect(idsOf(verification, "skipped")).toEqual(expect.arrayContaining(skipped));
  for (const id of ofTheDocument) {
    expect(check(verification, id).message).toBe(
      "Not looked at: the endpoints stand in the tenant's file, which take the document's place.",
    );
  }
  expect(check(verification, "D3").message).toContain("nothing but a sign-in names the issuer");
  expect(verification.discovery).toEqual({
    issuer,
    authorizationEndpoint: endpoints.authorization,
    tokenEndpoint: endpoints.token,
    jwksUri: endpoints.jwks,
    userinfoEndpoint: endpoints.userinfo,
    endSessionEndpoint: endpoints.endSession,
  });
  expect(provider.seen.map(({ path }) => path)).toEqual([
    "/keys",
    "/.well-known/openid-configuration",
    ...["/authorize", "/authorize", "/authorize"],
    ...["/token", "/token"],
  ]);
});

test("only the needed endpoints may be given", async () => {
  const { authorization, token, jwks } = endpoints;
  const verification = await verify(provider, { endpoints: { authorization, token, jwks } });
  expect(verification.verdict).toBe("pass");
  expect(verification.discovery).toMatchObject({ userinfoEndpoint: undefined, endSessionEndpoint: undefined });
});

const bad: readonly (readonly [string, string, string])[] = [
  ["http", "http://idp.example/x", "is not https"],
  ["user information", "https://user:pw@idp.example/x", "holds user information"],
  ["a fragment", "https://idp.example/x#y", "has a fragment"],
  ["another port", "https://idp.example:8443/x", "names a port other than 443"],
  ["a private address", "https://192.168.0.1/x", "does not lead to a public address"],
  ["the machine itself", "https://127.0.0.1/x", "does not lead to a public address"],
  ["cloud metadata", "https://169.254.169.254/latest", "does not lead to a public address"],
  ["an odd spelling of an address", "https://2130706433/x", "spells its host in an unusual way"],
  ["no URL", "/token", "is no URL"],
];

test.each(
  (Object.keys(endpoints) as (keyof ExplicitEndpoints)[]).flatMap((name) =>
    bad.map(([what, url, text]) => [name, what, url, text] as const),
  ),
)("endpoints.%s with %s is refused before anything is sent", async (name, _, url, text) => {
  const changed = { ...endpoints, [name]: url };
  const verification = await verify(provider, { endpoints: changed });
  expect(check(verification, "D6")).toMatchObject({ verdict: "fail", code: "VERIFY_ENDPOINT_INVALID" });
  expect(check(verification, "D6").message).toBe(`endpoints.${name} ${text}.`);
  expect(verification.verdict).toBe("fail");
  expect(verification.discovery).toBeUndefined();
  expect(check(verification, "S1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_NOT_RUN" });
  expect(provider.seen.some(({ method }) => method === "POST")).toBe(false);
  const error = await discover({ issuer, endpoints: changed }, ioOf(provider)).catch((reason: unknown) => reason);
  if (!(error instanceof TenantryError)) throw new Error("discover did not fail with a TenantryError");
  expect([error.code, error.exit, error.message]).toEqual([
    "VERIFY_ENDPOINTS_UNUSABLE",
    2,
    `${issuer}: endpoints.${name} ${text}.`,
  ]);
});

test.each([
  ["http://idp.example", "The issuer is not https."],
  ["https://idp.example?x=1", "The issuer has a query or a fragment."],
  ["https://10.0.0.1", "The issuer does not lead to a public address."],
])("the issuer %s is refused, although nothing is asked of it", async (wrong, text) => {
  const verification = await verify(provider, { issuer: wrong, endpoints });
  expect(check(verification, "D4")).toMatchObject({ verdict: "fail", message: text });
  expect(verification.verdict).toBe("fail");
  expect(provider.seen.some(({ method }) => method === "POST")).toBe(false);
  // Not for its document either: a query would lead that request elsewhere.
  expect(provider.seen.filter(({ path }) => path !== "/keys" && path !== "/authorize")).toEqual([]);
  await expect(discover({ issuer: wrong, endpoints }, ioOf(provider))).rejects.toMatchObject({
    code: "VERIFY_ENDPOINTS_UNUSABLE",
  });
});

test("a private host that the workspace allows may be named", async () => {
  const inner = "https://10.1.2.3/token";
  const io = ioOf(provider, { allowPrivate: ["10.0.0.0/8"] });
  expect(await discover({ issuer, endpoints: { ...endpoints, token: inner } }, io)).toMatchObject({
    tokenEndpoint: inner,
  });
});

test("a plan judges the endpoints and asks nobody", async () => {
  expect(await discover({ issuer, endpoints }, ioOf(provider))).toEqual({
    issuer,
    authorizationEndpoint: endpoints.authorization,
    tokenEndpoint: endpoints.token,
    jwksUri: endpoints.jwks,
    userinfoEndpoint: endpoints.userinfo,
    endSessionEndpoint: endpoints.endSession,
  });
  expect(provider.seen).toEqual([]);
});

test("a document that is there all the same proves the issuer, and is used for nothing else", async () => {
  provider.behave({ discovery: ({ issuer: named }) => ({ issuer: named, token_endpoint: "https://other.example" }) });
  const verification = await verify(provider, { endpoints });
  expect(verification.verdict).toBe("pass");
  expect(check(verification, "D3").verdict).toBe("pass");
  expect(verification.discovery).toMatchObject({ tokenEndpoint: endpoints.token });
  expect(tableOf(verification)).toMatch(/acme\/portal +pass/);
  expect(notCoveredBy([evidenceOf(verification)])).toHaveLength(1);
});

test("a document that names another issuer fails, and no secret is sent", async () => {
  provider.behave({});
  const verification = await verify(provider, { issuer: `${issuer}/`, endpoints });
  expect(verification.verdict).toBe("fail");
  expect(check(verification, "D3")).toMatchObject({
    code: "VERIFY_ISSUER_DIFFERS",
    hint: `Write the issuer exactly as ${issuer}`,
  });
  expect(verification.discovery).toBeUndefined();
  expect(provider.seen.some(({ method }) => method === "POST")).toBe(false);
});

test.each<[string, Misbehaviour, string]>([
  ["is behind a firewall", walled, "it publishes no discovery document"],
  ["is missing", { discovery: () => html(404, "no") }, "it publishes no discovery document"],
  ["is down", { discovery: () => json(503, {}) }, "its discovery document could not be read"],
  [
    "leads elsewhere",
    { discovery: () => redirect("https://other.example/") },
    "its discovery document could not be read",
  ],
  ["is a page", { discovery: () => html(200, "hello") }, "its discovery document could not be read"],
  ["names no issuer", { discovery: () => json(200, {}) }, "the document there names none"],
])("when the document %s, the issuer is given and not proven, which is said", async (_, misbehaviour, because) => {
  provider.behave(misbehaviour);
  const verification = await verify(provider, { endpoints });
  expect(verification.verdict).toBe("pass");
  expect(check(verification, "D3").verdict).toBe("skipped");
  expect(tableOf(verification)).toMatch(/acme\/portal +given +pass +pass +pass/);
  expect(notCoveredBy([evidenceOf(verification)])[1]).toBe(`Not covered is the issuer of acme/portal: ${because}.`);
});

/** What was proven, as it is stored. */
function evidenceOf(verification: Verification): Evidence {
  return toEvidence(subjectWith({ endpoints }), verification, "fingerprint", ioOf(provider));
}

function tableOf(verification: Verification): string {
  const evidence = evidenceOf(verification);
  return proofTable([{ key: evidence.key, verdict: evidence.verdict, evidence }], plain);
}

test("an answer that names another issuer is all that tells a wrong one here, and it fails", async () => {
  const verification = await verify(provider, { issuer: "https://login.idp.example", endpoints });
  expect(check(verification, "P1")).toMatchObject({ verdict: "fail", code: "VERIFY_ISSUER_DIFFERS" });
  expect(verification.verdict).toBe("fail");
});

test.each(["ES256", "RS512", "PS256"])("a key set for %s will do: nobody says which algorithm is used", async (alg) => {
  const { generateKeyPairSync } = await import("node:crypto");
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = alg === "ES256" ? { ...pair.publicKey.export({ format: "jwk" }), use: "sig" } : publicJwk;
  provider.behave({ ...walled, jwks: () => ({ keys: [{ ...key, alg, kid: "k" }] }) });
  expect(check(await verify(provider, { endpoints }), "K1").verdict).toBe("pass");
});

test.each<[string, Parameters<Provider["behave"]>[0], string, string]>([
  ["an empty key set", { jwks: () => ({ keys: [] }) }, "K1", "VERIFY_KEYS_MISSING"],
  [
    "a symmetric key",
    { jwks: () => ({ keys: [publicJwk, { kty: "oct", k: "c2VjcmV0", kid: "x" }] }) },
    "K2",
    "VERIFY_KEYS_PRIVATE",
  ],
  ["an unregistered redirect URI", { client: { redirectUris: [] } }, "P1", "VERIFY_CALLBACK_REFUSED"],
  // No document lists the methods, so the other one is tried.
  ["another method", { client: { method: "client_secret_post" } }, "S1", "VERIFY_CLIENT_AUTH_METHOD"],
])("%s fails as it does with a document", async (_, misbehaviour, id, code) => {
  provider.behave({ ...walled, ...misbehaviour });
  const verification = await verify(provider, { endpoints });
  expect(check(verification, id)).toMatchObject({ verdict: "fail", code });
  expect(verification.verdict).toBe("fail");
});
