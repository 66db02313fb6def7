// The library: proves an issuer or a client from plain values, without a workspace. Reads no file, no environment
// variable and no clock but the system's; prints nothing.
import { createPrivateKey, createPublicKey, type JsonWebKey } from "node:crypto";
import { hostname } from "node:os";
import type { ConnectionKey, Digest } from "../desired/connection.ts";
import { presetNames } from "../desired/preset.ts";
import { TenantryError } from "../errors/failure.ts";
import type { DiscoverySnapshot } from "../plan/observed.ts";
import { Secret } from "../secret/secret.ts";
import type { CheckResult, Verdict } from "../store/evidence.ts";
import type { ExplicitEndpoints } from "../tenant/tenant.ts";
import type { ClientAuth, PublicKey } from "../workspace/workspace.ts";
import { shownBy } from "./app/subject.ts";
import { verifyApp } from "./app/verify-app.ts";
import { verdictOf } from "./run.ts";
import type { VerifySubject } from "./subject.ts";
import type { VerifyIo } from "./verification.ts";
import { openFetcher, placeOf, verifySubject } from "./verify.ts";

export { TenantryError } from "../errors/failure.ts";
export type { CheckResult, Level, Link, Verdict } from "../store/evidence.ts";

/** What is known of an issuer, and how it may be asked. */
export interface IssuerInput {
  /** Exactly as the identity provider writes it; a final slash counts. */
  readonly issuer: string;
  /** Where there is no discovery document. */
  readonly endpoints?: ExplicitEndpoints | undefined;
  /** Name of the identity provider's product, where the issuer does not tell it; docs/presets.md lists them. */
  readonly preset?: string | undefined;
  /** CIDR ranges, addresses, hosts and `host:port` that may be asked although they are private or the port is another. */
  readonly allowPrivate?: readonly string[] | undefined;
  /** PEM of certificate authorities that are trusted besides the system's. */
  readonly ca?: string | undefined;
  /** URL of an HTTP proxy that everything goes through. Proxy settings of the environment are not looked at. */
  readonly proxy?: string | undefined;
  /** Milliseconds for one exchange; 10,000 when absent. */
  readonly deadline?: number | undefined;
  /** Milliseconds for all of them; no limit when absent. */
  readonly budget?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is known of a client. What is missing is not looked at, and its checks are skipped. */
export interface ClientInput extends IssuerInput {
  readonly clientId: string;
  /** How the client proves itself; by what is given: `private_key_jwt` with a key, else `client_secret_basic`. */
  readonly clientAuth?: ClientAuth | undefined;
  readonly clientSecret?: string | undefined;
  /** For `private_key_jwt`: PEM (PKCS#8, PKCS#1 or SEC1) or a JSON Web Key as text, and the `kid` it is registered by. */
  readonly clientKey?: { readonly privateKey: string; readonly keyId: string; readonly alg?: string } | undefined;
  readonly redirectUri?: string | undefined;
  /** Default: openid, email, profile. */
  readonly scopes?: readonly string[] | undefined;
  readonly pkce?: "S256" | "off" | undefined;
  readonly responseMode?: "query" | "form_post" | undefined;
  readonly acrValues?: readonly string[] | undefined;
  readonly extraParams?: Readonly<Record<string, string>> | undefined;
  /** Claims that the app reads. */
  readonly claims?: readonly string[] | undefined;
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  /** The page of the app that begins a sign-in; then the app's half is looked at too. */
  readonly startUrl?: string | undefined;
  /** False: no secret and no assertion is sent. */
  readonly secretProbe?: boolean | undefined;
  /** False: no wrong secret is sent, and nothing shows then that one would be refused. */
  readonly wrongSecretControl?: boolean | undefined;
  /** True: also probes that the product's monitoring takes for an attack. */
  readonly alarmingProbes?: boolean | undefined;
  /** True: also an invented code at the app's callback, to see that the deployed app's secret is right (A9). */
  readonly appCode?: boolean | undefined;
}

/** What was found. Holds no secret, no state, no code and no body of an answer. */
export interface Proof {
  /** Over all must-checks: fail if one failed, else inconclusive if one was, else pass. */
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
  /** Only when the document was read, names the issuer and its endpoints may be asked. */
  readonly discovery?: DiscoverySnapshot | undefined;
  /** Name of the preset of the identity provider's product, when one is known. */
  readonly preset?: string | undefined;
  /** How the client proves itself; absent for an issuer alone. */
  readonly clientAuth?: ClientAuth | undefined;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Host name of the machine, and the proxy where there was one. */
  readonly ranFrom: string;
}

/**
 * Proves what an issuer shows to everybody: discovery, keys, TLS. Sends no client id and no secret.
 *
 * @throws TenantryError VERIFY_INPUT_INVALID for a value that cannot be meant; the reason of `signal` when it is aborted.
 * What the other side does never throws: it becomes a verdict.
 * @see docs/verify.md for every check
 */
export async function verifyIssuer(input: IssuerInput): Promise<Proof> {
  return prove(input, {
    ...nobody,
    ...sourceOf(input),
    clientAuth: "client_secret_basic",
    scopes: ["openid"],
    pkce: "S256",
    responseMode: "query",
    acrValues: [],
    extraParams: {},
  });
}

/**
 * Proves a client without a human sign-in: all that `verifyIssuer` does, then redirect URI and credentials, and the app's
 * own half when its start page is named.
 *
 * @throws as `verifyIssuer`
 */
export async function verifyClient(input: ClientInput): Promise<Proof> {
  const { clientSecret, clientKey } = input;
  const urls = { "redirect URI": [input.redirectUri], "address for after the sign-out": input.postLogoutRedirectUris };
  for (const [what, given = []] of Object.entries({ ...urls, "start page": [input.startUrl] })) {
    if (given.every((url) => url === undefined || URL.canParse(url))) continue;
    throw invalid(`the ${what} is no URL`, "Write it whole, from its scheme on, as it is registered.");
  }
  if ("clientSecret" in input && (clientSecret ?? "") === "") {
    throw invalid("the client secret is not given", "Give its value, or leave clientSecret out: then S1 is skipped.");
  }
  if (input.clientAuth === "private_key_jwt" && clientKey === undefined) {
    throw invalid("private_key_jwt needs the client's key, and none is given", "Give the key with its id.");
  }
  if (input.startUrl !== undefined && input.redirectUri === undefined) {
    throw invalid("a start page is held against the redirect URI, and none is given", "Give the redirect URI too.");
  }
  const clientAuth = input.clientAuth ?? (clientKey === undefined ? "client_secret_basic" : "private_key_jwt");
  return prove(input, {
    ...nobody,
    ...sourceOf(input),
    clientId: input.clientId,
    clientAuth,
    secret: clientSecret === undefined ? undefined : { value: new Secret(clientSecret), copy: "idp" },
    clientKey: clientKey === undefined ? undefined : keyPairOf(clientKey),
    redirectUri: input.redirectUri,
    scopes: input.scopes ?? ["openid", "email", "profile"],
    pkce: input.pkce ?? "S256",
    responseMode: input.responseMode ?? "query",
    acrValues: input.acrValues ?? [],
    extraParams: input.extraParams ?? {},
    claims: input.claims,
    postLogoutRedirectUris: input.postLogoutRedirectUris,
  });
}

/** A client that belongs to no workspace has neither a key nor a digest. */
const nobody = { key: "" as ConnectionKey, specDigest: "" as Digest } as const;

function sourceOf({ issuer, endpoints, preset }: IssuerInput): Pick<VerifySubject, "issuer" | "endpoints" | "preset"> {
  // Callers without types give what an unset variable holds.
  if (typeof issuer !== "string" || issuer === "") throw invalid("the issuer is not given", "Give its https URL.");
  if (/^http:/i.test(issuer)) {
    throw invalid("the issuer is an http URL: whoever is on the way could answer in its place", "Use its https URL.");
  }
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(issuer)) {
    throw invalid("the issuer holds user information", "Write it without what stands before the @.");
  }
  if (preset !== undefined && !presetNames.includes(preset)) {
    throw invalid(`there is no preset ${JSON.stringify(preset)}`, `Name one of ${presetNames.join(", ")}.`);
  }
  return { issuer, endpoints, preset };
}

