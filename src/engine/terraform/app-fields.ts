import { clientKeyField } from "../../desired/client-key.ts";
import { canonicalJson, type Json, textsOf } from "../../desired/json.ts";
import type { Fields } from "../../plan/observed.ts";
import { isJsonObject, type JsonObject } from "../../vendor/json.ts";

// What the arguments of `okta_app_oauth` and `okta_app_group_assignments` are in the words of the model. Pure.

/** The arguments that the words of the model stand for; all others are shown under their own names. */
const spoken: ReadonlySet<string> = new Set([
  "authentication_policy",
  "client_id",
  "grant_types",
  "implicit_assignment",
  "label",
  "pkce_required",
  "post_logout_redirect_uris",
  "redirect_uris",
  "response_types",
  "status",
  "token_endpoint_auth_method",
]);

/** Arguments that say how the provider works and are nowhere at Okta. */
const ofProvider: ReadonlySet<string> = new Set([
  "client_basic_secret_wo_version",
  "omit_secret",
  "preconfigured_app",
  "skip_authentication_policy",
  "skip_groups",
  "skip_users",
  "timeouts",
]);

/** Arguments of the refresh token, which Okta has only for a client that gets one. */
const ofRefreshToken: ReadonlySet<string> = new Set(["refresh_token_leeway", "refresh_token_rotation"]);

/** An app's arguments as the fields of a registration, without its policy and its groups, which need names. */
export function appFields(app: JsonObject): Fields {
  const clientAuth = text(app.token_endpoint_auth_method);
  return {
    label: text(app.label),
    active: app.status !== "INACTIVE",
    clientId: text(app.client_id),
    redirectUris: textsOf(app.redirect_uris),
    postLogoutRedirectUris: [...textsOf(app.post_logout_redirect_uris)].sort(),
    grantTypes: [...textsOf(app.grant_types)].sort(),
    responseTypes: [...textsOf(app.response_types)].sort(),
    clientAuth,
    pkce: app.pkce_required === true ? "S256" : "off",
    ...(clientAuth === "private_key_jwt" ? { clientKey: clientKey(app) } : {}),
  };
}

/** The keys to sign with that an app has; the address instead where it has one. */
function clientKey(app: JsonObject): Json {
  if (typeof app.jwks_uri === "string" && app.jwks_uri !== "") return app.jwks_uri;
  return clientKeyField(signingKeys(app));
}

/** The keys to sign with that an app's arguments hold: they lack `crv`, which the provider does not know. */
export function signingKeys(app: JsonObject): readonly (JsonObject & { readonly kid?: unknown })[] {
  return keysIn(app)
    .filter((key) => key.use !== "enc")
    .map(withoutNothing);
}

function keysIn(app: JsonObject): readonly JsonObject[] {
  return Array.isArray(app.jwks) ? app.jwks.filter(isJsonObject) : [];
}

/** Ids of the groups in an assignment; undefined stands for one that is not made yet. */
export function groupIds(assignments: JsonObject | undefined): readonly (string | undefined)[] {
  const groups = assignments?.group;
  if (!Array.isArray(groups)) return [];
  return groups.filter(isJsonObject).map(({ id }) => (typeof id === "string" ? id : undefined));
}

/** One argument that a tool would change and that no word of the model stands for. */
export interface Argument {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
}

/** What a change of one resource is told by: its values, and what of them is unknown or must not be shown. */
export interface Values {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly afterUnknown: JsonObject;
  readonly sensitive: { readonly before: unknown; readonly after: unknown };
}

/**
 * The arguments of an app that would change beyond the fields of a registration. Those that say only how the provider
 * works are none: an import, another version or a policy that is named from now on changes them.
 */
export function otherArguments(values: Values): readonly Argument[] {
  const { before, after } = values;
  const refreshes = textsOf(after.grant_types).includes("refresh_token");
  const signs = [before, after].some((app) => app.token_endpoint_auth_method === "private_key_jwt");
  const others = canonicalJson(otherKeys(before)) !== canonicalJson(otherKeys(after));
  return differingArguments(values)
    .filter(
      ({ name }) =>
        !spoken.has(name) &&
        !ofProvider.has(name) &&
        !(!refreshes && ofRefreshToken.has(name)) &&
        !(signs && (name === "jwks_uri" || (name === "jwks" && !others))),
    )
    .map((argument) =>
      argument.name === "jwks" ? { name: "jwks", before: keyIds(before), after: keyIds(after) } : argument,
    );
}

/** Keys that are for something else than signing. */
function otherKeys(app: JsonObject): readonly JsonObject[] {
  return keysIn(app).filter((key) => key.use === "enc");
}

function keyIds(app: JsonObject): Json {
  return keysIn(app).map((key) => text(key.kid));
}

/** Every argument of a resource that would change, by name. Nothing and an empty text, list or object are the same. */
export function differingArguments({ before, after, afterUnknown, sensitive }: Values): readonly Argument[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): readonly Argument[] => {
    const later = afterUnknown[name] === true;
    if (!later && bare(before[name]) === bare(after[name])) return [];
    if (isHidden(memberOf(sensitive.before, name)) || isHidden(memberOf(sensitive.after, name)))
      return [{ name, before: hidden, after: hiddenToo }];
    return [{ name, before: plain(before[name]), after: later ? knownAfter : plain(after[name]) }];
  });
}

const hidden = "(sensitive)";
const hiddenToo = "(sensitive, another)";
const knownAfter = "(known after)";

function memberOf(marks: unknown, name: string): unknown {
  return isJsonObject(marks) ? marks[name] : marks;
}

function isHidden(mark: unknown): boolean {
  if (mark === true) return true;
  return typeof mark === "object" && mark !== null && Object.values(mark).some(isHidden);
}

function bare(value: unknown): string {
  const json = canonicalJson(value ?? null);
  return json === '""' || json === "[]" || json === "{}" ? "null" : json;
}

function plain(value: unknown): Json {
  return JSON.parse(canonicalJson(value ?? null)) as Json;
}

function withoutNothing(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== ""));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
