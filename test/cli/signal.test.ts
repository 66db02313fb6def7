import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openTestWorkspace } from "../support/workspace.ts";

const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

describe("Ctrl-C and SIGTERM", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "%s finishes the step in hand, begins no other, and says what is left",
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
        expect(text).toContain("finishing the step in hand, then stopping; once more to stop at once");
        expect(text).toContain("aaa/portal          stopped after prove-idp; left: hand-over, prove-app, activate");
        expect(text).toContain("whiterabbit/portal  not attempted: the run was asked to stop");
        expect(text).toContain(
          "1 stopped on the way, 1 not attempted; what worked goes on working. " +
            "To go on, run the same command again: it goes on from what is there.",
        );
        expect(workspace.portal("select key, state from sso_connection")).toEqual([]);
        expect((await workspace.tenantry("status", "--locks")).out).toContain("no locks are held");
        expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
        expect(workspace.portal("select key from sso_connection_active")).toHaveLength(2);
      } finally {
        await workspace.close();
      }
    },
  );

  it("ends at once when asked twice, which the next apply survives", async () => {
    const workspace = await openTestWorkspace();
    try {
      const running = spawn(
        process.execPath,
        [entry, "apply", "--yes", "--workspace", workspace.root, "--env", "sandbox"],
        { env: {} },
      );
      const err: Buffer[] = [];
      running.stderr.on("data", (chunk: Buffer) => {
        err.push(chunk);
        // Only once the first was heard: two of one kind may be delivered as one.
        if (Buffer.concat(err).includes("once more to stop at once")) running.kill("SIGINT");
      });
      const onHit = () => void running.kill("SIGINT");
      workspace.sandbox.faults.add({ path: "/v1/authorize", effect: "delay", milliseconds: 600_000, times: 1, onHit });
      const [code, signal] = await new Promise<readonly [number | null, string | null]>((resolve) =>
        running.once("close", (...ended) => resolve(ended)),
      );
      expect([code, signal], Buffer.concat(err).toString("utf8")).toEqual([null, "SIGINT"]);
      expect(workspace.portal("select * from sso_connection_active")).toEqual([]);
      const again = await workspace.tenantry("apply", "--yes");
      expect(again, again.out + again.err).toMatchObject({ exit: 0 });
      expect(again.err).toContain("did not end; its last step was prove-idp (started)");
      expect(workspace.portal("select key from sso_connection_active")).toHaveLength(1);
    } finally {
      await workspace.close();
    }
  });

  it("begins nothing when asked before, and a saved plan can still be applied", async () => {
    const workspace = await openTestWorkspace();
    try {
      const plan = join(workspace.root, "plan.json");
      expect((await workspace.tenantry("plan", "--out", plan)).exit).toBe(0);
      const args = [entry, "apply", "--yes", "--plan", plan, "--workspace", workspace.root, "--env", "sandbox"];
      const running = spawn(process.execPath, args, { env: {} });
      const out: Buffer[] = [];
      running.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      const onHit = () => void running.kill("SIGINT");
      workspace.sandbox.faults.add({ path: "/.well-known/", effect: "delay", milliseconds: 0, times: 1, onHit });
      expect(await new Promise((resolve) => running.once("close", resolve))).toBe(7);
      expect(Buffer.concat(out).toString("utf8")).toContain(
        "1 not attempted; nothing was changed. To go on, run the same command again.",
      );
      const again = await workspace.tenantry("apply", "--yes", "--plan", plan);
      expect(again, again.out + again.err).toMatchObject({ exit: 0 });
    } finally {
      await workspace.close();
    }
  });
});
