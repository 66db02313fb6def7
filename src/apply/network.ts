import { TenantryError } from "../errors/failure.ts";
import { resolveReference, type SecretSource } from "../secret/resolve.ts";
import type { Network } from "../vendor/network.ts";
import type { Workspace } from "../workspace/workspace.ts";

/**
 * How a run in this environment reaches the outside.
 *
 * @throws TenantryError APPLY_SANDBOX_ABSENT
 */
export function networkOf({ connect }: Pick<Workspace, "connect">, source: SecretSource): Network {
  if (connect === undefined) return {};
  try {
    const ca = resolveReference(connect.ca, source).reveal();
    return { connect: { host: connect.host, port: connect.port, ca } };
  } catch (cause) {
    throw new TenantryError("APPLY_SANDBOX_ABSENT", `the file ${connect.ca.text} of \`connect:\` is not there`, {
      cause,
    });
  }
}
