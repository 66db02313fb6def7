import type { Redactor } from "../secret/redact.ts";
import { type RemoteSecrets, rememberSecrets, SecretFault } from "../secret/remote.ts";
import { resolveReference, type SecretSource } from "../secret/resolve.ts";
import { createHostLimiters } from "../vendor/limiter.ts";
import type { Clock, Sleep } from "../vendor/network.ts";
import { openSecretManagers, type SecretManagers } from "../vendor/secret-managers.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { networkOf } from "./network.ts";

export interface ManagersOptions {
  readonly workspace: Pick<Workspace, "connect" | "secrets">;
  /** Variables and files. */
  readonly source: SecretSource;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly version: string;
}

/** Milliseconds for one request to a secret manager. */
const deadline = 10_000;

/** The secret managers of a workspace. Opens nothing yet. */
export function managersOf(options: ManagersOptions): SecretManagers {
  const { workspace, source, redactor, clock, sleep, version } = options;
  return openSecretManagers({
    settings: workspace.secrets ?? {},
    resolve: (reference, use) => {
      const secret = resolveReference(reference, source, use);
      redactor.know(secret);
      return secret;
    },
    network: () => networkOf(workspace, source),
    limiters: createHostLimiters({ clock, sleep, share: 1 }),
    know: (secret) => redactor.know(secret),
    ...{ sleep, version, deadline },
  });
}

/** What a run fetches from secret managers. Nothing is fetched until it is asked for. */
export function remoteSecrets(managers: SecretManagers, redactor: Redactor): RemoteSecrets {
  return rememberSecrets(async (reference) => {
    const found = await (await managers.of(reference.scheme)).read(reference);
    if (found === undefined) throw new SecretFault("SECRET_UNRESOLVED", "nothing is there");
    redactor.know(found);
    return found;
  });
}
