import { type JsonObject, textOf } from "../../json.ts";
import type { Auth0Connection, Auth0User } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { mapProfile } from "./profile.ts";
import { optionsOf } from "./upstream.ts";
import { type Told, UpstreamFailure } from "./upstream-answer.ts";

/**
 * The user whom a connection has let in: made at the first sign-in and brought up to date at each later one, unless
 * `set_user_root_attributes` says otherwise. Throws an `UpstreamFailure`.
 */
export function arrive(tenant: Auth0Tenant, connection: Auth0Connection, told: Told): Auth0User {
  const options = optionsOf(connection);
  const id = userId(connection, told.tokenset, options);
  const found = tenant.users.get(id);
  const when = options.set_user_root_attributes ?? "on_each_login";
  if (found !== undefined && when !== "on_each_login") return found;
  if (found === undefined && when === "never_on_login") {
    throw new UpstreamFailure("access_denied", "user does not exist and the connection creates none at login");
  }
  const { name, email, ...claims } = mapProfile(options.attribute_map, told);
  const address = textOf(email) ?? "";
  const known = textOf(name) ?? (address === "" ? id : address);
  if (found === undefined) return tenant.addUser(connection, address, known, { id, claims });
  return Object.assign(found, { email: address, name: known, claims, updatedAt: tenant.timestamp() });
}

/** Strategy, connection and the person's id at the issuer; for Entra ID strategy and id alone. */
function userId({ strategy, name }: Auth0Connection, claims: JsonObject, options: JsonObject): string {
  if (strategy !== "waad") return `${strategy}|${name}|${claims.sub}`;
  const attribute = options.userid_attribute === "sub" ? "sub" : "oid";
  return `${strategy}|${textOf(claims[attribute]) ?? String(claims.sub)}`;
}
