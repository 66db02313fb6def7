import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { kill } from "node:process";
import { TenantryError } from "../src/errors/failure.ts";
import { formatEnv } from "./dotenv.ts";

/** What `ready.json` says while a sandbox runs. */
export interface ReadyFile {
  readonly version: 1;
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  /** Absolute path of the certificate authority's PEM file. */
  readonly ca: string;
  /** Bearer token of the admin API. */
  readonly adminToken: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly hosts: readonly string[];
}

const marker = ".tenantry-sandbox";
/** What a sandbox and the commands around it leave behind; a folder with anything else is not emptied. */
const ours = /^(\.tenantry-sandbox|ca\.pem|env|ready\.json|[^/]+\.(db|db-wal|db-shm|db-journal|log|pid))$/;

/**
 * Throws SANDBOX_RUNNING when the sandbox of this folder is alive, and SANDBOX_FOLDER_FOREIGN when the folder holds
 * things that no sandbox has put there. Changes nothing.
 */
export async function checkFolder(dir: string): Promise<void> {
  if (!existsSync(dir)) return;
  const entries = readdirSync(dir);
  const foreign = entries.includes(marker) ? undefined : entries.find((entry) => !ours.test(entry));
  if (foreign !== undefined) {
    throw new TenantryError("SANDBOX_FOLDER_FOREIGN", `${dir} holds ${foreign}, which no sandbox has put there.`);
  }
  const ready = readReady(dir);
  if (ready !== undefined && isAlive(ready.pid) && (await accepts(ready.host, ready.port))) {
    throw new TenantryError("SANDBOX_RUNNING", `A sandbox of ${dir} is running already (process ${ready.pid}).`);
  }
}

/** Makes the folder (0700) or empties it, and marks it as a sandbox's. */
export function resetFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(dir)) rmSync(join(dir, entry), { recursive: true, force: true });
  chmodSync(dir, 0o700);
  writeFileSync(join(dir, marker), "This folder belongs to `tenantry sandbox`, which empties it at every start.\n");
}

/** Writes ca.pem and env (both 0600). */
export function writeWorld(dir: string, ca: string, env: Readonly<Record<string, string>>): void {
  writeFileSync(join(dir, "ca.pem"), ca, { mode: 0o600 });
  writeFileSync(join(dir, "env"), formatEnv(env), { mode: 0o600 });
}

/** Writes ready.json (0600): the sign that the sandbox answers. */
export function writeReady(dir: string, ready: Omit<ReadyFile, "version" | "ca">): ReadyFile {
  const content: ReadyFile = { version: 1, ...ready, ca: resolve(dir, "ca.pem") };
  writeFileSync(join(dir, "ready.json"), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  return content;
}

export function removeReady(dir: string): void {
  rmSync(join(dir, "ready.json"), { force: true });
}

/** What `ready.json` in this folder says; undefined when there is none that can be read. */
export function readReady(dir: string): ReadyFile | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(join(dir, "ready.json"), "utf8"));
    if (typeof content !== "object" || content === null || !("version" in content) || content.version !== 1) {
      return undefined;
    }
    return content as ReadyFile;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && kill(pid, 0);
  } catch {
    return false;
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host, port, timeout: 1000 });
    const done = (answer: boolean): void => {
      socket.destroy();
      settle(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("timeout", () => done(false));
  });
}

/** Whether something listens where a `ready.json` says that its sandbox does. */
export function answers(ready: ReadyFile): Promise<boolean> {
  return accepts(ready.host, ready.port);
}
