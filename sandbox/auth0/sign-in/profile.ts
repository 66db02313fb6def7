import { isObject, type Json, type JsonObject } from "../../json.ts";
import type { Told } from "./upstream-answer.ts";

/** Claims about the token rather than about the person, and those that Auth0 keeps for itself. */
const restricted = new Set([
  ...["iss", "aud", "exp", "iat", "nbf", "jti", "nonce", "azp", "at_hash", "c_hash", "s_hash", "auth_time", "acr"],
  ...["amr", "sid", "ver", "tid", "org_id", "org_name", "user_id", "identities", "app_metadata", "user_metadata"],
  ...["created_at", "updated_at", "last_ip", "last_login", "logins_count", "blocked", "client_id", "email_verified"],
]);

/** Claims of a `basic_profile`. */
const basic = [
  ...["name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture"],
  ...["website", "email", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "address"],
];

/**
 * The profile that a connection makes of what its issuer said, by its `attribute_map`: everything (`bind_all`), the
 * common claims (`basic_profile`), or what its templates name (`use_map`).
 *
 * @see https://auth0.com/docs/authenticate/identity-providers/enterprise-identity-providers/configure-pkce-claim-mapping-for-oidc
 */
export function mapProfile(attributeMap: unknown, told: Told): JsonObject {
  const { mapping_mode: mode, attributes } = isObject(attributeMap) ? attributeMap : ({} as JsonObject);
  const all: JsonObject = { ...told.userinfo, ...told.tokenset };
  if (mode === "use_map") {
    const mapped = isObject(attributes) ? fill(attributes, { tokenset: told.tokenset, userinfo: told.userinfo }) : {};
    return isObject(mapped) ? mapped : {};
  }
  const wanted = (name: string): boolean =>
    mode === "basic_profile" ? basic.includes(name) : !restricted.has(name) && name !== "sub";
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted(name)));
}

/** A template with its placeholders filled in; members whose placeholder stands for nothing are left out. */
function fill(template: Json | undefined, context: JsonObject): Json | undefined {
  if (typeof template === "string") return fillText(template, context);
  if (Array.isArray(template)) return template.flatMap((item: Json) => fill(item, context) ?? []);
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).flatMap(([name, value]) => {
      const filled = fill(value, context);
      return filled === undefined ? [] : [[name, filled] as const];
    }),
  );
}

/** `${context.tokenset.email}` alone is the value itself; among other text it is put in as text. */
function fillText(template: string, context: JsonObject): Json | undefined {
  const whole = /^\$\{([^{}]+)\}$/.exec(template.trim());
  if (whole?.[1] !== undefined) return valueAt(whole[1], context);
  return template.replace(/\$\{([^{}]+)\}/g, (_placeholder, path: string) => {
    const value = valueAt(path, context);
    return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
  });
}

/** `context.userinfo.groups`, or a name that is no identifier: `context.tokenset['https://a.example/roles']`. */
function valueAt(path: string, context: JsonObject): Json | undefined {
  const names = [...path.matchAll(/[^.[\]'"]+(?=\.|\[|$)|\['([^']*)'\]|\["([^"]*)"\]/g)].map(
    ([name, single, double]) => single ?? double ?? name,
  );
  if (names[0] !== "context") return undefined;
  return names.slice(1).reduce<Json | undefined>((value, name) => (isObject(value) ? value[name] : undefined), context);
}
