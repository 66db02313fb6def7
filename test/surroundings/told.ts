import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { type CommandResult, ourApps, type TestWorkspace } from "../support/workspace.ts";

export const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));
const shiftedClock = fileURLToPath(new URL("shifted-clock.mjs", import.meta.url));

/** What somebody who runs a command is told when it fails. */
export interface Told {
  readonly exit: number;
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}

/**
 * The failure that a command told: of the first connection that failed in its result, or alone on stderr. The
 * workspace's folder is written as ROOT. Fails for a stack trace, a bug, and any secret in what was printed.
 */
export function told(workspace: TestWorkspace, result: CommandResult): Told {
  expectDiscreet(workspace, result);
  const text = `${result.err}\n${result.out}`.replaceAll(workspace.root, "ROOT");
  const alone = /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+) {2}(.*)\n(?:.*\n)*? {2}mend: (.*)$/m.exec(text);
  const among = / failed {2}([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\n {2}(.*)\n(?:.*\n)*? {2}mend: (.*)$/m.exec(text);
  const [, code = "none", message = text, mend = ""] = among ?? alone ?? [];
  return { exit: result.exit, code, message, mend };
}

/** That nothing was printed that must not be: a stack trace, an inner error, a secret in any form. */
export function expectDiscreet(workspace: TestWorkspace, result: CommandResult): void {
  const text = result.err + result.out;
  expect(text).not.toMatch(/^\s+at .*[:(].*\d+/m);
  expect(text).not.toContain("CLI_BUG");
  for (const secret of secretsOf(workspace)) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")]) {
      expect(text.includes(form), "a secret (or a form of it) was printed").toBe(false);
    }
  }
}

function secretsOf({ sandbox }: TestWorkspace): ReadonlySet<string> {
  const given = Object.entries(sandbox.env).filter(([name]) => /KEY|TOKEN|SECRET/.test(name));
  const made = ourApps(sandbox).flatMap((app) => app.secrets.map(({ value }) => value));
  const lines = given.flatMap(([, value]) => value.split("\n")).filter((line) => line.length > 15);
  // The first line of a PEM is no secret.
  return new Set([...lines.filter((line) => !line.startsWith("-----")), ...made]);
}

/** That the same command, in surroundings that are mended, comes to where the files want to be. */
export async function expectConverges(
  { sandbox, portal }: TestWorkspace,
  tenantry: TestWorkspace["tenantry"],
): Promise<void> {
  const again = await tenantry("apply", "--yes");
  expect(again.exit, again.err + again.out).toBe(0);
  expect((await tenantry("plan", "--exit-code")).exit).toBe(0);
  expect(ourApps(sandbox)).toHaveLength(1);
  expect(portal("select state from sso_connection")).toEqual([{ state: "active" }]);
}

/** How the real program is run. */
export interface ChildOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds by which the clock of its machine is ahead. */
  readonly clockAhead?: number;
  /** The program that runs it, with its own arguments, such as `prlimit`. */
  readonly under?: readonly string[];
  readonly uid?: number | undefined;
}

/** Runs the program as a process of its own, with `--workspace` and `--env sandbox` added. */
export async function runChild(
  workspace: TestWorkspace,
  args: readonly string[],
  { environment = {}, clockAhead = 0, under = [], uid }: ChildOptions = {},
): Promise<CommandResult> {
  const node = [process.execPath, ...(clockAhead === 0 ? [] : ["--import", shiftedClock])];
  const all = [...under, ...node, entry, ...args, "--workspace", workspace.root, "--env", "sandbox"];
  const [command = "", ...rest] = all;
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH ?? "", CLOCK_OFFSET: String(clockAhead), ...environment },
    cwd: workspace.root,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.on("data", (part: Buffer) => out.push(String(part)));
  child.stderr.on("data", (part: Buffer) => err.push(String(part)));
  const [exit] = (await once(child, "close")) as [number | null];
  return { exit: exit ?? -1, out: out.join(""), err: err.join(""), json: () => JSON.parse(out.join("")) };
}
