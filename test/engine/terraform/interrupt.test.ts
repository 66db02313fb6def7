import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { describeWithTools, failure, openBench, pipe, program, scratch, type ToolBench } from "../bench.ts";

const minute = 60_000;

describeWithTools("a run that is going on", (name, path) => {
  const title = name === "tofu" ? "OpenTofu" : "Terraform";

  /** `a` is made at once, `b` after it, when somebody opens the pipe. */
  const waiting = (gate: string): Readonly<Record<string, object>> => ({
    a: { input: "1" },
    b: {
      input: "1",
      depends_on: ["terraform_data.a"],
      provisioner: [{ "local-exec": { command: `read -r _ < ${gate}` } }],
    },
  });

  /** Two folders with one state. */
  async function open(root = scratch(), lockTimeout = 0): Promise<ToolBench & { gate: string; folders: Folder[] }> {
    const bench = await openBench(path, { root, terraform: { lockTimeout } });
    const gate = join(root, "gate");
    const folders = await Promise.all(
      ["one", "two"].map(async (at) => {
        const folder = bench.tool.workspace(join(root, at), {}, "acme at workforce");
        await folder.write(program(waiting(gate), {}, { local: { path: join(root, "shared.tfstate") } }));
        await folder.init();
        return folder;
      }),
    );
    return { ...bench, gate, folders };
  }
  type Folder = ReturnType<ToolBench["tool"]["workspace"]>;

  const atB = /terraform_data\.b: Creating/;

  test("ENGINE_STATE_LOCKED names who holds the lock and how to release it", async () => {
    const { root, gate, folders, step } = await open();
    const [first, second] = folders as [Folder, Folder];
    pipe(gate);
    await first.plan({ out: "plan" });
    const applying = first.applyPlan("plan");
    await step(atB);
    const refused = await failure(second.plan({ out: "plan" }));
    const info = JSON.parse(readFileSync(join(root, ".shared.tfstate.lock.info"), "utf8")) as Record<string, string>;
    const since = `${info.Created?.slice(0, 10)} ${info.Created?.slice(11, 19)} UTC`;
    expect(refused).toEqual({
      code: "ENGINE_STATE_LOCKED",
      message: `the state of acme at workforce is locked by ${info.Who} (since ${since}, apply)`,
      hint: `Wait for that run to end. Only when it is gone for sure, release its lock: ${path} -chdir=two force-unlock ${info.ID}`,
      words: expect.stringContaining("Error acquiring the state lock"),
    });
    expect(await failure(second.forget(["terraform_data.a"]))).toMatchObject({ code: "ENGINE_STATE_LOCKED" });
    // A plan that takes no lock only reads.
    expect((await second.plan({ out: "plan", lock: false })).errored).toBe(false);
    await writeFile(gate, "\n");
    await applying;
    expect((await second.plan({ out: "plan" })).changes.every(({ actions }) => actions[0] === "no-op")).toBe(true);
  });

  test("a lock is waited for as long as the file says", async () => {
    const { gate, folders, step } = await open(undefined, 10 * minute);
    const [first, second] = folders as [Folder, Folder];
    pipe(gate);
    await first.plan({ out: "plan" });
    const applying = first.applyPlan("plan");
    await step(atB);
    const waitingPlan = second.plan({ out: "plan" });
    await step(/Acquiring state lock/);
    await writeFile(gate, "\n");
    await applying;
    expect((await waitingPlan).changes).toHaveLength(2);
  });

  test("ENGINE_INTERRUPTED: what was made is in the state, the lock is free, and the next run goes on from there", async () => {
    const { root, gate, folders, step, stop } = await open();
    const [first] = folders as [Folder, Folder];
    pipe(gate);
    await first.plan({ out: "plan" });
    const applying = failure(first.applyPlan("plan"));
    await step(atB);
    stop();
    expect(await applying).toEqual({
      code: "ENGINE_INTERRUPTED",
      message: `${title} was asked to stop during apply of acme at workforce, and has stopped`,
      hint: "Apply again: it goes on from what is there.",
      words: expect.stringContaining("execution halted"),
    });
    expect(await failure(first.plan({ out: "plan" }))).toMatchObject({ code: "ENGINE_INTERRUPTED" });
    const next = await open(root);
    const [again] = next.folders as [Folder, Folder];
    const plan = await again.plan({ out: "plan" });
    expect(plan.changes.map(({ address, actions }) => [address, actions])).toEqual([
      ["terraform_data.a", ["no-op"]],
      ["terraform_data.b", ["delete", "create"]],
    ]);
    const resumed = again.applyPlan("plan");
    await writeFile(gate, "\n");
    await resumed;
  });

  test("ENGINE_TIMED_OUT: a run that takes too long is told to stop in the same way", async () => {
    const { root, gate, folders } = await open();
    pipe(gate);
    await (folders as [Folder, Folder])[0].plan({ out: "plan" });
    const { tool } = await openBench(path, { root, limit: 1_000 });
    const folder = tool.workspace(join(root, "one"), {}, "acme at workforce");
    expect(await failure(folder.applyPlan("plan"))).toMatchObject({
      code: "ENGINE_TIMED_OUT",
      message: `${title} did not end apply of acme at workforce within 1 s`,
    });
  });

  test("killed outright we leave a tool behind that stops, writes its state and frees its lock", async () => {
    const { root, gate, folders } = await open(undefined, 10 * minute);
    const [, second] = folders as [Folder, Folder];
    pipe(gate);
    const runner = fileURLToPath(new URL("./folder-runner.ts", import.meta.url));
    const child = spawn(process.execPath, [runner, path, root, join(root, "one")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    // Waits for the lock.
    const plan = await second.plan({ out: "plan" });
    expect(plan.changes.map(({ address, actions }) => [address, actions])).toEqual([
      ["terraform_data.a", ["no-op"]],
      ["terraform_data.b", ["delete", "create"]],
    ]);
  });
});
