import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { oneInitAtATime, pluginCacheOf } from "../../../src/engine/terraform/plugin-cache.ts";
import { describeWithTools, failure, fakeTool, openBench, program, scratch, type ToolBench } from "../bench.ts";

const okta = { okta: { source: "okta/okta", version: "6.12.0" } };

/** A program that needs a provider. */
function needing(required: object, more: Readonly<Record<string, unknown>> = {}): string {
  const whole = JSON.parse(program({ a: { input: "1" } }, more)) as { terraform: object };
  return JSON.stringify({ ...whole, terraform: { ...whole.terraform, required_providers: required } });
}

/** How often `init` was run. */
const inits = ({ told }: ToolBench): number =>
  told.filter((what) => what.endsWith("prepares its working folder")).length;

describeWithTools("init", (name, path) => {
  const title = name === "tofu" ? "OpenTofu" : "Terraform";

  test("is run once, and again when the backend has changed or what it made is gone", async () => {
    const bench = await openBench(path);
    const folder = bench.tool.workspace(join(bench.root, "work"));
    await folder.write(program({ a: { input: "1" } }));
    await folder.init();
    await folder.write(program({ a: { input: "2" } }));
    await folder.init();
    expect([inits(bench), bench.told[0]]).toEqual([1, `work: ${title} prepares its working folder`]);
    await folder.write(program({ a: { input: "2" } }, {}, { local: { path: "other.tfstate" } }));
    await folder.init();
    expect(inits(bench)).toBe(2);
    rmSync(join(bench.root, "work/.terraform"), { recursive: true });
    await folder.init();
    expect(inits(bench)).toBe(3);
    expect((await folder.plan({ out: "plan" })).changes).toHaveLength(1);
  });

  test("is run after all when the tool misses what it had made", async () => {
    const bench = await openBench(path);
    const folder = bench.tool.workspace(join(bench.root, "work"));
    await folder.write(program({ a: { input: "1" } }));
    await folder.init();
    rmSync(join(bench.root, "work/.terraform/terraform.tfstate"));
    await folder.init();
    expect(inits(bench)).toBe(1);
    expect((await folder.plan({ out: "plan" })).changes).toHaveLength(1);
    expect(inits(bench)).toBe(2);
  });

  test("ENGINE_PROVIDER_MISSING when a provider is in no mirror and nothing else may be asked", async () => {
    const root = scratch();
    mkdirSync(join(root, "mirror"));
    const settings = join(root, "settings.tfrc");
    writeFileSync(settings, `provider_installation {\n  filesystem_mirror { path = "${root}/mirror" }\n}\n`);
    const { tool } = await openBench(path, { root, environment: { TF_CLI_CONFIG_FILE: settings } });
    const folder = tool.workspace(join(root, "work"), {}, "acme at workforce");
    await folder.write(needing(okta));
    expect(await failure(folder.init())).toEqual({
      code: "ENGINE_PROVIDER_MISSING",
      message: `${title} does not find the provider that acme at workforce needs`,
      hint: "`tenantry engines` prints the commands that install it; or let the run reach its registry or mirror once.",
      words: expect.stringMatching(/Failed to query available provider packages[\s\S]*okta\/okta/),
    });
  });

  test("ENGINE_PROVIDER_MISSING when its registry cannot be reached", async () => {
    const root = scratch();
    const { tool } = await openBench(path, { root, environment: { HTTPS_PROXY: "http://127.0.0.1:9" } });
    const folder = tool.workspace(join(root, "work"), {}, "acme at workforce");
    await folder.write(needing(okta));
    expect(await failure(folder.init())).toMatchObject({
      code: "ENGINE_PROVIDER_MISSING",
      words: expect.stringContaining("connection refused"),
    });
  });

  test("leaves a provider of the user's own (dev_overrides) to them", async () => {
    const root = scratch();
    const settings = join(root, "settings.tfrc");
    mkdirSync(join(root, "own"));
    const installation = `dev_overrides { "okta/okta" = "${root}/own" }\n  filesystem_mirror { path = "${root}/own" }`;
    writeFileSync(settings, `provider_installation {\n  ${installation}\n}\n`);
    const { tool } = await openBench(path, { root, environment: { TF_CLI_CONFIG_FILE: settings } });
    const folder = tool.workspace(join(root, "work"), {}, "acme at workforce");
    await folder.write(needing(okta));
    await folder.init();
    // Nothing of this program is asked of the provider.
    expect(await folder.list()).toEqual([]);
    await folder.write(needing(okta, { data: { okta_group: { g: { name: "staff" } } } }));
    expect(await failure(folder.plan({ out: "plan" }))).toMatchObject({ code: "ENGINE_PROVIDER_MISSING" });
  });
});

