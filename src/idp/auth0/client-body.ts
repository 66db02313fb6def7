import type { Registration } from "../../desired/connection.ts";
import { canonicalJson } from "../../desired/json.ts";
import { type JsonObject, objectIn, textIn } from "../../vendor/json.ts";
import { keptInClient, markedMetadata } from "./marker.ts";

// What Auth0 is sent for a registration. Every member that Auth0, the dashboard or another tool could set to something
// else that matters is set explicitly; the others stay as they are, because a change names only what it changes.

/** The body of a create. A key cannot be registered in it; until it is, the client has a secret that nobody knows. */
export function newClient(registration: Registration): JsonObject {
  return {
    ...members(registration, {}),
    token_endpoint_auth_method:
      registration.clientAuth === "private_key_jwt" ? "client_secret_post" : registration.clientAuth,
    client_metadata: Object.fromEntries(
      Object.entries(metadata(registration)).filter(([, value]) => value !== null),
    ) as JsonObject,
  };
}

/** The key with which a client proves itself. */
export interface RegisteredKey {
  /** Auth0's id of it. */
  readonly id: string;
  readonly kid: string;
  /** The beginning of its thumbprint. */
  readonly thumbprint: string;
}

/**
 * The members that differ from what is there; undefined when none does. The client secret is never among them.
 *
 * @param key the registered key when the client is to prove itself with one
 */
export function changedMembers(
  raw: JsonObject,
  registration: Registration,
  key: RegisteredKey | undefined,
): JsonObject | undefined {
  const wanted = { ...members(registration, raw), ...authentication(raw, registration, key) };
  const differing = Object.entries(wanted).filter(
    ([name, value]) => canonicalJson(plainly(raw[name])) !== canonicalJson(plainly(value)),
  );
  const present = objectIn(raw, "client_metadata");
  const marked = Object.entries({
    ...metadata(registration),
    [keptInClient.key]: key === undefined ? null : `${key.id} ${key.kid} ${key.thumbprint}`,
  }).filter(([name, value]) => (textIn(present, name) ?? null) !== value);
  if (differing.length === 0 && marked.length === 0) return undefined;
  return {
    ...Object.fromEntries(differing),
    ...(marked.length === 0 ? {} : { client_metadata: Object.fromEntries(marked) }),
  };
}

function members(registration: Registration, present: JsonObject): JsonObject {
  const offline = registration.grantTypes.includes("refresh_token");
  return {
    name: registration.label,
    app_type: "regular_web",
    is_first_party: true,
    oidc_conformant: true,
    cross_origin_authentication: false,
    callbacks: [...registration.redirectUris],
    allowed_logout_urls: [...registration.postLogoutRedirectUris],
    grant_types: registration.state === "active" ? [...registration.grantTypes] : [],
    // With or without an organization: people who come by another way are the application's to refuse.
    organization_usage: "allow",
    jwt_configuration: { ...objectIn(present, "jwt_configuration"), alg: "RS256" },
    ...(offline ? { refresh_token: refreshToken(objectIn(present, "refresh_token")) } : {}),
  };
}

/**
 * Rotating tokens that end: Auth0's own choice for a regular web application is one that lives for ever. Lifetimes that
 * somebody has set stay.
 */
function refreshToken(present: JsonObject): JsonObject {
  const ends = present.rotation_type === "rotating" && present.expiration_type === "expiring";
  if (ends && present.infinite_token_lifetime !== true) return present;
  return {
    ...present,
    rotation_type: "rotating",
    expiration_type: "expiring",
    // Two processes of one application may use the same token at the same moment.
    leeway: 30,
    token_lifetime: 30 * 24 * 3_600,
    infinite_token_lifetime: false,
    idle_token_lifetime: 15 * 24 * 3_600,
    infinite_idle_token_lifetime: false,
  };
}

function authentication(raw: JsonObject, { clientAuth }: Registration, key: RegisteredKey | undefined): JsonObject {
  if (clientAuth !== "private_key_jwt") {
    const methods = raw.client_authentication_methods ?? null;
    return {
      token_endpoint_auth_method: clientAuth,
      ...(methods === null ? {} : { client_authentication_methods: null }),
    };
  }
  if (key === undefined) throw new TypeError("a client that proves itself with a key needs one");
  return {
    token_endpoint_auth_method: null,
    client_authentication_methods: { private_key_jwt: { credentials: [{ id: key.id }] } },
  };
}

/** Members of `client_metadata`; null removes one. */
function metadata(registration: Registration): Readonly<Record<string, string | null>> {
  const off = registration.state !== "active";
  return {
    ...markedMetadata(registration.marker),
    [keptInClient.grants]: off ? [...registration.grantTypes].sort().join(" ") : null,
  };
}

/** Auth0 leaves out what is false or unset. */
function plainly(value: unknown): unknown {
  return value === undefined || value === null || value === false ? null : value;
}
