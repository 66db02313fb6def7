import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { isAlive } from "../../src/cli/run.ts";

describe("a process", () => {
  it("lives while it runs, and no longer", async () => {
    expect(isAlive(process.pid)).toBe(true);
    const child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    expect(isAlive(pid)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isAlive(pid)).toBe(false);
  });

  // A process that its parent has not asked after is told from a living one by /proc only.
  if (existsSync("/proc/self/stat")) {
    it("has ended although nobody has asked after it", async () => {
      // The shell becomes a program that asks after no child; the child ends when its input does.
      const parent = spawn("sh", ["-c", "cat <&3 >/dev/null & echo $!; exec cat"], {
        stdio: ["pipe", "pipe", "ignore", "pipe"],
      });
      const { stdin, stdout } = parent;
      if (stdin === null || stdout === null) throw new Error("the shell has no pipes");
      const lines = createInterface({ input: stdout });
      const [line] = (await once(lines, "line")) as [string];
      const pid = Number(line);
      expect(isAlive(pid)).toBe(true);
      parent.stdio[3]?.destroy();
      await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
      expect(() => process.kill(pid, 0)).not.toThrow();
      stdin.end();
      await once(parent, "exit");
    });
  }
});
