import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PlanJson } from "../../../src/engine/terraform/plan-json.ts";
import { describeWithTools, failure, openBench, program } from "../bench.ts";

/** Actions by address, of what changes. */
function changed(plan: PlanJson): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    plan.changes.filter(({ actions }) => actions[0] !== "no-op").map(({ address, actions }) => [address, actions]),
  );
}

describeWithTools("terraform_data through the engine's tool", (name, path) => {
  const title = name === "tofu" ? "OpenTofu" : "Terraform";

  async function open(resources: Readonly<Record<string, object>>, more?: Readonly<Record<string, unknown>>) {
    const bench = await openBench(path);
    const folder = bench.tool.workspace(join(bench.root, "work/acme"), {}, "acme at workforce");
    const planOf = async (next: typeof resources, rest?: typeof more): Promise<PlanJson> => {
      await folder.write(program(next, rest));
      await folder.init();
      return folder.plan({ out: "plan.tfplan" });
    };
    return { ...bench, folder, planOf, first: await planOf(resources, more) };
  }

  test("is created, left alone, changed, replaced and destroyed", async () => {
    const { folder, first, planOf, tool, told } = await open(
      { a: { input: { uris: ["https://one.example"] } } },
      { output: { uris: { value: `\${terraform_data.a.output.uris}` } } },
    );
    expect([tool.name, tool.title, tool.path]).toEqual([name, title, path]);
    expect(first).toMatchObject({
      errored: false,
      drift: [],
      outputs: { uris: { actions: ["create"], unknown: true } },
    });
    expect(first.changes).toMatchObject([
      {
        address: "terraform_data.a",
        mode: "managed",
        type: "terraform_data",
        name: "a",
        actions: ["create"],
        before: undefined,
        after: { input: { uris: ["https://one.example"] } },
        afterUnknown: { id: true, output: true },
      },
    ]);
    expect(await folder.list()).toEqual([]);
    await folder.applyPlan("plan.tfplan");
    expect(told).toContain("acme at workforce: terraform_data.a: Creating...");
    expect(await folder.outputs()).toEqual({ uris: ["https://one.example"] });
    expect(await folder.list()).toEqual(["terraform_data.a"]);

    const same = await planOf({ a: { input: { uris: ["https://one.example"] } } }, {});
    expect(changed(same)).toEqual({});
    expect(same.changes).toMatchObject([{ address: "terraform_data.a", actions: ["no-op"] }]);

    const update = await planOf({ a: { input: { uris: ["https://two.example"] } } });
    expect(update.changes).toMatchObject([
      {
        actions: ["update"],
        before: { input: { uris: ["https://one.example"] } },
        after: { input: { uris: ["https://two.example"] } },
      },
    ]);
    await folder.applyPlan("plan.tfplan");

    const replace = await planOf({ a: { input: "x", triggers_replace: "now" } });
    expect(replace.changes).toMatchObject([
      { actions: ["delete", "create"], replacePaths: [["triggers_replace"]], reason: "replace_because_cannot_update" },
    ]);
    await folder.applyPlan("plan.tfplan");

    const gone = await planOf({});
    expect(gone.changes).toMatchObject([
      { actions: ["delete"], after: undefined, reason: "delete_because_no_resource_config" },
    ]);
    await folder.applyPlan("plan.tfplan");
    expect(await folder.list()).toEqual([]);
  });

  test("takes what is there into the state by an import", async () => {
    const { first } = await open({ a: { input: "x" } }, { import: [{ to: "terraform_data.a", id: "known" }] });
    expect(first.changes).toMatchObject([
      { address: "terraform_data.a", actions: ["update"], importing: { id: "known" }, before: { id: "known" } },
    ]);
  });

  test("only what is named is planned, and what is taken out of the state stays where it is", async () => {
    const { folder } = await open({ a: { input: "1" }, b: { input: "1" }, c: { input: "1" } });
    const some = await folder.plan({ out: "some", targets: ["terraform_data.a", "terraform_data.c"], parallelism: 1 });
    expect(changed(some)).toEqual({ "terraform_data.a": ["create"], "terraform_data.c": ["create"] });
    await folder.applyPlan("some", { parallelism: 1 });
    await folder.forget(["terraform_data.a"]);
    expect(await folder.list()).toEqual(["terraform_data.c"]);
    // No copy of the state from before is left beside the program.
    expect(readdirSync(folder.path).filter((name) => name.endsWith(".backup"))).toEqual([]);
    await folder.forget([]);
    expect(changed(await folder.plan({ out: "again", refresh: false, lock: false }))).toEqual({
      "terraform_data.a": ["create"],
      "terraform_data.b": ["create"],
    });
    await expect(folder.plan({ out: "none", targets: [] })).rejects.toThrow("would be one of everything");
  });

  test("a plan file is for this user only, and is gone once it was applied, whatever came of it", async () => {
    const { folder, root } = await open({ a: { input: "1" } });
    const mode = (file: string): string => (statSync(join(root, "work/acme", file)).mode & 0o777).toString(8);
    expect([mode("."), mode("plan.tfplan"), mode("cdk.tf.json")]).toEqual(["700", "600", "600"]);
    await folder.plan({ out: "other" });
    await folder.applyPlan("plan.tfplan");
    expect(mode("terraform.tfstate")).toBe("600");
    await failure(folder.applyPlan("other"));
    expect(readdirSync(join(root, "work/acme")).filter((file) => !file.startsWith("."))).toEqual([
      "cdk.tf.json",
      "terraform.tfstate",
    ]);
  });

  test("what is left in the folder refuses a plan by hand, and still finds the state", async () => {
    const { folder } = await open({ a: { input: "1", lifecycle: { prevent_destroy: true } } });
    await folder.applyPlan("plan.tfplan");
    await folder.shut();
    for (const command of ["plan", "apply", "destroy"]) {
      const args = [command, "-no-color", "-input=false", ...(command === "plan" ? [] : ["-auto-approve"])];
      const env = { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: undefined };
      const { status, stderr } = spawnSync(path, args, { cwd: folder.path, encoding: "utf8", env });
      expect(status).toBe(1);
      expect(stderr.replaceAll(/\s+/g, " ")).toContain("A program of the whole tenant, to plan and apply by hand");
    }
    await folder.init();
    expect(await folder.list()).toEqual(["terraform_data.a"]);
  });

  test("ENGINE_PLAN_STALE when the state has changed since the plan", async () => {
    const { folder } = await open({ a: { input: "1" } });
    await folder.plan({ out: "other" });
    await folder.applyPlan("plan.tfplan");
    expect(await failure(folder.applyPlan("other"))).toEqual({
      code: "ENGINE_PLAN_STALE",
      message: `${title} refuses its own plan of acme at workforce: the state has changed since`,
      hint: "Nothing was done by this step. Plan again, then apply.",
      words:
        "Error: Saved plan is stale\n\nThe given plan file can no longer be applied because the state was changed by another operation after the plan was created.",
    });
  });

  test("ENGINE_REPLACE when what must stay would be replaced", async () => {
    const kept = { lifecycle: { prevent_destroy: true } };
    const { folder, planOf } = await open({ a: { input: "1", ...kept } });
    await folder.applyPlan("plan.tfplan");
    expect(await failure(planOf({ a: { input: "1", triggers_replace: "now", ...kept } }))).toMatchObject({
      code: "ENGINE_REPLACE",
      message: `${title} would have to delete what must stay at acme at workforce`,
      words: expect.stringContaining("terraform_data.a has"),
    });
  });

  test("ENGINE_FAILED with the tool's own words for what is none of the others, and nothing of the program in them", async () => {
    const { planOf } = await open({});
    expect(await failure(planOf({ a: { inputs: "not for anybody" } }))).toEqual({
      code: "ENGINE_FAILED",
      message: `${title} failed during plan of acme at workforce: Extraneous JSON object property`,
      hint: "Read its own words below the message, mend what they name, then plan again.",
      words: expect.stringMatching(
        /^Error: Extraneous JSON object property\n\nNo argument or block type is named "inputs"/,
      ),
    });
  });

  test.each([
    ["damaged", '{"version":', "Unsupported state file format"],
    ["of a newer format", '{"version":5,"terraform_version":"9.9.9","serial":1,"lineage":"x"}', "format version 5"],
  ])("ENGINE_STATE_UNREADABLE for a state that is %s", async (_, state, words) => {
    const { folder, root } = await open({ a: { input: "1" } });
    writeFileSync(join(root, "work/acme/terraform.tfstate"), state);
    for (const work of [() => folder.plan({ out: "plan.tfplan" }), () => folder.list()]) {
      expect(await failure(work())).toMatchObject({
        code: "ENGINE_STATE_UNREADABLE",
        message: `${title} cannot read the state of acme at workforce`,
        words: expect.stringContaining(words),
      });
    }
    expect(existsSync(join(root, "work/acme/plan.tfplan"))).toBe(false);
  });
});
