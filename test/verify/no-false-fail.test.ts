import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "../../src/secret/secret.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import {
  back,
  clientId,
  clientSecret,
  discoveryDocument,
  html,
  issuer,
  json,
  type Misbehaviour,
  type Provider,
  publicJwk,
  type Reply,
  redirect,
  redirectUri,
  type Seen,
  startProvider,
} from "./provider.ts";
import { check, verify } from "./subject.ts";

// Correct providers with the quirks that products have. Every must-check passes.

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
  provider.use(
    await provider.authority.issue(["idp.example", "keys.example", "token.example", "login.microsoftonline.com"]),
  );
});
afterAll(() => provider.close());

const asked = (one: Seen): string => one.query.get("redirect_uri") ?? "";
const state = (one: Seen): string => one.query.get("state") ?? "";
const mine = (one: Seen): boolean => asked(one) === redirectUri;
const answer = (one: Seen): Record<string, string> => ({ error: "login_required", state: state(one), iss: issuer });
const here =
  (reply: (one: Seen) => Reply) =>
  (one: Seen, usual: () => Reply): Reply =>
    mine(one) ? reply(one) : usual();

const without =
  (...names: readonly string[]) =>
  (document: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)));
const withMembers =
  (members: Record<string, unknown>) =>
  (document: Record<string, unknown>): Record<string, unknown> => ({ ...document, ...members });

const { kid: _, ...namelessKey } = publicJwk;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
const ed = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });

const right = ({ headers, form }: Seen): boolean =>
  form.get("client_secret") === clientSecret ||
  Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64")
    .toString()
    .endsWith(`:${clientSecret}`);
const grant = { error: "invalid_grant", error_description: "The code is not valid." };
const tokens = (good: Reply, bad: Reply): Misbehaviour => ({ token: (one) => (right(one) ? good : bad) });
const refusal = json(401, { error: "invalid_client" });
const challenge = 'Basic realm="idp", error="invalid_client", error_description="no"';

type Quirk = readonly [name: string, misbehaviour: Misbehaviour, subject?: Partial<VerifySubject>];

const rootSlash: Misbehaviour["discovery"] = withMembers({ issuer: `${issuer}/` });

const documents: readonly Quirk[] = [
  ["nothing odd at all", {}],
  ["S256 is not in the metadata (Entra ID)", { discovery: without("code_challenge_methods_supported") }],
  [
    "only what the specification requires",
    {
      discovery: without(
        "grant_types_supported",
        "userinfo_endpoint",
        "end_session_endpoint",
        "code_challenge_methods_supported",
        "token_endpoint_auth_methods_supported",
      ),
    },
  ],
  [
    "the key set is on another host (Google, Cognito)",
    { discovery: withMembers({ jwks_uri: "https://keys.example/keys" }) },
  ],
  [
    "the token endpoint is on another host (Google)",
    { discovery: withMembers({ token_endpoint: "https://token.example/token" }) },
  ],
  ["the issuer ends with a slash in both places", { discovery: rootSlash }, { issuer: `${issuer}/` }],
  [
    "members that nobody knows",
    { discovery: withMembers({ x_vendor: { deep: [1, null] }, claims_supported: ["sub"] }) },
  ],
  [
    "the document with a charset",
    { discovery: (document) => json(200, document, { "content-type": "application/json; charset=UTF-8" }) },
  ],
  [
    "the document with a type in capitals",
    { discovery: (document) => json(200, document, { "content-type": "Application/JSON" }) },
  ],
  ["prompt values are listed", { discovery: withMembers({ prompt_values_supported: ["none", "login"] }) }],
];

const keySets: readonly Quirk[] = [
  ["one key without a kid", { jwks: () => ({ keys: [namelessKey] }) }],
  [
    "a key type that nobody knows beside it",
    { jwks: (set) => ({ keys: [...set.keys, { kty: "AKP", kid: "pq1", alg: "ML-DSA-44", pub: "AAAA", use: "sig" }] }) },
  ],
  [
    "an Edwards curve beside it",
    { jwks: (set) => ({ keys: [...set.keys, { ...ed, kid: "ed1", alg: "EdDSA", use: "sig" }] }) },
  ],
  [
    "an elliptic curve beside it",
    { jwks: (set) => ({ keys: [...set.keys, { ...ec, kid: "ec1", alg: "ES256", use: "sig" }] }) },
  ],
  [
    "keys for encryption beside it",
    { jwks: (set) => ({ keys: [...set.keys, { ...publicJwk, kid: "enc1", use: "enc", alg: "RSA-OAEP" }] }) },
  ],
  ["a key set of its own type", { jwks: (set) => json(200, set, { "content-type": "application/jwk-set+json" }) }],
  [
    "no use and no alg on the only key",
    { jwks: () => ({ keys: [{ kty: publicJwk.kty, n: publicJwk.n, e: publicJwk.e, kid: "k1" }] }) },
  ],
];

