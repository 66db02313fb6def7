import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakeTools, fakeTools } from "../support/fake-tools.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

// A tool that knows its version, begins whatever else it is asked, and ends it only when it is told to stop.
const endless = `case "$1" in
version) echo "OpenTofu v1.12.6" ;;
*)
  trap 'echo "$1" >>"$HOME/stopped"; exit 1' INT
  echo "$1" >"$HOME/begun"
  while :; do sleep 0.05; done ;;
esac`;

let workspace: TestWorkspace;
let tools: FakeTools;
beforeAll(async () => {
  workspace = await openTestWorkspace();
});
afterAll(() => workspace.close());
beforeEach(() => {
  tools = fakeTools();
  tools.program("tofu", endless);
});
afterEach(() => tools.remove());

/** Runs a command in a process of its own and sends it the signal once something has begun. */
async function interrupted(signal: NodeJS.Signals, hasBegun: () => boolean, ...args: readonly string[]) {
  const running = spawn(process.execPath, [entry, ...args, "--workspace", workspace.root, "--env", "sandbox"], {
    env: { PATH: `${tools.bin}:/usr/bin:/bin`, HOME: tools.home },
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  running.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  running.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const ended = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) =>
    running.once("close", (...end) => resolve(end)),
  );
  const text = () => Buffer.concat([...out, ...err]).toString("utf8");
  await vi.waitFor(() => expect(hasBegun(), text()).toBe(true), { timeout: 20_000, interval: 20 });
  running.kill(signal);
  return { ended: await ended, out: Buffer.concat(out).toString("utf8"), err: Buffer.concat(err).toString("utf8") };
}

const began = () => existsSync(join(tools.home, "begun"));
const stopped = () => readFileSync(join(tools.home, "stopped"), "utf8").trim().split("\n");

describe("Ctrl-C while an engine's program runs", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "%s during a plan: the program is told once and waited for, then the plan ends as by the signal",
    async (signal) => {
      const { ended, out, err } = await interrupted(signal, began, "plan", "--engine", "terraform");
      expect(ended, err).toEqual([null, signal]);
      expect(err).toContain("waiting for the engine's program to end; once more to stop at once\n");
      expect(err).not.toMatch(/^\s+at /m);
      expect(out).toBe("");
      expect(stopped()).toHaveLength(1);
    },
  );

  it("during an apply's own plan: nothing is changed, and the error says that it was asked", async () => {
    const { ended, err } = await interrupted("SIGINT", began, "apply", "--yes", "--engine", "terraform");
    expect(ended, err).toEqual([5, null]);
    expect(err).toContain("finishing the step in hand, then stopping; once more to stop at once\n");
    expect(err).toMatch(/^ENGINE_INTERRUPTED /m);
    expect(stopped()).toHaveLength(1);
    expect(workspace.portal("select key from sso_connection")).toEqual([]);
  });
});

describe("Ctrl-C during a plan by API", () => {
  it("ends it at once: nothing is left behind", async () => {
    let asked = false;
    const onHit = () => {
      asked = true;
    };
    workspace.sandbox.faults.add({ path: "/.well-known/", effect: "delay", milliseconds: 600_000, times: 1, onHit });
    const { ended, err } = await interrupted("SIGINT", () => asked, "plan");
    expect(ended).toEqual([null, "SIGINT"]);
    expect(err).not.toContain("once more");
    workspace.sandbox.faults.clear();
  });
});
