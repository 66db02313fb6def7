import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseEnv } from "node:util";
import { managersOf, remoteSecrets } from "../apply/remote-secrets.ts";
import type { Redactor } from "../secret/redact.ts";
import type { SecretSource } from "../secret/resolve.ts";
import type { SecretManagers } from "../vendor/secret-managers.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { readSecretFile } from "./secret-file.ts";
import type { Surroundings } from "./terminal.ts";
import { version } from "./version.ts";

/** Where a run gets its secrets from, and the secret managers that it may also put some into. */
export interface RunSecrets {
  readonly source: SecretSource;
  readonly managers: SecretManagers;
}

/** What of a run reading secrets takes. */
interface SecretReader {
  readonly surroundings: Surroundings;
  readonly redactor: Redactor;
  readonly now: () => number;
}

/** As `secretSource`, with what lies in secret managers. Nothing is asked of one before it is needed. */
export function runSecrets(run: SecretReader, workspace: Workspace): RunSecrets {
  const { surroundings, redactor, now: clock } = run;
  const source = secretSource(surroundings, workspace);
  const sleep = surroundings.sleep ?? ((milliseconds: number) => delay(milliseconds));
  const managers = managersOf({ workspace, source, redactor, clock, sleep, version });
  return { source: { ...source, remote: remoteSecrets(managers, redactor) }, managers };
}

/** Where references are looked up: the process environment, then the environment's own file; files below the root. */
export function secretSource(surroundings: Surroundings, workspace: Workspace): SecretSource {
  const inFile = workspace.envFile === undefined ? {} : readEnvFile(join(workspace.root, workspace.envFile));
  return {
    environment: { ...inFile, ...definedOnly(surroundings.environment) },
    readFile: (path, from) => readSecretFile(workspace.root, path, from),
  };
}

function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch {
    // A missing file leaves its references unresolved, and each of those says so by name.
    return {};
  }
}

function definedOnly(environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ""),
  );
}
