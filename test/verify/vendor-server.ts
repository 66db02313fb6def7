import { constants, createPublicKey, type JsonWebKey, verify } from "node:crypto";
import type { PublicKey } from "../../src/workspace/workspace.ts";
import {
  discoveryDocument,
  type Misbehaviour,
  type Provider,
  type Reply,
  type Seen,
  startProvider,
} from "./provider.ts";
import type { VendorShape } from "./vendor-replies.ts";

/** How the one client there is registered. */
export interface RegisteredClient {
  readonly redirectUris: readonly string[];
  readonly method: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "none";
  readonly secret?: string;
  readonly expired?: boolean;
  /** Registered for private_key_jwt. */
  readonly key?: PublicKey;
  /** What an assertion may be meant for; issuer and token endpoint when absent. */
  readonly audience?: readonly string[];
}

/** The discovery document of a product: its own endpoints, on whatever hosts they are. */
function documentOf({ issuer, authorization, token, metadata = {} }: VendorShape): Record<string, unknown> {
  const document = {
    ...discoveryDocument(),
    issuer,
    authorization_endpoint: authorization,
    token_endpoint: token,
    jwks_uri: "https://keys.example/keys",
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    token_endpoint_auth_signing_alg_values_supported: ["RS256", "PS256", "ES256", "ES384"],
    ...metadata,
  };
  return JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
}

/** Answers as the product does, for one registered client; checks what was sent as strictly as the shape says. */
export function behaviourOf(shape: VendorShape, client: RegisteredClient): Misbehaviour {
  const document = documentOf(shape);
  const discovery = new URL(`${shape.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const handle = (one: Seen): Reply => {
    const url = `https://${one.host}${one.path}`;
    if (url === discovery.href) return asJson(document);
    if (url === shape.authorization) return authorize(shape, client, one);
    if (url === shape.token) return redeem(shape, client, one);
    return shape.page ?? { status: 404 };
  };
  return {
    discovery: () => document,
    authorize: handle,
    token: handle,
    other: handle,
  };
}

function authorize(shape: VendorShape, client: RegisteredClient, { query }: Seen): Reply {
  const asked = {
    clientId: query.get("client_id") ?? "",
    redirectUri: query.get("redirect_uri") ?? "",
    state: query.get("state") ?? "",
    broken: brokenOf(query),
  };
  if (asked.clientId !== shape.clientId) return shape.unknownClient(asked);
  return client.redirectUris.includes(asked.redirectUri) ? shape.registered(asked) : shape.unregistered(asked);
}

/** What is wrong with a request that every server must notice. */
function brokenOf(query: URLSearchParams): string | undefined {
  if (query.get("response_type") !== "code") return "unsupported_response_type";
  return (query.get("scope") ?? "").split(" ").includes("openid") ? undefined : "invalid_scope";
}

function redeem(shape: VendorShape, client: RegisteredClient, { form, headers }: Seen): Reply {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? "")?.[1];
  const [id = "", secret] =
    basic === undefined
      ? [form.get("client_id") ?? "", form.get("client_secret") ?? undefined]
      : Buffer.from(basic, "base64").toString().split(":").map(decodeURIComponent);
  const unknown = id !== shape.clientId;
  const assertion = form.get("client_assertion");
  if (assertion !== null && client.key !== undefined) {
    const audience = client.audience ?? [shape.issuer, shape.token];
    return assertionHolds(assertion, client.key, shape.clientId, audience)
      ? shape.badCode
      : (shape.badAssertion ?? shape.badSecret);
  }
  if (unknown && shape.unknownAtToken !== undefined) return shape.unknownAtToken;
  if (client.method === "none" && !unknown) return secret === undefined ? shape.badCode : shape.badSecret;
  if (secret === undefined) return shape.noCredential;
  if (unknown || secret !== client.secret) return shape.badSecret;
  if (client.expired === true) return shape.expiredSecret ?? shape.badSecret;
  const method = basic === undefined ? "client_secret_post" : "client_secret_basic";
  return method === client.method ? shape.badCode : (shape.wrongMethod ?? shape.badCode);
}

function asJson(document: Record<string, unknown>): Reply {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(document) };
}

/** A provider whose certificate is good for every host of these shapes. */
export async function startVendors(shapes: Iterable<VendorShape>): Promise<Provider> {
  const provider = await startProvider();
  const hosts = [...shapes].flatMap(({ issuer, authorization, token }) =>
    [issuer, authorization, token].map((url) => new URL(url).hostname),
  );
  provider.use(
    await provider.authority.issue([
      ...new Set(["idp.example", "keys.example", "app.example", "elsewhere.example", ...hosts]),
    ]),
  );
  return provider;
}

/**
 * Whether an assertion is signed by the key that is registered, by its algorithm and under its name, about the client, in
 * its time, and for one of the audiences.
 */
function assertionHolds(assertion: string, key: PublicKey, clientId: string, audience: readonly string[]): boolean {
  const [head = "", body = "", signature = ""] = assertion.split(".");
  const read = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, "base64url").toString());
  const { alg, kid } = read(head);
  const { iss, sub, aud, exp, jti } = read(body);
  if (alg !== key.alg || kid !== key.kid || iss !== clientId || sub !== clientId || typeof jti !== "string")
    return false;
  if (!audience.includes(String(aud)) || Number(exp) * 1000 < Date.now()) return false;
  const publicKey = createPublicKey({ key: { ...key } as JsonWebKey, format: "jwk" });
  const padding = key.alg.startsWith("PS")
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  const options = { key: publicKey, dsaEncoding: "ieee-p1363", ...padding } as const;
  return verify(`sha${key.alg.slice(2)}`, Buffer.from(`${head}.${body}`), options, Buffer.from(signature, "base64url"));
}