const callbacks: readonly Quirk[] = [
  ...([301, 302, 303, 307, 308] as const).map(
    (status): Quirk => [
      `status ${status}`,
      { authorize: here((one) => redirect(back(redirectUri, answer(one)), status)) },
    ],
  ),
  [
    "a relative redirect on the way",
    {
      authorize: (one) => redirect(`step?${one.query}`),
      other: (one) => (mine(one) ? redirect(back(redirectUri, answer(one))) : html(400, "redirect_uri")),
    },
  ],
  [
    "five hops on the way",
    {
      authorize: (one) => redirect(`/1?${one.query}`),
      other: (one) =>
        one.path.length < 2 || Number(one.path.slice(1)) >= 5
          ? mine(one)
            ? redirect(back(redirectUri, answer(one)))
            : html(400, "redirect_uri")
          : redirect(`/${Number(one.path.slice(1)) + 1}?${one.query}`),
    },
  ],
  ...(["interaction_required", "consent_required", "account_selection_required"] as const).map(
    (error): Quirk => [
      `the error ${error}`,
      { authorize: here((one) => redirect(back(redirectUri, { ...answer(one), error }))) },
    ],
  ),
  [
    "more parameters than expected",
    {
      authorize: here((one) =>
        redirect(
          back(redirectUri, {
            ...answer(one),
            error_uri: "https://e.example",
            error_subtype: "x",
            session_state: "a.b",
          }),
        ),
      ),
    },
  ],
  [
    "no iss, which is not promised",
    { authorize: here((one) => redirect(back(redirectUri, { error: "login_required", state: state(one) }))) },
  ],
  [
    "a fragment behind it (Facebook's manner)",
    { authorize: here((one) => redirect(`${back(redirectUri, answer(one))}#_=_`)) },
  ],
  [
    "a header in capitals",
    { authorize: here((one) => ({ status: 302, headers: { LOCATION: back(redirectUri, answer(one)) } })) },
  ],
  ["form_post, status 200", { authorize: here((one) => form(one, 200)) }, { responseMode: "form_post" }],
  ["form_post, status 400", { authorize: here((one) => form(one, 400)) }, { responseMode: "form_post" }],
  [
    "unregistered ones get a page of status 200 (AD FS)",
    { authorize: (one, usual) => (mine(one) ? usual() : html(200, "MSIS9224")) },
  ],
  [
    "unregistered ones get an error page elsewhere (Auth0)",
    { authorize: (one, usual) => (mine(one) ? usual() : redirect("https://errors.example/?error=invalid_request")) },
  ],
  [
    "unregistered ones get JSON",
    { authorize: (one, usual) => (mine(one) ? usual() : json(400, { error: "invalid_request" })) },
  ],
  ["unregistered ones get 401", { authorize: (one, usual) => (mine(one) ? usual() : html(401, "redirect_uri")) }],
  [
    "unregistered ones get 403 that says why",
    { authorize: (one, usual) => (mine(one) ? usual() : html(403, "Callback URL mismatch")) },
  ],
  [
    "a redirect URI with a query",
    { client: { redirectUris: [`${redirectUri}?tenant=acme`] } },
    { redirectUri: `${redirectUri}?tenant=acme` },
  ],
  [
    "a redirect URI with a final slash",
    { client: { redirectUris: ["https://app.example/cb/"] } },
    { redirectUri: "https://app.example/cb/" },
  ],
  [
    "a redirect URI at the root",
    { client: { redirectUris: ["https://app.example/"] } },
    { redirectUri: "https://app.example/" },
  ],
];

function form(one: Seen, status: number): Reply {
  const inputs = Object.entries(answer(one)).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
  );
  return html(
    status,
    `<form method="post" action="${redirectUri}">${inputs.join("")}</form><script>document.forms[0].submit()</script>`,
  );
}