describe("the plugin cache", () => {
  test("is the workspace's, unless the user's own settings name one", async () => {
    const root = scratch();
    const own = join(root, ".tenantry/engines/plugin-cache");
    expect(await pluginCacheOf({ HOME: root }, "tofu", root)).toBe(own);
    expect(await pluginCacheOf({ HOME: root, TF_PLUGIN_CACHE_DIR: "/cache" }, "tofu", root)).toBeUndefined();
    writeFileSync(join(root, ".terraformrc"), 'plugin_cache_dir = "/cache"\n');
    expect(await pluginCacheOf({ HOME: root }, "terraform", root)).toBeUndefined();
  });

  test("is filled by one init after the other", async () => {
    const root = scratch();
    const cache = join(root, "cache");
    const steps: string[] = [];
    const init = (name: string) =>
      oneInitAtATime({ root, cache, sleep: async () => undefined }, async () => {
        steps.push(`${name} begins`, existsSync(cache) ? "cache there" : "no cache");
        await new Promise((resolve) => setImmediate(resolve));
        steps.push(`${name} ends`);
        if (name === "a") throw new Error("failed");
      });
    await Promise.allSettled([init("a"), init("b")]);
    expect(steps).toEqual(["a begins", "cache there", "a ends", "b begins", "cache there", "b ends"]);
    expect(readdirSync(join(root, ".tenantry/engines"))).toEqual([]);
  });

  test("is waited for while another process fills it, and not when that one is gone", async () => {
    const root = scratch();
    const lock = join(root, ".tenantry/engines/init.lock");
    mkdirSync(join(root, ".tenantry/engines"), { recursive: true });
    writeFileSync(lock, "");
    const steps: string[] = [];
    const init = (): Promise<void> =>
      oneInitAtATime(
        {
          root,
          cache: undefined,
          sleep: async () => {
            steps.push("waits");
            if (steps.length === 2) rmSync(lock);
          },
        },
        async () => void steps.push("init"),
      );
    await init();
    expect(steps).toEqual(["waits", "waits", "init"]);
    writeFileSync(lock, "");
    const old = new Date(Date.now() - 61_000);
    utimesSync(lock, old, old);
    await init();
    expect(steps).toEqual(["waits", "waits", "init", "init"]);
  });

  test("serves every folder: what the first one's lock file says, the next ones start with", async () => {
    const root = scratch();
    const log = join(root, "log");
    const path = fakeTool(
      root,
      "terraform",
      `
      const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require("node:fs");
      appendFileSync(${JSON.stringify(log)}, [command, existsSync(".terraform.lock.hcl"), process.env.TF_PLUGIN_CACHE_DIR].join(" ") + "\\n");
      mkdirSync(".terraform", { recursive: true });
      writeFileSync(".terraform.lock.hcl", "checksums");
    `,
    );
    const bench = await openBench(path, { root });
    for (const name of ["one", "two"]) {
      const folder = bench.tool.workspace(join(root, name));
      await folder.write(needing(okta));
      await folder.init();
      await folder.init();
    }
    const other = bench.tool.workspace(join(root, "three"));
    await other.write(needing({ okta: { ...okta.okta, version: "4.20.0" } }));
    await other.init();
    const cache = join(root, ".tenantry/engines/plugin-cache");
    expect(readFileSync(log, "utf8").split("\n")).toEqual([
      `init false ${cache}`,
      `init true ${cache}`,
      `init false ${cache}`,
      "",
    ]);
    expect(existsSync(cache)).toBe(true);
  });

  test("a provider of another version than the folder's lock file holds is not refused", async () => {
    const root = scratch();
    const lock = "work/.terraform.lock.hcl";
    const path = fakeTool(
      root,
      "terraform",
      `
      const { existsSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
      const { version } = JSON.parse(readFileSync("cdk.tf.json", "utf8")).terraform.required_providers.okta;
      const own = ".terraform.lock.hcl";
      if (existsSync(own) && !readFileSync(own, "utf8").includes(version)) process.exit(1);
      mkdirSync(".terraform", { recursive: true });
      writeFileSync(own, 'provider "providers.example/okta/okta" {\\n  version     = "' + version + '"\\n}\\n');
    `,
    );
    const { tool } = await openBench(path, { root });
    const folder = tool.workspace(join(root, "work"));
    for (const version of ["4.20.0", "6.12.0", "4.20.0"]) {
      await folder.write(needing({ okta: { ...okta.okta, version } }));
      await folder.init();
      expect(readFileSync(join(root, lock), "utf8")).toContain(`"${version}"`);
    }
  });

  test("and the user's own settings are found from the workspace's folder", async () => {
    const root = scratch();
    const names = '["TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR"]';
    const path = fakeTool(root, "terraform", `console.log(${names}.map((name) => process.env[name]).join("\\n"));`);
    const environment = { TF_CLI_CONFIG_FILE: "settings.tfrc", TF_PLUGIN_CACHE_DIR: "cache" };
    const { tool } = await openBench(path, { root, environment });
    const folder = tool.workspace(join(root, "work"));
    await folder.write(program({}));
    expect(await folder.list()).toEqual([join(root, "settings.tfrc"), join(root, "cache")]);
  });
});
