import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openTestWorkspace } from "../support/workspace.ts";

const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

async function tenantry(root: string, ...args: readonly string[]): Promise<{ exit: number | null; out: string }> {
  const running = spawn(process.execPath, [entry, ...args, "--workspace", root], { env: {}, cwd: root });
  const out: Buffer[] = [];
  running.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  running.stderr.on("data", (chunk: Buffer) => out.push(chunk));
  const exit = await new Promise<number | null>((resolve) => running.once("close", resolve));
  return { exit, out: Buffer.concat(out).toString("utf8") };
}

describe("tenantry sandbox", () => {
  it("runs in the background, serves plan and apply of other processes, and stops", async () => {
    const workspace = await openTestWorkspace();
    const { root } = workspace;
    try {
      await workspace.sandbox.close();
      const started = await tenantry(root, "sandbox", "--background");
      expect(started, started.out).toMatchObject({ exit: 0 });
      const ready = JSON.parse(readFileSync(join(root, ".tenantry/sandbox/ready.json"), "utf8"));
      expect(ready.port).toBe(workspace.sandbox.port);
      expect(await tenantry(root, "sandbox", "--background")).toMatchObject({ exit: 5 });
      expect(await tenantry(root, "plan", "--env", "sandbox", "--exit-code")).toMatchObject({ exit: 3 });
      expect(await tenantry(root, "apply", "--env", "sandbox", "--yes")).toMatchObject({ exit: 0 });
      expect(await tenantry(root, "plan", "--env", "sandbox", "--exit-code")).toMatchObject({ exit: 0 });
    } finally {
      const stopped = await tenantry(root, "sandbox", "stop");
      expect(stopped).toMatchObject({ exit: 0, out: "the sandbox has stopped\n" });
      expect(existsSync(join(root, ".tenantry/sandbox/ready.json"))).toBe(false);
      expect((await tenantry(root, "sandbox", "stop")).out).toContain("no sandbox is running");
      await workspace.close();
    }
  });

  it("does not go on listening when the databases cannot be made", async () => {
    const workspace = await openTestWorkspace();
    const { root } = workspace;
    try {
      await workspace.sandbox.close();
      workspace.edit("tenantry.yaml", "sqlite:.tenantry/sandbox/portal.db", "sqlite:tenantry.yaml/portal.db");
      const failed = await tenantry(root, "sandbox", "--background");
      expect(failed, failed.out).toMatchObject({ exit: 5 });
      expect((await tenantry(root, "sandbox")).out).toContain("SQL_");
      workspace.edit("tenantry.yaml", "sqlite:tenantry.yaml/portal.db", "sqlite:.tenantry/sandbox/portal.db");
      expect(await tenantry(root, "sandbox", "--background")).toMatchObject({ exit: 0 });
    } finally {
      await tenantry(root, "sandbox", "stop");
      await workspace.close();
    }
  });

  it("says that its port is taken", async () => {
    const workspace = await openTestWorkspace();
    try {
      workspace.sandbox.okta.requests.clear();
      const { rmSync } = await import("node:fs");
      rmSync(join(workspace.root, ".tenantry"), { recursive: true });
      const refused = await tenantry(workspace.root, "sandbox");
      expect(refused.exit).toBe(5);
      expect(refused.out).toContain("SANDBOX_PORT_TAKEN");
    } finally {
      await workspace.close();
    }
  });
});
