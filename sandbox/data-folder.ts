import { existsSync, readdirSync, rmSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { TenantryError } from "../src/errors/failure.ts";
import { type Authority, createAuthority, openAuthority } from "./authority.ts";
import { readIfThere } from "./read-if-there.ts";
import { checkNotRunning, type RunningSandbox, readyFile, readyText } from "./ready.ts";
import { replaceFile } from "./replace-file.ts";
import type { WorldState } from "./world.ts";
import { readWorld, writeWorld } from "./world-document.ts";

const worldFile = "world.json";
const certificateFile = "ca.pem";
const keyFile = "ca-key.pem";

/** Where the databases of a world are while another world has the sandbox's folder. */
export const databasesFolder = "databases";

const ours = /^(world\.json|ca\.pem|ca-key\.pem|ready\.json)(\.new)?$|^databases$/;

/** What is in a folder of `--data`. */
export interface DataFolder {
  readonly dir: string;
  readonly authority: Authority;
  /** Undefined in a new folder. */
  readonly state: WorldState | undefined;
}

/**
 * Opens the folder in which a world is kept, or makes it (0700) with an authority of its own. Throws SANDBOX_RUNNING
 * while a sandbox runs with it, SANDBOX_DATA_FOREIGN for a folder that holds something else, SANDBOX_WORLD_INVALID or
 * SANDBOX_WORLD_NEWER for a world that cannot be read.
 *
 * @param emptied the sandbox's own folder, which is no place to keep anything
 */
export async function openDataFolder(path: string, now: number, emptied?: string): Promise<DataFolder> {
  const dir = resolve(path);
  if (emptied !== undefined && isInside(dir, resolve(emptied))) {
    throw foreign(`${dir} is emptied by every sandbox that is not told to keep its world.`);
  }
  const entries = listing(dir);
  const stranger = entries.includes(worldFile) ? undefined : entries.find((entry) => !ours.test(entry));
  if (stranger !== undefined) throw foreign(`${dir} holds ${stranger}, and no world of a sandbox.`);
  await checkNotRunning(dir);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (entries.length === 0) await chmod(dir, 0o700);
  return { dir, authority: await authorityIn(dir, now), state: await readState(dir) };
}

/** The world that is kept in a folder. Throws SANDBOX_DATA_FOREIGN when none is, and as `openDataFolder`. */
export async function readDataFolder(path: string): Promise<WorldState> {
  const dir = resolve(path);
  await checkNotRunning(dir);
  const state = existsSync(dir) ? await readState(dir) : undefined;
  if (state === undefined) throw foreign(`${dir} holds no world of a sandbox.`);
  return state;
}

/** Writes the world down, whole or not at all. Throws SANDBOX_DATA_UNWRITABLE. */
export async function writeState(dir: string, state: WorldState): Promise<void> {
  const text = writeWorld(state);
  try {
    await replaceFile(join(dir, worldFile), text);
  } catch (error) {
    throw new TenantryError("SANDBOX_DATA_UNWRITABLE", `The world could not be written to ${dir}.`, { cause: error });
  }
}

/** Takes the folder for a sandbox that runs. Throws SANDBOX_RUNNING when another was faster. */
export async function occupy(dir: string, running: RunningSandbox): Promise<void> {
  await rm(join(dir, readyFile), { force: true });
  try {
    await writeFile(join(dir, readyFile), readyText(dir, running), { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new TenantryError("SANDBOX_RUNNING", `Another sandbox has just begun with ${dir}.`, { cause: error });
  }
}

/** The sandbox that ran with the folder is over. */
export function vacate(dir: string): void {
  rmSync(join(dir, readyFile), { force: true });
}

/** Whether the certificate is that of the authority that is kept in this folder. */
export function hasAuthority(dir: string, certificate: string): boolean {
  return readIfThere(join(dir, certificateFile)) === certificate;
}

async function authorityIn(dir: string, now: number): Promise<Authority> {
  const certificate = readIfThere(join(dir, certificateFile));
  const privateKey = readIfThere(join(dir, keyFile));
  if (certificate === undefined || privateKey === undefined) {
    const made = await createAuthority(now);
    // The key first: what was given out must never be without it.
    await replaceFile(join(dir, keyFile), made.kept.privateKey);
    await replaceFile(join(dir, certificateFile), made.kept.certificate);
    return made;
  }
  try {
    return await openAuthority({ certificate, privateKey }, now);
  } catch (error) {
    const message = `${dir} holds an authority that cannot be read.`;
    const hint = `delete ${certificateFile} and ${keyFile} there; clients then need the new ${certificateFile}`;
    throw new TenantryError("SANDBOX_WORLD_INVALID", message, { hint, cause: error });
  }
}

async function readState(dir: string): Promise<WorldState | undefined> {
  const path = join(dir, worldFile);
  const text = readIfThere(path);
  return text === undefined ? undefined : readWorld(text, path);
}

function listing(dir: string): readonly string[] {
  if (!existsSync(dir)) return [];
  try {
    return readdirSync(dir);
  } catch (error) {
    throw foreign(`${dir} is no folder that can be read.`, error);
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || !(way.startsWith("..") || resolve(way) === way);
}

function foreign(message: string, cause?: unknown): TenantryError {
  return new TenantryError("SANDBOX_DATA_FOREIGN", message, { cause });
}
