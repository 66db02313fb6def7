import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { Agent, buildConnector, fetch } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ReadyFile, readReady } from "../../sandbox/ready.ts";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { readWorld } from "../../sandbox/world-document.ts";
import { webApp } from "./okta-caller.ts";

const repository = join(import.meta.dirname, "..", "..");
let root: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenantry-kill-"));
  cpSync(join(repository, "tenantry.yaml"), join(root, "tenantry.yaml"));
  cpSync(join(repository, "tenants"), join(root, "tenants"), { recursive: true });
});
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

const world = () => join(root, "world", "world.json");

/** A sandbox in a process of its own, by the command line, with its world in `world`. */
async function begin(): Promise<{ readonly ready: ReadyFile; end(signal: NodeJS.Signals): Promise<number | null> }> {
  const args = ["sandbox", "--workspace", root, "--port", "0", "--data", join(root, "world"), "--json"];
  const started = spawn(process.execPath, [join(repository, "bin", "tenantry.js"), ...args], {
    env: {},
    stdio: "pipe",
  });
  child = started;
  const talk: string[] = [];
  started.stderr.on("data", (chunk: Buffer) => talk.push(chunk.toString()));
  const exited = once(started, "exit") as Promise<[number | null]>;
  // It says so on stdout once it answers.
  await Promise.race([
    once(started.stdout, "data"),
    exited.then(([code]) => Promise.reject(new Error(`the sandbox left with ${code}: ${talk.join("")}`))),
  ]);
  const ready = readReady(join(root, ".tenantry", "sandbox"));
  if (ready === undefined) throw new Error("the sandbox is not ready");
  return {
    ready,
    end: async (signal) => {
      started.kill(signal);
      return (await exited)[0];
    },
  };
}

/** Creates apps, and tells whether it was answered. */
function creator({ port }: ReadyFile) {
  const ca = readFileSync(join(root, "world", "ca.pem"), "utf8");
  const { OKTA_API_TOKEN } = parseEnv(readFileSync(join(root, ".tenantry", "sandbox", "env"), "utf8"));
  const connector = buildConnector({ ca });
  const dispatcher = new Agent({
    connections: 1,
    connect: (target, done) =>
      connector({ ...target, hostname: "127.0.0.1", port: String(port), servername: target.hostname }, done),
  });
  return async (label: string): Promise<boolean> => {
    try {
      const response = await fetch(`https://${oktaHost}/api/v1/apps`, {
        dispatcher,
        method: "POST",
        headers: { authorization: `SSWS ${OKTA_API_TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify(webApp(label)),
      });
      await response.text();
      return response.ok;
    } catch {
      return false;
    }
  };
}

async function kept(): Promise<readonly string[]> {
  const { okta } = await readWorld(readFileSync(world(), "utf8"), "the file");
  return [...okta.apps.values()].map((app) => app.label).filter((label) => label.startsWith("app "));
}

/** Waits until the file holds this many apps. */
async function written(count: number): Promise<void> {
  const until = Date.now() + 20_000;
  for (let there = 0; there < count; there = (await kept()).length) {
    if (Date.now() > until) throw new Error(`only ${there} of ${count} were written down`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("kill -9 loses at most the last moment, and leaves a whole file that the next start goes on with", async () => {
  const attempted: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const sandbox = await begin();
    const create = creator(sandbox.ready);
    // What was there before the kill is there now: nothing in the middle is missing, and nothing comes back doubled.
    const before = await kept();
    const settled = attempted.length;
    expect(before).toEqual(attempted.slice(0, before.length));
    attempted.length = before.length;
    expect(before.length).toBeGreaterThanOrEqual(Math.min(settled, 10 * round));
    for (let count = 0; count < 10; count += 1) {
      const label = `app ${round}.${count}`;
      expect(await create(label)).toBe(true);
      attempted.push(label);
    }
    await written(attempted.length);
    // These are cut off at some point while they are made and written.
    const making = (async () => {
      for (let count = 10; count < 500; count += 1) {
        const label = `app ${round}.${count}`;
        // The one whose answer is cut off may have been made.
        attempted.push(label);
        if (!(await create(label))) return;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 40 + 90 * round));
    expect(await sandbox.end("SIGKILL")).toBeNull();
    await making;
    expect((await kept()).length).toBeGreaterThanOrEqual(10 * (round + 1));
  }
}, 120_000);

test.each(["SIGTERM", "SIGINT"] as const)("%s writes down what was answered the moment before", async (signal) => {
  const sandbox = await begin();
  const create = creator(sandbox.ready);
  for (let count = 0; count < 5; count += 1) expect(await create(`app ${count}`)).toBe(true);
  expect(await sandbox.end(signal)).toBe(0);
  expect(await kept()).toEqual(["app 0", "app 1", "app 2", "app 3", "app 4"]);
});
