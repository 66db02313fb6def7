import { describe, expect, it } from "vitest";
import { withStatusLine } from "../../src/cli/live-terminal.ts";
import { runCommand } from "../../src/cli/main.ts";
import { plain } from "../../src/plan/paint.ts";
import { openTestWorkspace } from "../support/workspace.ts";

/** What a terminal would show of all that was written: a carriage return with "erase line" empties the last line. */
function screen(written: readonly string[]): string {
  const [first = "", ...rest] = written.join("").split("\r\u001b[2K");
  return rest.reduce((shown, text) => shown.slice(0, shown.lastIndexOf("\n") + 1) + text, first);
}

describe("the status line", () => {
  it("is replaced by the next one and taken away before anything is written", () => {
    const written: string[] = [];
    const write = (text: string): void => void written.push(text);
    const terminal = withStatusLine(write, write, () => 80);
    terminal.status?.("reading app portal");
    terminal.status?.("reading identity provider workforce");
    expect(screen(written)).toBe("reading identity provider workforce");
    terminal.out("Plan\n");
    expect(screen(written)).toBe("Plan\n");
    terminal.status?.("whiterabbit/portal  register");
    terminal.err("a note\n");
    terminal.status?.("again");
    terminal.status?.(undefined);
    expect(screen(written)).toBe("Plan\na note\n");
  });

  it("is one line at any width", () => {
    const written: string[] = [];
    const terminal = withStatusLine(
      () => undefined,
      (text) => written.push(text),
      () => 12,
    );
    terminal.status?.("reading\nidentity provider workforce");
    expect(screen(written)).toBe("reading ide");
  });

  it("moves through the steps where a person watches, and leaves only the result", async () => {
    const workspace = await openTestWorkspace();
    try {
      const states: (string | undefined)[] = [];
      const err: string[] = [];
      const terminal = {
        out: () => undefined,
        err: (text: string) => void err.push(text),
        status: (text: string | undefined) => void states.push(text),
        paint: plain,
      };
      const exit = await runCommand(["apply", "--yes", "--workspace", workspace.root, "--env", "sandbox"], terminal, {
        environment: {},
        cwd: workspace.root,
        pid: process.pid,
      });
      expect(exit).toBe(0);
      expect(err).toEqual([]);
      expect(states).toContain("whiterabbit/portal  prove-idp");
      expect(states).toContain("whiterabbit/portal  activate  done");
      expect(states.at(-1)).toBeUndefined();
    } finally {
      await workspace.close();
    }
  });
});
