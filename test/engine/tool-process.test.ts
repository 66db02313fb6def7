import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, test } from "vitest";
import { runTool, type ToolAnswer, type ToolRun } from "../../src/engine/tool-process.ts";
import { failure, fakeTool, pipe, scratch } from "./bench.ts";

let root: string;
beforeEach(() => {
  root = scratch();
});

/** Runs a program of this body; its working folder holds the named pipes that it may wait at. */
function run(body: string, more: Partial<ToolRun> = {}): Promise<ToolAnswer> {
  const path = fakeTool(join(root, "bin"), "tool", body);
  return runTool({ path, args: ["go"], cwd: root, scratch: root, environment: {}, limit: 60_000, ...more });
}

/** Counts the SIGINTs that it gets, and says that it is ready by ending a pipe; then goes on as `then` says. */
const counting = `
const { appendFileSync, readFileSync, writeFileSync } = require("node:fs");
process.on("SIGINT", () => { appendFileSync("signals", "SIGINT\\n"); setImmediate(stopped); });
const alive = setInterval(() => undefined, 1000);
`;

describe("a run that ends by itself", () => {
  test("gives exit code, stdout whole, the end of stderr", async () => {
    const answer = await run(`
      process.stdout.write("é".repeat(200_000));
      process.stderr.write("x".repeat(100_000) + "the end");
      process.exitCode = 3;
    `);
    expect({ ...answer, out: answer.out.length, err: [answer.err.length, answer.err.slice(-8)] }).toEqual({
      exit: 3,
      signal: undefined,
      out: 200_000,
      err: [64 * 1024, "xthe end"],
      stopped: undefined,
    });
    expect(answer.out).toBe("é".repeat(200_000));
  });

  test("gets the arguments as they are, the given environment and no other, an empty stdin, and files only for us", async () => {
    const answer = await run(
      `
      const { readFileSync, writeFileSync, statSync } = require("node:fs");
      writeFileSync("written", "");
      const mode = (statSync("written").mode & 0o777).toString(8);
      console.log(JSON.stringify([args, process.env.ONLY, process.env.HOME, process.cwd(), readFileSync(0, "utf8"), mode]));
    `,
      { args: ["go", "a b", "$HOME", "", "-x", '"'], environment: { ONLY: "this" } },
    );
    expect(JSON.parse(answer.out)).toEqual([["a b", "$HOME", "", "-x", '"'], "this", null, root, "", "600"]);
  });

  test("leaves nothing behind where its output was kept", async () => {
    await run("console.log(1)");
    expect(readdirSync(root)).toEqual(["bin"]);
  });

  test("gives whole lines as they come, and keeps the end only", async () => {
    const gate = pipe(join(root, "gate"));
    const lines: string[] = [];
    const first = Promise.withResolvers<void>();
    const running = run(
      `
      process.stdout.write("one\\ntw");
      require("node:fs").readFileSync("gate");
      process.stdout.write("o\\n" + "y".repeat(200_000) + "\\nlast");
    `,
      {
        line: (line) => {
          lines.push(line);
          first.resolve();
        },
      },
    );
    await first.promise;
    expect(lines).toEqual(["one"]);
    await writeFile(gate, "");
    const answer = await running;
    expect(lines).toEqual(["one", "two", "y".repeat(200_000), "last"]);
    expect([answer.out.length, answer.out.slice(-6)]).toEqual([64 * 1024, "y\nlast"]);
  });

  test("ENGINE_TOOL_MISSING when it cannot be started", async () => {
    expect(await failure(run("", { cwd: join(root, "nowhere") }))).toMatchObject({
      code: "ENGINE_TOOL_MISSING",
      message: `${join(root, "bin/tool")} could not be started`,
    });
  });

  test("says which signal ended it", async () => {
    expect(await run('process.kill(process.pid, "SIGKILL")')).toMatchObject({
      exit: undefined,
      signal: "SIGKILL",
      stopped: undefined,
    });
  });
});

