import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const child = fileURLToPath(new URL("./stopping-child.ts", import.meta.url));

/** Runs the child; once it has printed the text, it is sent the signal. */
async function run(way: string, signals: readonly (readonly [after: string, signal: NodeJS.Signals])[]) {
  const running = spawn(process.execPath, [child, way], { env: {} });
  let text = "";
  const left = [...signals];
  const read = (chunk: Buffer): void => {
    text += chunk.toString("utf8");
    const [next] = left;
    if (next === undefined || !text.includes(next[0])) return;
    left.shift();
    running.kill(next[1]);
  };
  running.stdout.on("data", read);
  running.stderr.on("data", read);
  const ended = await new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) =>
    running.once("close", (...end) => resolve(end)),
  );
  return { ended, text };
}

describe("the signal to stop", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s tells the programs of engines, and then ends a run that has nothing to finish as if nobody had listened",
    async (signal) => {
      const { ended, text } = await run("ends", [["ready", signal]]);
      expect(ended).toEqual([null, signal]);
      expect(text).toContain("told to stop\n");
      expect(text).toContain("aborted, stopping true\n");
      expect(text).not.toContain("went on");
    },
  );

  it("lets a run that has something to finish go on", async () => {
    const { ended, text } = await run("finishes", [["ready", "SIGINT"]]);
    expect(ended).toEqual([0, null]);
    expect(text).toContain("went on\n");
  });

  it("ends nothing when none came", async () => {
    expect(await run("untold", [])).toMatchObject({ ended: [0, null], text: "ready\nwent on\n" });
  });

  it("ends the run at once when it comes again", async () => {
    const { ended } = await run("hangs", [
      ["ready", "SIGINT"],
      ["aborted", "SIGTERM"],
    ]);
    expect(ended).toEqual([null, "SIGTERM"]);
  });
});
