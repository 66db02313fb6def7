import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli/main.ts";
import { version } from "../../src/cli/version.ts";
import { plain } from "../../src/plan/paint.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

const commands = [
  "new",
  "validate",
  "plan",
  "apply",
  "verify",
  "status",
  "show",
  "synth",
  "migrate",
  "schema",
  "engines",
  "sandbox",
  "demo",
];

/** Runs the command line in an empty place. */
async function run(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await runCommand(
    args,
    { out: (text) => out.push(text), err: (text) => err.push(text), paint: plain },
    { environment: {}, cwd: "/", pid: process.pid },
  );
  return { exit, out: out.join(""), err: err.join("") };
}

describe("the command line", () => {
  it("names every command in its help", async () => {
    const help = await run("--help");
    expect(help.exit).toBe(0);
    for (const command of commands) expect(help.out).toMatch(new RegExp(`^  ${command}\\b`, "m"));
    for (const line of help.out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it.each(commands)("has help for %s", async (command) => {
    const help = await run(command, "--help");
    expect(help.exit).toBe(0);
    expect(help.out).toContain(`Usage: tenantry ${command}`);
    expect(help.out).toContain("--json");
  });

  it("has the version of its package", async () => {
    const { version: packaged } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(version).toBe(packaged);
    expect((await run("--version")).out.trim()).toBe(packaged);
  });

  it.each([
    [["plam"], /unknown command 'plam'[\s\S]*plan/],
    [["plan", "--exit-cod"], /unknown option '--exit-cod'[\s\S]*--exit-code/],
    [["show"], /missing required argument 'name'/],
    [["plan", "--json", "--markdown"], /cannot be used with/],
    [["validate", "surplus"], /too many arguments/],
    [["schema", "tenants"], /there is no schema/],
    [["sandbox", "start"], /the sandbox cannot `start`[\s\S]*`stop`/],
  ])("leaves with 2 and says what is wrong: %j", async (args, message) => {
    const result = await run(...args);
    expect(result.exit).toBe(2);
    expect(result.out + result.err).toMatch(message);
    expect(result.err).not.toMatch(/^\s+at /m);
  });

  it("says where it looked for a workspace", async () => {
    const result = await run("validate");
    expect(result).toMatchObject({ exit: 2, out: "" });
    expect(result.err).toContain("WORKSPACE_NOT_FOUND");
  });

  it.each(["tenant", "workspace"])("prints the JSON Schema %s", async (name) => {
    const schema = JSON.parse((await run("schema", name)).out);
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(schema.additionalProperties).toBe(false);
  });
});

describe("--json", () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await openTestWorkspace();
  });
  afterAll(() => workspace.close());

  it("is one versioned document on stdout for every command, good or bad", async () => {
    const calls: readonly (readonly [readonly string[], number])[] = [
      [["validate"], 0],
      [["plan", "--exit-code"], 3],
      [["apply"], 2],
      [["verify"], 7],
      [["apply", "--yes"], 0],
      [["plan", "--exit-code"], 0],
      [["verify"], 0],
      [["status"], 0],
      [["show", "whiterabbit"], 0],
      [["show", "whiterabit"], 2],
      [["migrate", "--yes"], 0],
      [["sandbox", "start"], 2],
      [["plan", "--only", "nobody"], 2],
      [["plan", "--no-such-option"], 2],
      [["apply", "--plan", "missing.json"], 2],
    ];
    for (const [args, exit] of calls) {
      const result = await workspace.tenantry(...args, "--json");
      expect(result.exit, args.join(" ")).toBe(exit);
      expect(result.json(), args.join(" ")).toMatchObject({ version: 1, command: args[0] });
    }
  });

  it("lists the issues of files with their positions", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: activ");
    try {
      const validated = await workspace.tenantry("validate", "--json");
      expect(validated.exit).toBe(2);
      expect(validated.json()).toMatchObject({
        valid: false,
        issues: [{ code: "TENANT_WRONG_VALUE", file: "tenants/whiterabbit.yaml", line: 5, column: 9 }],
      });
      const planned = await workspace.tenantry("plan", "--json");
      expect(planned.exit).toBe(2);
      expect(planned.json()).toMatchObject({ error: { code: "CLI_FILES_INVALID", issues: [{ line: 5 }] } });
    } finally {
      workspace.edit("tenants/whiterabbit.yaml", "status: activ", "status: active");
    }
  });
});