async function prove(input: IssuerInput & Partial<ClientInput>, subject: VerifySubject): Promise<Proof> {
  for (const name of ["deadline", "budget"] as const) {
    const given = input[name];
    if (given === undefined || (Number.isFinite(given) && given > 0)) continue;
    throw invalid(`${name} is no number of milliseconds above 0`, "Give one, such as 10000.");
  }
  if (input.ca !== undefined && !input.ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw invalid("the certificate authority is no PEM certificate", "Give the text of its PEM file.");
  }
  const settings = {
    allowPrivate: input.allowPrivate ?? [],
    deadline: input.deadline ?? 10_000,
    budget: input.budget,
    proxy: input.proxy,
    maxAge: 0,
    wrongSecretControl: input.wrongSecretControl ?? true,
  };
  const network = input.ca === undefined ? {} : { ca: input.ca };
  const place = { network, settings };
  const fetcher = await openFetcher(place, true);
  const io: VerifyIo = {
    ...place,
    clock: Date.now,
    ranFrom: placeOf(hostname(), place),
    fetcher: () => Promise.resolve(fetcher),
  };
  const { signal } = input;
  const canProve = subject.clientAuth === "none" || subject.secret !== undefined || subject.clientKey !== undefined;
  try {
    const { checks, discovery, preset } = await verifySubject(subject, io, {
      secretProbe: canProve && input.secretProbe !== false,
      wrongSecretControl: settings.wrongSecretControl,
      alarmingProbes: input.alarmingProbes,
      signal,
    });
    const app =
      input.startUrl === undefined ? [] : await appHalf(input.startUrl, input, subject, io, checks, discovery);
    const all = [...checks, ...app];
    return {
      verdict: verdictOf(all),
      checks: all,
      discovery,
      preset,
      clientAuth: subject.clientId === undefined ? undefined : subject.clientAuth,
      at: new Date().toISOString(),
      ranFrom: io.ranFrom,
    };
  } finally {
    await fetcher.close();
  }
}

