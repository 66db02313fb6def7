import { createHash, createPublicKey, type JsonWebKey, X509Certificate } from "node:crypto";
import type { JsonObject } from "../json.ts";
import { randomText } from "../random.ts";
import { type Call, clientOf, type Route } from "./call.ts";
import { attachedCredentials } from "./client-input.ts";
import { newCredential } from "./client-schema.ts";
import { viewCredential } from "./client-view.ts";
import type { Auth0Credential } from "./model.ts";
import { Auth0Problem, invalidBody } from "./problem.ts";
import type { Auth0Tenant } from "./tenant.ts";
import { checked, orNull, record, text } from "./validate.ts";

const base = "/clients/:clientId/credentials";

/** Public keys of a client: list, add, read, change the end, delete. */
export const credentialRoutes: readonly Route[] = [
  {
    method: "GET",
    path: base,
    scopes: ["read:client_credentials"],
    bucket: "rest",
    handle: (call) => {
      const all = [...clientOf(call).credentials.values()].sort((a, b) => b.sequence - a.sequence);
      return { status: 200, json: all.map(viewCredential) };
    },
  },
  { method: "POST", path: base, scopes: ["create:client_credentials"], bucket: "rest", handle: create },
  {
    method: "GET",
    path: `${base}/:credentialId`,
    scopes: ["read:client_credentials"],
    bucket: "rest",
    handle: (call) => ({ status: 200, json: viewCredential(credentialOf(call)) }),
  },
  {
    method: "PATCH",
    path: `${base}/:credentialId`,
    scopes: ["update:client_credentials"],
    bucket: "rest",
    handle: change,
  },
  {
    method: "DELETE",
    path: `${base}/:credentialId`,
    scopes: ["delete:client_credentials"],
    bucket: "rest",
    handle: remove,
  },
];

function credentialOf(call: Call): Auth0Credential {
  const credential = clientOf(call).credentials.get(call.params.credentialId ?? "");
  if (credential === undefined) throw new Auth0Problem(404, "The credential does not exist", "inexistent_credential");
  return credential;
}

function create(call: Call) {
  const client = clientOf(call);
  const credential = makeCredential(call.tenant, checked(call.body, newCredential));
  client.credentials.set(credential.id, credential);
  return { status: 201, json: viewCredential(credential) };
}

function change(call: Call) {
  const credential = credentialOf(call);
  const { expires_at: end } = checked(call.body, record({ expires_at: orNull(text()) }));
  credential.expiresAt = end === null || end === undefined ? undefined : readTime(end);
  credential.updatedAt = call.tenant.timestamp();
  return { status: 200, json: viewCredential(credential) };
}

function remove(call: Call) {
  const client = clientOf(call);
  const { id } = credentialOf(call);
  if (attachedCredentials(client.settings.client_authentication_methods).includes(id)) {
    throw new Auth0Problem(400, "The credential is in use by the client", "credential_in_use");
  }
  client.credentials.delete(id);
  return { status: 204 };
}

/**
 * A key from a body that its schema allows. The `kid` is the key's thumbprint (RFC 7638) when none is sent. Throws the
 * 400 of Auth0 for what is no RSA key.
 */
export function makeCredential(tenant: Auth0Tenant, sent: JsonObject): Auth0Credential {
  const pem = String(sent.pem);
  const key = readKey(pem);
  const end = sent.parse_expiry_from_cert === true ? certificateEnd(pem) : sent.expires_at;
  const now = tenant.timestamp();
  return {
    id: `cred_${randomText(22)}`,
    sequence: tenant.count(),
    name: typeof sent.name === "string" ? sent.name : undefined,
    kid: typeof sent.kid === "string" ? sent.kid : thumbprint(key),
    alg: typeof sent.alg === "string" ? sent.alg : "RS256",
    publicKey: { kty: "RSA", n: key.n ?? "", e: key.e ?? "" },
    createdAt: now,
    updatedAt: now,
    expiresAt: end === undefined ? undefined : readTime(end),
  };
}

function readKey(pem: string): JsonWebKey {
  try {
    const key = pem.includes("CERTIFICATE") ? new X509Certificate(pem).publicKey : createPublicKey(pem);
    // A private key would also make a public one; Auth0 must never be sent it.
    if (key.asymmetricKeyType === "rsa" && !pem.includes("PRIVATE")) return key.export({ format: "jwk" });
  } catch {
    // Not a key at all: the same answer.
  }
  throw invalidBody(
    "'Object didn't pass validation for format pem: the key must be an RSA public key' on property pem",
  );
}

function certificateEnd(pem: string): string {
  if (!pem.includes("CERTIFICATE")) throw invalidBody("'parse_expiry_from_cert' needs a certificate");
  return new X509Certificate(pem).validTo;
}

function readTime(value: unknown): string {
  const time = new Date(String(value));
  if (Number.isNaN(time.getTime()))
    throw invalidBody("'Object didn't pass validation for format date-time' on property expires_at");
  return time.toISOString();
}

function thumbprint({ e, n }: JsonWebKey): string {
  return createHash("sha256")
    .update(JSON.stringify({ e, kty: "RSA", n }))
    .digest("base64url");
}
