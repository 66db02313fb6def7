import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { toolHint } from "../../src/engine/install.ts";
import { soughtTerraform } from "../../src/engine/terraform/program.ts";
import { findTool, isAtLeast } from "../../src/engine/tool-search.ts";
import { createRedactor } from "../../src/secret/redact.ts";
import { Secret } from "../../src/secret/secret.ts";
import { failure, fakeTool, scratch } from "./bench.ts";

const install = toolHint("tofu");

let root: string;
let bin: string;
beforeEach(() => {
  root = scratch();
  bin = join(root, "bin");
  mkdirSync(bin);
});

const find = (command?: string, PATH = bin, redact = (text: string): string => text) =>
  findTool(soughtTerraform(command), { environment: { PATH }, root, redact });

describe("finds", () => {
  test("tofu before terraform, wherever on PATH the two are", async () => {
    const first = join(root, "first");
    fakeTool(first, "terraform", "");
    const path = fakeTool(bin, "tofu", "", "OpenTofu v1.12.6\non linux_amd64");
    expect(await find(undefined, `${first}:${bin}`)).toEqual({ product: "tofu", version: "1.12.6", path });
  });

  test("terraform where there is no tofu that can be run", async () => {
    writeFileSync(join(bin, "tofu"), "no program");
    const path = fakeTool(bin, "terraform", "");
    expect(await find()).toEqual({ product: "terraform", version: "1.11.4", path });
  });

  test.each([
    ["a name on PATH", "tofu-next"],
    ["a path from the workspace's folder", "bin/tofu-next"],
  ])("what the file names: %s, and which product that is, by its own words", async (_, command) => {
    const path = fakeTool(bin, "tofu-next", "", "Warning: old settings\n\nOpenTofu v1.13.0-rc1");
    expect(await find(command)).toEqual({ product: "tofu", version: "1.13.0-rc1", path });
  });
});

describe("ENGINE_TOOL_MISSING says what was looked for and where", () => {
  test("nothing on PATH", async () => {
    expect(await failure(find(undefined, `${bin}:relative:/nowhere`))).toEqual({
      code: "ENGINE_TOOL_MISSING",
      message: `neither \`tofu\` nor \`terraform\` is on PATH (PATH was searched: ${bin}:/nowhere)`,
      hint: `${install} Or name it by engines.terraform.command.`,
      words: undefined,
    });
  });

  test("a folder that PATH names twice, once", async () => {
    expect((await failure(find(undefined, `${bin}:/nowhere:${bin}`))).message).toContain(`: ${bin}:/nowhere)`);
  });

  test("no PATH", async () => {
    expect((await failure(find(undefined, ""))).message).toBe(
      "neither `tofu` nor `terraform` is on PATH (PATH is empty)",
    );
  });

  test("a name of the file that is not on PATH", async () => {
    expect((await failure(find("tofu-next"))).message).toBe(
      `\`tofu-next\`, which engines.terraform.command names, is not on PATH (PATH was searched: ${bin})`,
    );
  });

  test.each([
    ["nothing", () => undefined],
    ["a folder", (path: string) => mkdirSync(path)],
    ["no program", (path: string) => writeFileSync(path, "text")],
  ])("a path of the file where there is %s", async (_, make) => {
    const path = join(bin, "tofu");
    make(path);
    expect(await failure(find("bin/tofu"))).toMatchObject({
      message: `${path}, which engines.terraform.command names, is no program that can be run`,
      hint: `Correct engines.terraform.command, or leave it out to have PATH searched. ${install}`,
    });
  });

  test("a program whose interpreter is not there", async () => {
    const path = join(bin, "tofu");
    writeFileSync(path, "#!/nowhere/interpreter\n");
    chmodSync(path, 0o755);
    expect(await failure(find())).toMatchObject({
      code: "ENGINE_ANSWER_UNREADABLE",
      message: `${path} version does not answer as OpenTofu or Terraform does`,
    });
  });
});

describe("asks for the version", () => {
  test.each([
    ["Terraform v1.6.6", "terraform", "1.6.6"],
    ["OpenTofu v1.6.2", "tofu", "1.6.2"],
    ["Terraform v0.15.5", "terraform", "0.15.5"],
  ])("%s is too old", async (words, name, version) => {
    const path = fakeTool(bin, name, "", words);
    expect(await failure(find())).toEqual({
      code: "ENGINE_TOOL_OLD",
      message: `${path} is version ${version}, and 1.7.0 is the oldest that will do`,
      hint: install,
      words: undefined,
    });
  });

  test("words that are not a version are shown, without secrets", async () => {
    const redactor = createRedactor([new Secret("s3cr3t-value")]);
    const path = fakeTool(bin, "tofu", "", "I am a shim. s3cr3t-value");
    expect(await failure(find(undefined, bin, redactor.redact))).toEqual({
      code: "ENGINE_ANSWER_UNREADABLE",
      message: `${path} version does not answer as OpenTofu or Terraform does`,
      hint: `Name OpenTofu or Terraform by engines.terraform.command. ${install}`,
      words: "I am a shim. [secret]",
    });
  });

  test.each([
    ["1.7.0", true],
    ["1.7.0-rc1", true],
    ["v1.10.2", true],
    ["2.0.0", true],
    ["1.6.99", false],
    ["0.99.0", false],
  ])("%s is at least 1.7.0: %s", (version, enough) => expect(isAtLeast(version, "1.7.0")).toBe(enough));
});
