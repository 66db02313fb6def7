import { TenantryError } from "../errors/failure.ts";

/**
 * The host of this name among those of the sandbox, or the only one that has it as a part. Of several, the one under
 * `acme`, which is us: `okta` is `acme.okta.com`, not a customer's own org. A name that fits none is given back, for
 * the sandbox to refuse. Throws CLI_USAGE when it fits several.
 */
export function hostOf(name: string, hosts: readonly string[]): string {
  const wanted = name.toLowerCase();
  if (hosts.includes(wanted)) return wanted;
  const fitting = hosts.filter((host) => host.split(".").includes(wanted));
  const ours = fitting.filter((host) => host.startsWith("acme."));
  const found = ours.length === 1 ? ours : fitting;
  if (found.length > 1) {
    throw new TenantryError("CLI_USAGE", `\`${name}\` can be ${found.join(", ")}`, { hint: "write the host out" });
  }
  return found[0] ?? wanted;
}
