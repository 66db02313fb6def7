import { SecretFault } from "../secret/remote.ts";
import type { Secret } from "../secret/secret.ts";
import type { SecretManager } from "../secret/sink.ts";
import { type LocalReference, type RemoteReference, referenceForms } from "../workspace/reference.ts";
import type { SecretSettings } from "../workspace/secrets.ts";
import type { HostLimiters } from "./limiter.ts";
import type { Network, Sleep } from "./network.ts";

export interface SecretManagersOptions {
  readonly settings: SecretSettings;
  /** The secret with which we come in to a manager, known to the redactor from then on. */
  readonly resolve: (reference: LocalReference, use: string) => Secret;
  /** Asked for when a manager is first asked something. */
  readonly network: () => Network;
  readonly limiters: HostLimiters;
  readonly sleep: Sleep;
  readonly know: (secret: Secret) => void;
  /** Our own, for vendors that want to know who asks. */
  readonly version: string;
  /** Milliseconds for one request. */
  readonly deadline: number;
}

/** The secret managers of a run. Each is opened by the first that asks it something. */
export interface SecretManagers {
  /** Rejects with a SecretFault when the manager is not named, or its vendor's package is not installed. */
  of(scheme: RemoteReference["scheme"]): Promise<SecretManager>;
  close(): Promise<void>;
}

/** Opens nothing yet. */
export function openSecretManagers(options: SecretManagersOptions): SecretManagers {
  const opened = new Map<RemoteReference["scheme"], Promise<SecretManager>>();
  return {
    of(scheme) {
      const manager = opened.get(scheme) ?? open(scheme, options);
      opened.set(scheme, manager);
      return manager;
    },
    async close() {
      for (const manager of opened.values()) {
        // One that could not be opened has told so to whoever asked it.
        await (await manager.catch(() => undefined))?.close();
      }
      opened.clear();
    },
  };
}

async function open(scheme: RemoteReference["scheme"], options: SecretManagersOptions): Promise<SecretManager> {
  const { settings, deadline, resolve, sleep, know } = options;
  switch (scheme) {
    case "vault": {
      const { vault } = settings;
      if (vault === undefined) throw unnamed(scheme, "`secrets.vault` with an `address`");
      const { address, namespace, login } = vault;
      const { openVault } = await import("./vault/open.ts");
      const manager = await openVault({
        ...{ address, namespace, sleep, know, deadline },
        network: options.network(),
        limiter: options.limiters.of(new URL(address).host),
        credential: () =>
          login.kind === "token"
            ? { kind: "token", token: resolve(login.token, "the token for Vault") }
            : { ...login, secretId: resolve(login.secretId, "the secret id for Vault") },
      });
      return manager as unknown as SecretManager;
    }
    case "op": {
      const { onePassword } = settings;
      if (onePassword === undefined) throw unnamed(scheme, "`secrets.onePassword` with a `serviceAccountToken`");
      expectDirect(scheme, options);
      const { openOnePassword } = await import("./one-password/open.ts");
      const token = () => resolve(onePassword.serviceAccountToken, "the service account's token for 1Password");
      return (await openOnePassword({ token, version: options.version, deadline })) as unknown as SecretManager;
    }
    case "aws-sm": {
      expectDirect(scheme, options);
      const { openAws } = await import("./aws/open.ts");
      return (await openAws({ region: settings.aws?.region, deadline })) as unknown as SecretManager;
    }
    case "gcp-sm": {
      expectDirect(scheme, options);
      const { openGcp } = await import("./gcp/open.ts");
      return (await openGcp({ deadline })) as unknown as SecretManager;
    }
    default:
      return scheme satisfies never;
  }
}

function unnamed(scheme: RemoteReference["scheme"], what: string): SecretFault {
  return new SecretFault("SECRET_MANAGER_UNNAMED", `tenantry.yaml names no manager for ${referenceForms[scheme]}`, {
    hint: `Add ${what} to tenantry.yaml (docs/secrets.md).`,
  });
}

/** Vendors' SDKs go where they will: not in an environment whose every connection goes to a sandbox. */
function expectDirect(scheme: RemoteReference["scheme"], { network }: SecretManagersOptions): void {
  if (network().connect === undefined) return;
  throw new SecretFault(
    "SECRET_MANAGER_UNNAMED",
    `${referenceForms[scheme]} is not asked in an environment with \`connect:\``,
    { hint: "Lay another reference over it in that environment." },
  );
}
