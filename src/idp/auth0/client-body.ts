import type { Registration } from "../../desired/connection.ts";
import { canonicalJson } from "../../desired/json.ts";
import { type JsonObject, objectIn, textIn } from "../../vendor/json.ts";
import { keptInClient, markedMetadata } from "./marker.ts";

// What Auth0 is sent for a registration. Every member that Auth0, the dashboard or another tool could set to something
// else that matters is set explicitly; the others stay as they are, because a change names only what it changes.

/** The body of a create. A key cannot be registered in it; until it is, the client has a secret that nobody knows. */
export function newClient(registration: Registration): JsonObject {
  return {
    ...clientMembers(registration, {}),
    token_endpoint_auth_method:
      registration.clientAuth === "private_key_jwt" ? "client_secret_post" : registration.clientAuth,
    client_metadata: Object.fromEntries(
      Object.entries(clientNotes(registration)).filter(([, value]) => value !== null),
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

/** The keys with which a client is to prove itself. */
export interface ClientKeys {
  /** The registration's, when it has one. */
  readonly key?: RegisteredKey | undefined;
  /** Auth0's ids of all. */
  readonly attached: readonly string[];
}

/**
 * The members that differ from what is there; undefined when none does. The client secret is never among them.
 *
 * While keys are kept, the note of the key that was proven last stays: by it the client is set back.
 */
export function changedMembers(raw: JsonObject, registration: Registration, keys: ClientKeys): JsonObject | undefined {
  const { key } = keys;
  const changed = differing(raw, { ...clientMembers(registration, raw), ...authentication(raw, registration, keys) });
  const present = objectIn(raw, "client_metadata");
  const marked = Object.entries({
    ...clientNotes(registration),
    ...(registration.keepKeys === true
      ? {}
      : { [keptInClient.key]: key === undefined ? null : `${key.id} ${key.kid} ${key.thumbprint}` }),
  }).filter(([name, value]) => (textIn(present, name) ?? null) !== value);
  if (changed.length === 0 && marked.length === 0) return undefined;
  return {
    ...Object.fromEntries(changed),
    ...(marked.length === 0 ? {} : { client_metadata: Object.fromEntries(marked) }),
  };
}

/** The members that say what a client is, each with its value; what others set inside them stays as `present` has it. */
export function clientMembers(registration: Registration, present: JsonObject) {
  const offline = registration.grantTypes.includes("refresh_token");
  return {
    name: registration.label,
    callbacks: [...registration.redirectUris],
    allowed_logout_urls: [...registration.postLogoutRedirectUris],
    grant_types: registration.state === "active" ? [...registration.grantTypes] : [],
    ...settings(present, offline),
  };
}

/** The members that are the same for every client of ours. */
function settings(present: JsonObject, offline: boolean) {
  return {
    app_type: "regular_web",
    is_first_party: true,
    oidc_conformant: true,
    cross_origin_authentication: false,
    // With or without an organization: people who come by another way are the application's to refuse.
    organization_usage: "allow",
    jwt_configuration: { ...objectIn(present, "jwt_configuration"), alg: "RS256" },
    ...(offline ? { refresh_token: refreshToken(objectIn(present, "refresh_token")) } : {}),
  };
}

/** Names of the members of `settings` that are not as we register them, sorted. */
export function differingSettings(raw: JsonObject, offline: boolean): readonly string[] {
  return differing(raw, settings(raw, offline))
    .map(([name]) => name)
    .sort();
}

function differing(raw: JsonObject, wanted: JsonObject) {
  return Object.entries(wanted).filter(
    ([name, value]) => canonicalJson(plainly(raw[name])) !== canonicalJson(plainly(value)),
  );
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

function authentication(raw: JsonObject, { clientAuth, keepKeys }: Registration, { attached }: ClientKeys): JsonObject {
  if (clientAuth !== "private_key_jwt") {
    const methods = raw.client_authentication_methods ?? null;
    return {
      token_endpoint_auth_method: clientAuth,
      ...(methods === null ? {} : { client_authentication_methods: null }),
    };
  }
  if (attached.length === 0) {
    // Whoever has taken the old key away has put people out already; what else there is can still be set back.
    if (keepKeys === true) return {};
    throw new TypeError("a client that proves itself with a key needs one");
  }
  return { token_endpoint_auth_method: null, ...attachedOnly(attached) };
}

/** The member that says with which keys a client proves itself. */
export function attachedOnly(ids: readonly string[]): JsonObject {
  return { client_authentication_methods: { private_key_jwt: { credentials: ids.map((id) => ({ id })) } } };
}

/** Members of `client_metadata` that are ours; null removes one. The note of the key is not among them. */
export function clientNotes(registration: Registration): Readonly<Record<string, string | null>> {
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