/** A1 to A9; none without the discovery document, the client id and the redirect URI, which they are held against. */
async function appHalf(
  startUrl: string,
  { appCode, signal }: Partial<ClientInput>,
  subject: VerifySubject,
  io: VerifyIo,
  checks: readonly CheckResult[],
  discovery: DiscoverySnapshot | undefined,
): Promise<readonly CheckResult[]> {
  const { clientId, redirectUri } = subject;
  if (clientId === undefined || redirectUri === undefined || discovery === undefined) return [];
  const { authorizationEndpoint } = discovery;
  const half = await verifyApp({ ...subject, clientId, redirectUri, startUrl, authorizationEndpoint }, io, {
    appProbe: true,
    appCode: appCode === true,
    shown: shownBy(checks),
    signal,
  });
  return half.checks;
}

/** The pair of a client that signs its assertions, read from the private half. */
function keyPairOf({ privateKey, keyId, alg }: NonNullable<ClientInput["clientKey"]>): VerifySubject["clientKey"] {
  let jwk: JsonWebKey;
  try {
    const text = privateKey.trimStart();
    const key = text.startsWith("{")
      ? createPrivateKey({ key: JSON.parse(text) as JsonWebKey, format: "jwk" })
      : createPrivateKey(text.includes("\n") ? text : text.replaceAll("\\n", "\n"));
    jwk = createPublicKey(key).export({ format: "jwk" });
  } catch {
    throw invalid(
      "the client key is no private key that can be read",
      "Give it as PEM without a passphrase or as a JSON Web Key.",
    );
  }
  const { kty, n, e, crv, x, y } = jwk;
  const usual = kty === "RSA" ? "RS256" : curves[crv ?? ""];
  if ((kty !== "RSA" && kty !== "EC") || usual === undefined) {
    throw invalid(
      "the client key is of a kind that signs no assertions",
      "Give an RSA key, or an EC key on P-256, P-384 or P-521.",
    );
  }
  const publicKey: PublicKey = { kty, kid: keyId, alg: alg ?? usual, n, e, crv, x, y };
  return { publicKey, privateKey: new Secret(privateKey) };
}

const curves: Readonly<Record<string, string>> = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };

function invalid(message: string, hint: string): TenantryError {
  return new TenantryError("VERIFY_INPUT_INVALID", message, { hint });
}
