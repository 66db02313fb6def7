import { isObject, type JsonObject } from "../json.ts";
import type { Auth0Credential } from "./model.ts";

/** The ways a client can prove itself other than by a secret, each with the sort of credential that it takes. */
const keyedMethods: Readonly<Record<string, Auth0Credential["type"]>> = {
  private_key_jwt: "public_key",
  tls_client_auth: "cert_subject_dn",
  self_signed_tls_client_auth: "x509_cert",
};

/** Where a client's settings name credentials, each place with those it names. */
function placesOf(settings: JsonObject): readonly (readonly [Auth0Credential["type"], unknown])[] {
  const methods = isObject(settings.client_authentication_methods) ? settings.client_authentication_methods : {};
  const inner = (place: unknown): unknown => (isObject(place) ? place.credentials : undefined);
  return [
    ...Object.entries(keyedMethods).map(([name, type]) => [type, inner(methods[name])] as const),
    ["public_key", inner(settings.signed_request_object)],
    ["public_key", inner(settings.token_vault_privileged_access)],
  ];
}

/** The ids of all credentials that a client's settings name. */
export function attachedCredentials(settings: JsonObject): readonly string[] {
  return placesOf(settings).flatMap(([, named]) => idsOf(named));
}

/** The ids of the keys that a client signs its assertions with. */
export function assertionKeys(settings: JsonObject): readonly string[] {
  const methods = isObject(settings.client_authentication_methods) ? settings.client_authentication_methods : {};
  return idsOf(isObject(methods.private_key_jwt) ? methods.private_key_jwt.credentials : undefined);
}

/** Says which credential named by the settings is not there, or is of another sort than its place takes. */
export function strangeCredential(
  settings: JsonObject,
  credentials: ReadonlyMap<string, Auth0Credential>,
): string | undefined {
  for (const [type, named] of placesOf(settings)) {
    const strange = idsOf(named).find((id) => credentials.get(id)?.type !== type);
    if (strange !== undefined) return strange;
  }
  return undefined;
}

function idsOf(named: unknown): readonly string[] {
  const list = Array.isArray(named) ? named : [];
  return list.flatMap((each) => (isObject(each) && typeof each.id === "string" ? [each.id] : []));
}
