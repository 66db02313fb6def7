import { TenantryError } from "../errors/failure.ts";

/**
 * The host of this name among those of the sandbox, or the only one that has it as a part: `okta` is `acme.okta.com`. A
 * name that fits none is given back, for the sandbox to refuse. Throws CLI_USAGE when it fits several.
 */
export function hostOf(name: string, hosts: readonly string[]): string {
  const wanted = name.toLowerCase();
  if (hosts.includes(wanted)) return wanted;
  const found = hosts.filter((host) => host.split(".").includes(wanted));
  if (found.length > 1) {
    throw new TenantryError("CLI_USAGE", `\`${name}\` can be ${found.join(", ")}`, { hint: "write the host out" });
  }
  return found[0] ?? wanted;
}