const clients: readonly Quirk[] = [
  ["400 and 401", tokens(json(400, grant), refusal)],
  ["400 for both (Cognito)", tokens(json(400, grant), json(400, { error: "invalid_client" }))],
  ["401 for both", tokens(json(401, grant), refusal)],
  [
    "403 invalid_grant (Auth0), 401 access_denied",
    tokens(json(403, grant), json(401, { error: "access_denied", error_description: "Unauthorized" })),
  ],
  [
    "401 unauthorized_client (Keycloak)",
    tokens(
      json(400, grant),
      json(401, { error: "unauthorized_client", error_description: "Invalid client or Invalid client credentials" }),
    ),
  ],
  [
    "the error with a charset",
    tokens(
      json(400, grant, { "content-type": "application/json;charset=UTF-8" }),
      json(401, { error: "invalid_client" }, { "content-type": "application/json;charset=UTF-8" }),
    ),
  ],
  [
    "the error as text",
    tokens(
      json(400, grant, { "content-type": "text/plain" }),
      json(401, { error: "invalid_client" }, { "content-type": "text/plain" }),
    ),
  ],
  ["the error as problem+json", tokens(json(400, grant, { "content-type": "application/problem+json" }), refusal)],
  [
    "the refusal in WWW-Authenticate only",
    tokens(json(400, grant), { status: 401, headers: { "www-authenticate": challenge } }),
  ],
  [
    "the refusal in WWW-Authenticate and in a page",
    tokens(json(400, grant), {
      ...html(401, "401"),
      headers: { "www-authenticate": challenge, "content-type": "text/html" },
    }),
  ],
  [
    "members beside the error",
    tokens(json(400, { ...grant, error_codes: [70000], timestamp: "x", trace_id: "y", error_uri: "z" }), refusal),
  ],
  [
    "a byte order mark",
    tokens(
      { status: 400, headers: { "content-type": "application/json" }, body: `\uFEFF${JSON.stringify(grant)}` },
      refusal,
    ),
  ],
  [
    "an expired secret's status for a wrong one",
    tokens(json(400, grant), json(400, { error: "invalid_client", error_description: "its client secret is expired" })),
  ],
  ["client_secret_post", { client: { method: "client_secret_post" } }, { clientAuth: "client_secret_post" }],
  [
    "a client id with hyphens, not escaped",
    {
      authorize: (one) => (mine(one) ? redirect(back(redirectUri, answer(one))) : html(400, "redirect_uri")),
      token: ({ headers }) =>
        Buffer.from((headers.authorization ?? "").slice(6), "base64").toString() === "a-b.c_d:s-1"
          ? json(400, grant)
          : refusal,
    },
    { clientId: "a-b.c_d", secret: { value: new Secret("s-1"), copy: "idp" } },
  ],
  ["PKCE that is not used", {}, { pkce: "off" }],
];

const quirks = [...documents, ...keySets, ...callbacks, ...clients].map(
  ([name, misbehaviour, subject = {}]) => [name, misbehaviour, subject] as const,
);

test.each(quirks)("%s", async (_name, misbehaviour, subject) => {
  provider.behave(misbehaviour);
  const verification = await verify(provider, subject);
  const open = verification.checks.filter(
    ({ level, verdict }) => level === "must" && verdict !== "pass" && verdict !== "skipped",
  );
  expect(open.map(({ id, verdict, message }) => `${id} ${verdict}: ${message}`)).toEqual([]);
  expect(verification.verdict).toBe("pass");
  for (const id of ["P1", "P3", "S1", "S2"]) expect([id, check(verification, id).verdict]).toEqual([id, "pass"]);
});

test("of Entra ID's document nothing stands in the way", async () => {
  const directory = "https://login.microsoftonline.com/3f6c1d8e-52a4-4b7d-9c0e-8a1f2b3c4d5e/v2.0";
  const document = {
    ...without("code_challenge_methods_supported", "grant_types_supported")(discoveryDocument()),
    issuer: directory,
    response_modes_supported: ["query", "fragment", "form_post"],
    request_uri_parameter_supported: false,
    cloud_instance_name: "microsoftonline.com",
    tenant_region_scope: "EU",
  };
  provider.behave({
    other: (one) =>
      one.path.endsWith("/v2.0/.well-known/openid-configuration") ? json(200, document) : { status: 404 },
    authorize: here((one) => redirect(back(redirectUri, { error: "login_required", state: state(one) }))),
  });
  const verification = await verify(provider, { issuer: directory, clientId, clientAuth: "client_secret_basic" });
  expect(verification.verdict).toBe("pass");
});
