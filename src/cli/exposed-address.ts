import { isIP } from "node:net";
import { TenantryError } from "../errors/failure.ts";
import type { Run } from "./run.ts";

/**
 * The address of `--expose-to-network`, with a warning on stderr of what that means unless it is a loopback address.
 * Undefined when none was given.
 *
 * @throws TenantryError CLI_USAGE when it is no IP address
 */
export function exposedAddress(run: Run, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (isIP(text) === 0) {
    throw new TenantryError("CLI_USAGE", `--expose-to-network takes an IP address, and \`${text}\` is none`, {
      hint: "give one of this machine, such as 192.0.2.7, or 0.0.0.0 for all of them",
    });
  }
  if (!/^(127\.|::1$)/.test(text)) {
    run.terminal.err(
      `warning: the sandbox listens on ${text} too. Whoever reaches it can sign in there as anybody,\n` +
        "  see what it was asked, and use it as a proxy to itself. Nothing real belongs in it.\n",
    );
  }
  return text;
}
