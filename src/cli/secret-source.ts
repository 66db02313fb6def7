import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { managersOf, remoteSecrets } from "../apply/remote-secrets.ts";
import type { SecretSource } from "../secret/resolve.ts";
import type { SecretManagers } from "../vendor/secret-managers.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { readSecretFile } from "./secret-file.ts";
import type { Surroundings } from "./terminal.ts";

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
