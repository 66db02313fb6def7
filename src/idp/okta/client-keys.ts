import { clientKeyField, curveOf, thumbprintOf } from "../../desired/client-key.ts";
import type { Json } from "../../desired/json.ts";
import { isJsonObject, type JsonObject, objectIn, textIn } from "../../vendor/json.ts";
import type { PublicKey } from "../../workspace/workspace.ts";

// The keys with which a client signs its assertions stand in `settings.oauthClient.jwks` of its app. Okta gives each an
// id and a status and spells out as null what was not sent, so keys are compared by what makes up the key.

/**
 * The keys that the client may sign with now, as plans compare them; the address instead when Okta fetches them from
 * one; null when there is none.
 */
export function observedClientKey(oauth: JsonObject): Json {
  const address = textIn(oauth, "jwks_uri");
  if (address !== undefined && address !== "") return address;
  return clientKeyField(keysIn(oauth).filter((key) => signs(key) && key.status !== "INACTIVE"));
}

/** The settings with their keys as they may be sent: without what Okta computes, and without its nulls. */
export function writableKeys(oauth: JsonObject): JsonObject {
  if (!("jwks" in oauth)) return oauth;
  const keys = keysIn(oauth).map((key) =>
    Object.fromEntries(Object.entries(key).filter(([name, value]) => value !== null && !computed.has(name))),
  );
  return { ...oauth, jwks: { keys } };
}

const computed: ReadonlySet<string> = new Set(["_links", "created", "id", "lastUpdated"]);

/**
 * The settings with this key as the only one to sign with. A key that is there already stays as it is; keys for
 * encryption are somebody else's business and stay too.
 *
 * @param keep whether the other keys to sign with stay beside it; one with the same id goes, Okta takes no two of it
 */
export function withClientKey(oauth: JsonObject, key: PublicKey, keep = false): JsonObject {
  const { jwks_uri: _address, ...settings } = oauth;
  const keys = keysIn(oauth);
  const same = keys.find(
    (each) =>
      signs(each) && each.status !== "INACTIVE" && each.kid === key.kid && thumbprintOf(each) === thumbprintOf(key),
  );
  const others = keys.filter((each) => !signs(each) || (keep && each.kid !== key.kid));
  return { ...settings, jwks: { keys: [...others, same ?? registered(key)] } };
}

/**
 * The settings with the curve of every elliptic-curve key: Okta's Terraform provider does not know it, and a key that
 * lacks it verifies nothing.
 */
export function withCurves(oauth: JsonObject): JsonObject {
  if (!("jwks" in oauth)) return oauth;
  const keys = keysIn(oauth).map((key) => (key.kty === "EC" ? { ...key, crv: curveOf(key) } : key));
  return { ...oauth, jwks: { keys } };
}

/** A key as Okta is sent it. The algorithm is the assertion's affair. */
function registered(key: PublicKey): JsonObject {
  const members = key.kty === "EC" ? { crv: key.crv, x: key.x, y: key.y } : { e: key.e, n: key.n };
  return { kty: key.kty, kid: key.kid, use: "sig", status: "ACTIVE", ...members };
}

function signs(key: JsonObject): boolean {
  return key.use !== "enc";
}

function keysIn(oauth: JsonObject): readonly JsonObject[] {
  const { keys } = objectIn(oauth, "jwks");
  return Array.isArray(keys) ? keys.filter(isJsonObject) : [];
}
