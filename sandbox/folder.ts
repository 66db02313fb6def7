import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { TenantryError } from "../src/errors/failure.ts";
import { databasesFolder, hasAuthority } from "./data-folder.ts";
import { formatEnv } from "./dotenv.ts";
import { readIfThere } from "./read-if-there.ts";
import { checkNotRunning, type RunningSandbox, readyFile, readyText } from "./ready.ts";
import { replaceFile } from "./replace-file.ts";

const marker = ".tenantry-sandbox";
/** What a sandbox and the commands around it leave behind; a folder with anything else is not emptied. */
const ours = /^(\.tenantry-sandbox|(ca\.pem|env|ready\.json)(\.new)?|[^/]+\.(db|db-wal|db-shm|db-journal|log|pid))$/;
const database = /\.db(-wal|-shm|-journal)?$/;

/**
 * Throws SANDBOX_RUNNING when the sandbox of this folder is alive, and SANDBOX_FOLDER_FOREIGN when the folder holds
 * things that no sandbox has put there. Changes nothing.
 */
export async function checkFolder(dir: string): Promise<void> {
  if (!existsSync(dir)) return;
  const foreign = readdirSync(dir).find((entry) => !ours.test(entry));
  if (foreign !== undefined) {
    throw new TenantryError("SANDBOX_FOLDER_FOREIGN", `${dir} holds ${foreign}, which no sandbox has put there.`);
  }
  await checkNotRunning(dir);
}

/** Whose folder it becomes. */
export interface FolderOwner {
  /** PEM of its authority: that is what a world is known by. */
  readonly certificate: string;
  /** Absolute path of the folder in which the world is kept; absent for one that ends with its sandbox. */
  readonly keptIn?: string | undefined;
}

/**
 * Empties the folder (0700) and makes it this world's. Databases belong to orgs: those of a world that is kept go to
 * where that is kept, and come from there when it has the folder again.
 */
export function takeFolder(dir: string, { certificate, keptIn }: FolderOwner): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  setDatabasesAside(dir);
  for (const entry of readdirSync(dir)) rmSync(join(dir, entry), { recursive: true, force: true });
  const kept = keptIn === undefined ? "which empties it at every start" : `whose world is kept elsewhere`;
  const where = keptIn === undefined ? "" : `World: ${keptIn}\n`;
  writeFileSync(join(dir, marker), `This folder belongs to \`tenantry sandbox\`, ${kept}.\n${where}`);
  if (keptIn === undefined) return;
  // First: by it and the marker the databases are found again, whatever happens meanwhile.
  writeFileSync(join(dir, "ca.pem"), certificate, { mode: 0o600 });
  moveDatabases(join(keptIn, databasesFolder), dir);
}

/** Writes ca.pem and env (both 0600). */
export async function writeValues(dir: string, ca: string, env: Readonly<Record<string, string>>): Promise<void> {
  await replaceFile(join(dir, "env"), formatEnv(env));
  await replaceFile(join(dir, "ca.pem"), ca);
}

/** Writes ready.json (0600): the sign that the sandbox answers. */
export async function writeReady(dir: string, running: RunningSandbox): Promise<void> {
  await replaceFile(join(dir, readyFile), readyText(dir, running));
}

export function removeReady(dir: string): void {
  rmSync(join(dir, readyFile), { force: true });
}

/** Where the world of this folder is kept, if it is, and if it is still there. */
function setDatabasesAside(dir: string): void {
  const certificate = readIfThere(join(dir, "ca.pem"));
  const keptIn = /^World: (.+)$/m.exec(readIfThere(join(dir, marker)) ?? "")?.[1];
  if (certificate === undefined || keptIn === undefined || !hasAuthority(keptIn, certificate)) return;
  moveDatabases(dir, join(keptIn, databasesFolder));
}

function moveDatabases(from: string, to: string): void {
  const names = existsSync(from) ? readdirSync(from).filter((name) => database.test(name)) : [];
  if (names.length === 0) return;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of names) move(join(from, name), join(to, name));
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    copyFileSync(from, to);
    rmSync(from);
  }
}
