import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runCommand } from "../../src/cli/main.ts";
import { plain } from "../../src/plan/paint.ts";
import type { CommandResult, TestWorkspace } from "./workspace.ts";

const startPage = /^ {4}start: .*\n/gm;

/** Runs the command line in this process, for any workspace in any of its environments. */
export async function tenantryIn(
  place: { readonly root: string; readonly env: string; readonly environment?: Readonly<Record<string, string>> },
  ...args: readonly string[]
): Promise<CommandResult> {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await runCommand(
    [...args, "--workspace", place.root, "--env", place.env],
    { out: (text) => out.push(text), err: (text) => err.push(text), paint: plain },
    {
      environment: place.environment ?? {},
      cwd: place.root,
      pid: process.pid,
      sleep: (milliseconds) => delay(milliseconds / 100),
    },
  );
  return { exit, out: out.join(""), err: err.join(""), json: () => JSON.parse(out.join("")) };
}

/**
 * Declares one more environment beside `sandbox`, with databases and a store of its own. The sandbox plays the apps of
 * `sandbox` alone, so only those keep their start pages.
 */
export function addEnvironment(workspace: TestWorkspace, name: string, organizationName?: string): void {
  const whole = workspace.read("tenantry.yaml");
  let text = whole.replaceAll(startPage, "");
  const sandbox = text.slice(text.indexOf("\n  sandbox:\n") + 1);
  for (const [, app, start] of whole.matchAll(/^ {2}(\w+):\n(?: {4}.*\n)*? {4}start: (.*)\n/gm)) {
    text = text.replace(`      ${app}: { database:`, `      ${app}: { start: "${start}", database:`);
  }
  const copy = sandbox
    .replace("  sandbox:\n", `  ${name}:\n`)
    .replace(
      "customers: { engine: direct }",
      organizationName === undefined ? "$&" : `customers: { engine: direct, organizationName: '${organizationName}' }`,
    )
    .replaceAll(/sandbox\/(terraform|pulumi)/g, `${name}/$1`)
    .replaceAll(/(store|portal|orders)\.db/g, (file) => `${name}-${file}`);
  workspace.write("tenantry.yaml", `${text}${copy}`);
}

/** A second workspace, in a folder of its own, on the first one's sandbox, which plays none of its apps. */
export function copyWorkspace(workspace: TestWorkspace, name: string): { readonly root: string; close(): void } {
  const root = mkdtempSync(join(tmpdir(), "tenantry-test-"));
  cpSync(join(workspace.root, "tenants"), join(root, "tenants"), { recursive: true });
  writeFileSync(
    join(root, "tenantry.yaml"),
    workspace
      .read("tenantry.yaml")
      .replace(/^workspace: .*$/m, `workspace: ${name}`)
      .replaceAll(startPage, ""),
  );
  mkdirSync(join(root, ".tenantry/sandbox"), { recursive: true, mode: 0o700 });
  for (const file of ["ca.pem", "env"]) {
    cpSync(join(workspace.root, ".tenantry/sandbox", file), join(root, ".tenantry/sandbox", file));
  }
  return { root, close: () => rmSync(root, { recursive: true, force: true }) };
}