describe("a run that is asked to stop", () => {
  test("gets one SIGINT, is waited for, and says how it ended", async () => {
    const gate = pipe(join(root, "gate"));
    const controller = new AbortController();
    const running = run(
      `${counting}
      require("node:fs").writeFileSync("gate", "");
      function stopped() {
        // Long enough for a second signal to come.
        setTimeout(() => {
          console.log("state written");
          clearInterval(alive);
          process.exitCode = 1;
        }, 300);
      }
    `,
      { interrupted: controller.signal },
    );
    await text(createReadStream(gate));
    controller.abort();
    expect(await running).toEqual({
      exit: 1,
      signal: undefined,
      out: "state written\n",
      err: "",
      stopped: "interrupted",
    });
    expect(readFileSync(join(root, "signals"), "utf8")).toBe("SIGINT\n");
  });

  test("is not started when the stop came first", async () => {
    const ran = run("require('node:fs').writeFileSync('ran', '')", { interrupted: AbortSignal.abort() });
    expect(await failure(ran)).toMatchObject({
      code: "ENGINE_INTERRUPTED",
      message: `the run was asked to stop, and ${join(root, "bin/tool")} was not started`,
    });
    expect(existsSync(join(root, "ran"))).toBe(false);
  });

  test("that does not end within its time is told in the same way", async () => {
    const answer = await run(`${counting} function stopped() { clearInterval(alive); }`, { limit: 1_000 });
    expect(answer).toMatchObject({ exit: 0, stopped: "timed out" });
    expect(readFileSync(join(root, "signals"), "utf8")).toBe("SIGINT\n");
  });

  test("is killed with all that it has started, when it takes longer to stop than it may", async () => {
    const gate = pipe(join(root, "gate"));
    // The pipe ends when nobody has it open any more: neither the program nor its child.
    const ended = text(createReadStream(gate));
    const answer = await run(
      `${counting} function stopped() {}
      require("node:child_process").spawn("sh", ["-c", "trap '' INT; exec 4>gate; while :; do sleep 1; done"]);
    `,
      { limit: 1_000, grace: 100 },
    );
    expect(answer).toMatchObject({ exit: undefined, signal: "SIGKILL", stopped: "timed out" });
    expect(await ended).toBe("");
  });

  test("is stopped when it prints more than can be kept", async () => {
    const answer = await run(
      `${counting} function stopped() { process.exit(1); }
      setInterval(() => process.stdout.write("x".repeat(10_000)), 1);
    `,
      { longest: 1_000_000 },
    );
    expect(answer.stopped).toBe("printed too much");
    expect(answer.out.length).toBeLessThan(1_100_000);
  });
});

describe("when this process goes away", () => {
  const runner = fileURLToPath(new URL("./tool-runner.ts", import.meta.url));

  /** A process that runs the program and waits for it. */
  async function start(body: string): Promise<ChildProcess> {
    const path = fakeTool(join(root, "bin"), "tool", body);
    const child = spawn(process.execPath, [runner, path, root], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout as NodeJS.ReadableStream, "data");
    return child;
  }

  test("killed outright, the program is told once, may still write, and ends by itself", async () => {
    const gate = pipe(join(root, "gate"));
    const child = await start(`${counting}
      console.log("ready");
      function stopped() {
        // Into a closed pipe this would be the end of it.
        console.log("stopping".repeat(100_000));
        console.error("stopping");
        clearInterval(alive);
        writeFileSync("gate", "state written");
      }
    `);
    const written = text(createReadStream(gate));
    child.kill("SIGKILL");
    expect(await written).toBe("state written");
    expect(readFileSync(join(root, "signals"), "utf8")).toBe("SIGINT\n");
  });

  test("the program is of no terminal: a Ctrl-C there reaches only us", async () => {
    const gate = pipe(join(root, "gate"));
    const child = await start(`${counting}
      console.log(readFileSync("/proc/self/stat", "utf8").split(") ")[1]);
      function stopped() { clearInterval(alive); writeFileSync("gate", ""); }
    `);
    const ended = text(createReadStream(gate));
    child.kill("SIGKILL");
    await ended;
    // See proc(5): state, parent, process group, session, terminal.
    const [, , group, session, terminal] = readFileSync(join(root, "first-line"), "utf8").split(" ");
    expect([group, terminal]).toEqual([session, "0"]);
  });
});
