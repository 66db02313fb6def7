import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tenantryProcess as tenantry } from "../support/process.ts";
import { openTestWorkspace } from "../support/workspace.ts";

describe("tenantry sandbox", () => {
  it("runs in the background, serves plan and apply of other processes, and stops", async () => {
    const workspace = await openTestWorkspace();
    const { root } = workspace;
    try {
      await workspace.sandbox.close();
      const started = await tenantry(root, "sandbox", "--background");
      expect(started, started.out).toMatchObject({ exit: 0 });
      expect(started.out).not.toContain("connect:");
      const ready = JSON.parse(readFileSync(join(root, ".tenantry/sandbox/ready.json"), "utf8"));
      expect(ready.port).toBe(workspace.sandbox.port);
      const again = await tenantry(root, "sandbox", "--background");
      expect(again.exit, again.out).toBe(2);
      expect(again.out).toMatch(/^SANDBOX_RUNNING {2}A sandbox of .+ is running already/m);
      expect(again.out).toContain("mend: Use the running one");
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

  it("tells mistakes in files and options before it leaves anything running", async () => {
    const workspace = await openTestWorkspace();
    const { root } = workspace;
    try {
      await workspace.sandbox.close();
      const unknown = await tenantry(root, "sandbox", "--background", "--env", "nowhere");
      expect(unknown.exit, unknown.out).toBe(2);
      expect(unknown.out).toMatch(/^tenantry\.yaml:\d+:\d+ {2}WORKSPACE_UNKNOWN_ENVIRONMENT/m);
      for (const option of ["--port", "--data"]) {
        const empty = await tenantry(root, "sandbox", "--background", option, "");
        expect(empty.exit, empty.out).toBe(2);
        expect(empty.out).toContain("CLI_USAGE");
      }
      expect((await tenantry(root, "sandbox", "stop")).out).toContain("no sandbox is running");
    } finally {
      await workspace.close();
    }
  });

  it("says that it answers at another port than the one in the file", async () => {
    const workspace = await openTestWorkspace();
    const { root } = workspace;
    try {
      await workspace.sandbox.close();
      const started = await tenantry(root, "sandbox", "--background", "--port", "0");
      const { port } = JSON.parse(readFileSync(join(root, ".tenantry/sandbox/ready.json"), "utf8"));
      expect(started.out).toContain(
        `\`connect:\` in tenantry.yaml names port ${workspace.sandbox.port}; write ${port} there for --env sandbox\n`,
      );
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
