import { isTexts } from "../../json.ts";
import type { Auth0Connection } from "../model.ts";
import { leadsOn, optionsOf } from "./upstream.ts";

/**
 * The connection at whose issuer somebody with this address signs in: the one that names the domain among its
 * `domain_aliases`, as Auth0's home-realm discovery has it.
 */
export function homeRealm(connections: readonly Auth0Connection[], email: string): Auth0Connection | undefined {
  const domain = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  if (domain === "" || !email.includes("@")) return undefined;
  return connections.find((connection) => {
    const { domain_aliases: aliases } = optionsOf(connection);
    return leadsOn(connection) && isTexts(aliases) && aliases.some((alias) => alias.toLowerCase() === domain);
  });
}
