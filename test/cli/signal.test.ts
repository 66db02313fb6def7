import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openTestWorkspace } from "../support/workspace.ts";

const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

describe("Ctrl-C and SIGTERM", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "%s finishes the connection in hand, begins no other, and says so",
    async (signal) => {
      const workspace = await openTestWorkspace();
      try {
        workspace.addTenant("aaa");
        const running = spawn(
          process.execPath,
          [entry, "apply", "--yes", "--workspace", workspace.root, "--env", "sandbox"],
          { env: {} },
        );
        const out: Buffer[] = [];
        for (const stream of [running.stdout, running.stderr]) stream.on("data", (chunk: Buffer) => out.push(chunk));
        const onHit = () => void running.kill(signal);
        workspace.sandbox.faults.add({ path: "/v1/authorize", effect: "delay", milliseconds: 0, times: 1, onHit });
        const exit = await new Promise<number | null>((resolve) => running.once("close", resolve));
        const text = Buffer.concat(out).toString("utf8");
        expect(exit, text).toBe(7);
        expect(text).toContain("finishing the connection in hand");
        expect(text).toContain("whiterabbit/portal  not attempted: the run was asked to stop");
        expect(workspace.portal("select key, state from sso_connection")).toEqual([
          { key: "aaa/portal", state: "active" },
        ]);
        expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
        expect(workspace.portal("select key from sso_connection_active")).toHaveLength(2);
      } finally {
        await workspace.close();
      }
    },
  );
});
