import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

let workspace: TestWorkspace;
// Takes no byte: every write fails with ENOSPC. Linux has it.
const fullDevice = "/dev/full";
let full: number | undefined;
beforeAll(async () => {
  workspace = await openTestWorkspace();
  if (existsSync(fullDevice)) full = openSync(fullDevice, "w");
});
afterAll(async () => {
  if (full !== undefined) closeSync(full);
  await workspace.close();
});

type Target = "full" | "closed" | "read";

/** Runs the command line in a process of its own, whose output goes where it cannot, or to a reader. */
async function tenantry(stdout: Target, stderr: Target, ...args: readonly string[]) {
  const child = spawn(process.execPath, [entry, ...args, "--workspace", workspace.root, "--env", "sandbox"], {
    env: {},
    cwd: workspace.root,
    stdio: ["ignore", stdout === "full" ? full : "pipe", stderr === "full" ? full : "pipe"],
  });
  const texts = [child.stdout, child.stderr].map((stream, at) => {
    const chunks: Buffer[] = [];
    if ([stdout, stderr][at] === "closed") stream?.destroy();
    else stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString("utf8");
  });
  const exit = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exit, out: texts[0]?.() ?? "", err: texts[1]?.() ?? "" };
}

/** Takes everything away, so that there is work for an apply. */
function startOver(): void {
  for (const app of ourApps(workspace.sandbox)) workspace.sandbox.okta.removeApp(app.id);
  workspace.changePortal(
    "delete from sso_connection_previous; delete from sso_connection; delete from org_domain; delete from org_domain_claim; delete from org",
  );
}

const active = () => workspace.portal("select key from sso_connection_active");

describe.skipIf(!existsSync(fullDevice))("an apply whose output cannot be written", () => {
  test.each<[string, Target, Target, number]>([
    ["stdout is full", "full", "read", 5],
    ["stderr is full", "read", "full", 0],
    ["both are full", "full", "full", 5],
    ["the readers have gone", "closed", "closed", 0],
  ])("%s: the work is done to its end", async (_name, stdout, stderr, exit) => {
    startOver();
    const result = await tenantry(stdout, stderr, "apply", "--yes");
    expect(result.exit, result.err).toBe(exit);
    expect(active()).toEqual([{ key: "whiterabbit/portal" }]);
    expect(result.err.match(/^CLI_OUTPUT_UNWRITABLE {2}.*ENOSPC.*$/gm) ?? []).toHaveLength(
      stdout === "full" && stderr === "read" ? 1 : 0,
    );
    expect(result.err).not.toMatch(/^\s+at /m);
  });
});

test.skipIf(!existsSync(fullDevice))("a worse exit code stays", async () => {
  expect((await tenantry("full", "read", "show", "nobody", "--json")).exit).toBe(2);
});
