import { isObject, type JsonObject } from "../json.ts";
import { randomText } from "../random.ts";
import { attachedCredentials } from "./attached-credentials.ts";
import { type Call, clientOf, type Route } from "./call.ts";
import { newCredential } from "./client-parts.ts";
import { viewCredential } from "./client-view.ts";
import { certificateOf, certificateThumbprint, publicKeyOf, thumbprint } from "./key-material.ts";
import type { Auth0Credential } from "./model.ts";
import { Auth0Problem, invalidBody } from "./problem.ts";
import type { Auth0Tenant } from "./tenant.ts";
import { checked, orNull, record, text } from "./validate.ts";

const base = "/clients/:clientId/credentials";

/** Keys and certificates of a client: list, add, read, change the end, delete. */
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
  if (credential.type !== "public_key") {
    throw new Auth0Problem(400, "Only the end of a public key can be changed", "operation_not_supported");
  }
  const { expires_at: end } = checked(call.body, record({ expires_at: orNull(text()) }));
  credential.expiresAt = end === null || end === undefined ? undefined : readTime(end);
  credential.updatedAt = call.tenant.timestamp();
  return { status: 200, json: viewCredential(credential) };
}

function remove(call: Call) {
  const client = clientOf(call);
  const { id } = credentialOf(call);
  if (attachedCredentials(client.settings).includes(id)) {
    throw new Auth0Problem(400, "The credential is in use by the client", "credential_in_use");
  }
  client.credentials.delete(id);
  return { status: 204 };
}

/** What a client proves itself with, from a body that its schema allows. Throws the 400 of Auth0 for what is no key. */
function makeCredential(tenant: Auth0Tenant, sent: JsonObject): Auth0Credential {
  const now = tenant.timestamp();
  const parts = readParts(sent);
  return {
    id: `cred_${randomText(22)}`,
    sequence: tenant.count(),
    name: typeof sent.name === "string" ? sent.name : undefined,
    createdAt: now,
    updatedAt: now,
    ...parts,
  };
}

/** The credentials that the settings of a new client hold; in the settings they are named instead. */
export function takeCredentials(tenant: Auth0Tenant, settings: JsonObject): readonly Auth0Credential[] {
  const made: Auth0Credential[] = [];
  const named = (place: JsonObject): JsonObject => {
    if (!Array.isArray(place.credentials)) return place;
    const credentials = place.credentials.filter(isObject).map((each) => makeCredential(tenant, each));
    made.push(...credentials);
    return { ...place, credentials: credentials.map(({ id }) => ({ id })) };
  };
  for (const name of ["signed_request_object", "token_vault_privileged_access"]) {
    const place = settings[name];
    if (isObject(place)) settings[name] = named(place);
  }
  const methods = settings.client_authentication_methods;
  if (isObject(methods)) {
    settings.client_authentication_methods = Object.fromEntries(
      Object.entries(methods).map(([name, place]) => [name, isObject(place) ? named(place) : place]),
    );
  }
  return made;
}

type Parts = Omit<Auth0Credential, "id" | "sequence" | "name" | "createdAt" | "updatedAt">;

const none = {
  kid: undefined,
  alg: undefined,
  publicKey: undefined,
  certificateThumbprint: undefined,
  subjectDn: undefined,
  expiresAt: undefined,
};

function readParts(sent: JsonObject): Parts {
  const pem = typeof sent.pem === "string" ? sent.pem : undefined;
  switch (sent.credential_type) {
    case "x509_cert": {
      const certificate = certificateOf(pem ?? "");
      const expiresAt = new Date(certificate.validTo).toISOString();
      return { ...none, type: "x509_cert", certificateThumbprint: certificateThumbprint(certificate), expiresAt };
    }
    case "cert_subject_dn": {
      const given = typeof sent.subject_dn === "string" ? sent.subject_dn : undefined;
      if ((given === undefined) === (pem === undefined)) {
        throw invalidBody("exactly one of 'subject_dn' and 'pem' is needed");
      }
      return { ...none, type: "cert_subject_dn", subjectDn: given ?? certificateOf(pem ?? "").subject };
    }
    default: {
      const key = publicKeyOf(pem ?? "");
      const end = sent.parse_expiry_from_cert === true ? certificateEnd(pem ?? "") : sent.expires_at;
      return {
        ...none,
        type: "public_key",
        kid: typeof sent.kid === "string" ? sent.kid : thumbprint(key),
        alg: typeof sent.alg === "string" ? sent.alg : "RS256",
        publicKey: { kty: "RSA", n: key.n ?? "", e: key.e ?? "" },
        expiresAt: end === undefined ? undefined : readTime(end),
      };
    }
  }
}

function certificateEnd(pem: string): string {
  if (!pem.includes("CERTIFICATE")) throw invalidBody("'parse_expiry_from_cert' needs a certificate");
  return certificateOf(pem).validTo;
}

function readTime(value: unknown): string {
  const time = new Date(String(value));
  if (Number.isNaN(time.getTime()))
    throw invalidBody("'Object didn't pass validation for format date-time' on property expires_at");
  return time.toISOString();
}
