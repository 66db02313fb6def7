import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { TenantryError } from "../errors/failure.ts";
import type { Environment } from "./tool-environment.ts";
import { runTool } from "./tool-process.ts";

/** A program that an engine runs, and what is asked of it. `Product` is what it can turn out to be. */
export interface SoughtTool<Product extends string = string> {
  /** How sentences name it, such as `OpenTofu or Terraform`. */
  readonly title: string;
  /** Names on PATH, the first that is there is taken. */
  readonly names: readonly string[];
  /** A name on PATH or a path, from `setting`; then nothing else is looked for. */
  readonly command?: string | undefined;
  /** The setting that names it, such as `engines.terraform.command`. */
  readonly setting: string;
  readonly versionArgs: readonly string[];
  /** Which product its words on its version are of, and which version; undefined when they are of none. */
  readonly identify: (words: string) => { readonly product: Product; readonly version: string } | undefined;
  /** The oldest version of each product that will do. */
  readonly minimum: Readonly<Record<Product, string>>;
  /** What to do when there is none. */
  readonly install: string;
}

export interface FoundTool<Product extends string = string> {
  readonly product: Product;
  /** As it says itself, such as `1.11.4`. */
  readonly version: string;
  /** Absolute. */
  readonly path: string;
}

export interface SearchPlace {
  /** The environment whose PATH is searched, and which the program gets when it is asked for its version. */
  readonly environment: Environment;
  /** What relative paths of a setting are relative to. */
  readonly root: string;
  readonly interrupted?: AbortSignal | undefined;
  readonly redact: (text: string) => string;
}

/**
 * Finds a program and asks it for its version.
 *
 * @throws TenantryError ENGINE_TOOL_MISSING, with what was looked for and where; ENGINE_TOOL_OLD; ENGINE_ANSWER_UNREADABLE
 *   when it does not say its version
 */
export async function findTool<Product extends string>(
  sought: SoughtTool<Product>,
  place: SearchPlace,
): Promise<FoundTool<Product>> {
  const path = await pathOf(sought, place);
  const answer = await runTool({
    path,
    args: sought.versionArgs,
    cwd: tmpdir(),
    scratch: tmpdir(),
    environment: definedOf(place.environment),
    limit: 30_000,
    grace: 5_000,
    longest: 1024 * 1024,
    interrupted: place.interrupted,
  });
  const identified = sought.identify(`${answer.out}\n${answer.err}`);
  const words = place.redact(`${answer.out}\n${answer.err}`.trim()).slice(0, 2_000) || undefined;
  if (identified === undefined) {
    const asked = `${path} ${sought.versionArgs.join(" ")}`;
    throw new TenantryError("ENGINE_ANSWER_UNREADABLE", `${asked} does not answer as ${sought.title} does`, {
      hint: `Name ${sought.title} by ${sought.setting}. ${sought.install}`,
      words,
    });
  }
  const { product, version } = identified;
  const minimum = sought.minimum[product];
  if (!isAtLeast(version, minimum)) {
    throw new TenantryError(
      "ENGINE_TOOL_OLD",
      `${path} is version ${version}, and ${minimum} is the oldest that will do`,
      {
        hint: sought.install,
      },
    );
  }
  return { product, version, path };
}

/** @throws TenantryError ENGINE_TOOL_MISSING */
async function pathOf(sought: SoughtTool, place: SearchPlace): Promise<string> {
  const { command } = sought;
  if (command !== undefined && /[\\/]/.test(command)) {
    const path = isAbsolute(command) ? command : resolve(place.root, command);
    if (await isProgram(path)) return path;
    throw missing(`${path}, which ${sought.setting} names, is no program that can be run`, sought);
  }
  const names = command === undefined ? sought.names : [command];
  const folders = foldersOfPath(place.environment);
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (await isProgram(path)) return path;
    }
  }
  const named = names.map((name) => `\`${name}\``).join(" nor ");
  const neither = names.length > 1 ? "neither " : "";
  const searched = folders.length === 0 ? "PATH is empty" : `PATH was searched: ${folders.join(delimiter)}`;
  const because = command === undefined ? "" : `, which ${sought.setting} names,`;
  const there = names.length > 1 ? `${neither}${named} is on PATH` : `${named}${because} is not on PATH`;
  throw missing(`${there} (${searched})`, sought);
}

function missing(message: string, sought: SoughtTool): TenantryError {
  return new TenantryError("ENGINE_TOOL_MISSING", message, {
    hint:
      sought.command === undefined
        ? `${sought.install} Or name it by ${sought.setting}.`
        : `Correct ${sought.setting}, or leave it out to have PATH searched. ${sought.install}`,
  });
}

/** The folders of PATH, each once; relative ones do not count. */
export function foldersOfPath({ PATH = "" }: Environment): readonly string[] {
  return [...new Set(PATH.split(delimiter).filter(isAbsolute))];
}

/** Whether it is a file that this user may run. */
export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function definedOf(environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Compares by numbers; what follows them (`-rc1`, `-dev`) does not count. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(minimum)];
  for (const index of [0, 1, 2]) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbersOf(version: string): readonly number[] {
  return version.replace(/^v/, "").split(/[-+]/, 1).join("").split(".").map(Number);
}
