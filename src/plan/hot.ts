import { appKind } from "../desired/app-kinds.ts";
import { type Json, textsOf } from "../desired/json.ts";
import { isPlaceholder } from "../desired/key.ts";
import { appKindNames } from "../workspace/app.ts";
import type { HotField } from "./change.ts";
import type { Fields } from "./observed.ts";

/** The fields of a change by which a hot field shows. */
export const pathsOfHotField: Readonly<Record<HotField, readonly string[]>> = {
  issuer: ["issuer"],
  endpointHost: ["authorizationEndpoint", "tokenEndpoint", "userinfoEndpoint", "jwksUri", "endSessionEndpoint"],
  clientId: ["clientId"],
  redirectUris: ["redirectUris", "redirectUri"],
  domains: ["domains"],
  clientAuth: ["clientAuth", "pkce", "clientKey"],
  secret: ["clientSecretId", "clientAuth"],
  assignment: ["assignment", "enabledConnections", "accessPolicy"],
  roles: ["roles"],
  claims: ["claims"],
  require: ["require"],
  acrValues: ["acrValues"],
  provision: ["provision"],
  target: appKindNames.flatMap((kind) => (appKind(kind).hotTarget ?? []).map((name) => `${kind}.${name}`)),
};

/** Strength of client authentication: a shared secret is a shared secret, in the header or in the body. */
const authStrength: Readonly<Record<string, number>> = {
  none: 0,
  client_secret_post: 1,
  client_secret_basic: 1,
  private_key_jwt: 2,
};

/** Hot fields among the differing ones of a registration (design, section 5). */
export function hotRegistrationFields(before: Fields, after: Fields, paths: readonly string[]): readonly HotField[] {
  const hot: HotField[] = [];
  // Nobody has come in by a placeholder.
  const callbacks = textsOf(before.redirectUris);
  const unused = callbacks.length > 0 && callbacks.every(isPlaceholder);
  // Nor can anybody whose app is still to hand a callback out.
  const later = after.redirectUris !== undefined && !Array.isArray(after.redirectUris);
  if (paths.includes("redirectUris") && !unused && !later) hot.push("redirectUris");
  // Any change, not only a weakening: Okta holds one method per client, so sign-ins fail until the record follows.
  if (paths.includes("clientAuth") || (paths.includes("pkce") && after.pkce === "off")) hot.push("clientAuth");
  if (paths.includes("clientKey")) hot.push("clientAuth");
  if (paths.includes("assignment") && widenedOrEmptied(before.assignment, after.assignment)) hot.push("assignment");
  const ways =
    paths.includes("enabledConnections") && widenedOrEmptied(before.enabledConnections, after.enabledConnections);
  // Another policy may ask less of people, or let more of them in.
  if (ways || paths.includes("accessPolicy")) hot.push("assignment");
  return [...new Set(hot)];
}

/** Hot fields among the differing ones of something that registrations share. */
export function hotPartFields(before: Fields, after: Fields, paths: readonly string[]): readonly HotField[] {
  const ways =
    paths.includes("enabledConnections") && widenedOrEmptied(before.enabledConnections, after.enabledConnections);
  return ways ? ["assignment"] : [];
}

/** Hot fields among the differing ones of a tenant's row: a domain added lets people in, one removed puts people out. */
export function hotAppTenantFields(paths: readonly string[]): readonly HotField[] {
  if (!paths.includes("domains")) return [];
  return ["domains"];
}

/**
 * Hot fields among the differing ones of a record.
 *
 * @param documented whether the issuer's own document names the endpoints; where the file does, nothing but a reviewer
 *   vouches for them, so that every change of one is hot, not only another host
 */
export function hotRecordFields(
  before: Fields,
  after: Fields,
  paths: readonly string[],
  documented = true,
): readonly HotField[] {
  const hot: HotField[] = [];
  if (paths.includes("issuer")) hot.push("issuer");
  const endpoints = ["authorizationEndpoint", "tokenEndpoint", "userinfoEndpoint", "jwksUri", "endSessionEndpoint"];
  if (endpoints.some((name) => paths.includes(name) && (!documented || hostOf(before[name]) !== hostOf(after[name])))) {
    hot.push("endpointHost");
  }
  if (paths.includes("clientId")) hot.push("clientId");
  if (paths.includes("redirectUri")) hot.push("redirectUris");
  if (paths.includes("clientAuth") && weaker(before.clientAuth, after.clientAuth)) hot.push("clientAuth");
  if (paths.includes("pkce") && after.pkce === "off") hot.push("clientAuth");
  if (paths.includes("clientAuth") && isShared(before.clientAuth) && !isShared(after.clientAuth)) hot.push("secret");
  if (paths.includes("roles") && rolesWidened(before.roles, after.roles)) hot.push("roles");
  if (paths.includes("claims") && identityMoved(before.claims, after.claims)) hot.push("claims");
  if (paths.includes("require") && loosened(before.require, after.require)) hot.push("require");
  if (paths.includes("acrValues") && dropped(before.acrValues, after.acrValues)) hot.push("acrValues");
  if (paths.includes("provision") && createsNow(before.provision, after.provision)) hot.push("provision");
  if (paths.some((path) => pathsOfHotField.target.includes(path))) hot.push("target");
  return [...new Set(hot)];
}

/** Whether a client of this authentication has a secret that both sides know. */
function isShared(clientAuth: Json | undefined): boolean {
  return String(clientAuth).startsWith("client_secret");
}

function weaker(before: Json | undefined, after: Json | undefined): boolean {
  return (authStrength[String(after)] ?? 0) < (authStrength[String(before)] ?? 0);
}

function widenedOrEmptied(before: Json | undefined, after: Json | undefined): boolean {
  if (after === "everyone") return true;
  const groups = textsOf(after);
  if (groups.length === 0) return true;
  if (before === "everyone") return false;
  const old = new Set(textsOf(before));
  return groups.some((group) => !old.has(group));
}

/** A claim value that leads to a role it did not lead to before, another claim, or another default. */
function rolesWidened(before: Json | undefined, after: Json | undefined): boolean {
  if (!isRecord(after)) return false;
  if (!isRecord(before)) return true;
  if (JSON.stringify(before.claim) !== JSON.stringify(after.claim) || before.default !== after.default) return true;
  const old = isRecord(before.map) ? before.map : {};
  const now = isRecord(after.map) ? after.map : {};
  return Object.entries(now).some(([value, role]) => old[value] !== role);
}

/** Another claim says who somebody is: an account could be taken by whoever can set that claim. */
function identityMoved(before: Json | undefined, after: Json | undefined): boolean {
  const old = isRecord(before) ? before : {};
  const now = isRecord(after) ? after : {};
  return ["externalId", "email"].some((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
}

/** A demand on a claim that is dropped or changed: whom it kept out could come in. */
function loosened(before: Json | undefined, after: Json | undefined): boolean {
  const now = isRecord(after) ? after : {};
  return Object.entries(isRecord(before) ? before : {}).some(([name, value]) => now[name] !== value);
}

/** A demand on how somebody signed in (such as with a second factor) that is no longer made. */
function dropped(before: Json | undefined, after: Json | undefined): boolean {
  const now = new Set(textsOf(after));
  return textsOf(before).some((value) => !now.has(value));
}

/** Accounts that were made by hand only are now made for whoever signs in. */
function createsNow(before: Json | undefined, after: Json | undefined): boolean {
  return isRecord(after) && after.create === true && !(isRecord(before) && before.create === true);
}

function hostOf(value: Json | undefined): string | null {
  return typeof value === "string" && URL.canParse(value) ? new URL(value).host : null;
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
