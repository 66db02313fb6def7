import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadContext } from "../../src/cli/context.ts";
import { askedEngine } from "../../src/cli/engine-choice.ts";
import { makeRun, openOptions } from "../../src/cli/run.ts";
import { plain } from "../../src/plan/paint.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

// No program is there: what is told here is told before one is looked for.

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await openTestWorkspace();
});
afterAll(() => workspace.close());

describe("--engine", () => {
  it("that carries nobody is refused, naming the identity providers", async () => {
    for (const command of ["plan", "apply"]) {
      const { exit, err } = await workspace.tenantry(command, "--engine", "pulumi");
      expect(err).toBe(
        "ENGINE_UNSUITABLE  pulumi carries no identity provider of this workspace: `workforce` is okta\n" +
          "  mend: `terraform` carries Okta, `pulumi` carries Auth0, `direct` both.\n",
      );
      expect(exit).toBe(2);
    }
  });

  it("that there is not is wrong usage", async () => {
    const { exit, err } = await workspace.tenantry("plan", "--engine", "tofu");
    expect(exit).toBe(2);
    expect(err).toContain("Allowed choices are direct, terraform, pulumi.");
    expect((await workspace.tenantry("apply", "--adopt-into", "direct")).err).toContain("terraform, pulumi.");
  });

  it("is what the plan says, and the plan's digest with it", async () => {
    const plan = await workspace.tenantry("plan", "--engine", "direct", "--json");
    expect(plan.json().plan).toMatchObject({ engines: { workforce: "direct" } });
  });
});

describe("a saved plan", () => {
  it("made with one engine is not applied with another", async () => {
    const file = join(workspace.root, "plan.json");
    expect((await workspace.tenantry("plan", "--out", file)).exit).toBe(0);
    for (const option of ["--engine", "--adopt-into"]) {
      const { exit, err, out } = await workspace.tenantry("apply", "--yes", "--plan", file, option, "terraform");
      expect(err).toBe(
        "PLAN_STALE  the reviewed plan no longer holds: the engine of workforce was direct and is terraform\n" +
          "  mend: apply it with the --engine or --adopt-into that it was made with, or plan again\n",
      );
      expect(out).toBe("");
      expect(exit).toBe(4);
    }
    expect(
      workspace.sandbox.okta.requests.entries.filter(({ method }) => method !== "GET" && method !== "POST"),
    ).toEqual([]);
    const applied = await workspace.tenantry("apply", "--yes", "--plan", file, "--engine", "direct");
    expect(applied, applied.err).toMatchObject({ exit: 0 });
  });
});

describe("--adopt-into", () => {
  it("names the engine itself: another --engine beside it is wrong usage", async () => {
    for (const command of ["plan", "apply"]) {
      const { exit, err } = await workspace.tenantry(command, "--adopt-into", "terraform", "--engine", "direct");
      expect(err).toBe(
        "CLI_USAGE  --adopt-into terraform cannot stand beside --engine direct\n" +
          "  mend: leave --engine out: --adopt-into names the engine that is used\n",
      );
      expect(exit).toBe(2);
    }
    expect(askedEngine({ adoptInto: "terraform", engine: "terraform" })).toBe("terraform");
    expect(askedEngine({ adoptInto: "pulumi" })).toBe("pulumi");
    expect(askedEngine({})).toBeUndefined();
  });

  it("is refused as --engine is, where it can carry nobody", async () => {
    expect((await workspace.tenantry("plan", "--adopt-into", "pulumi", "--only", "whiterabbit")).err).toContain(
      "ENGINE_UNSUITABLE  pulumi carries no identity provider",
    );
  });
});

describe("what engines that run programs are told", () => {
  const environment = { CI: "true", PATH: "/nowhere" };
  const terminal = { out: () => undefined, err: () => undefined, paint: plain };
  const surroundings = { environment, cwd: "/", pid: 1 };
  const reach = { connections: [], access: "read", whole: false } as const;

  it("is the run's own environment, whether it is CI, and what the command wishes", () => {
    const run = makeRun(terminal, surroundings);
    const context = loadContext(surroundings, { workspace: workspace.root, env: "sandbox" }, Date.now());
    expect(openOptions(run, context, reach).tools).toMatchObject({ environment, ci: true, adopt: false });
    expect(openOptions(run, context, reach).tools?.interrupted.aborted).toBe(false);
    const interrupted = AbortSignal.abort();
    expect(openOptions(run, context, reach, { adopt: true, interrupted }).tools).toEqual({
      ...{ environment, ci: true, adopt: true, interrupted },
    });
  });
});

describe("status --rebuild", () => {
  it("looks by API whatever the file's engine is, so that no program is needed", async () => {
    const before = readFileSync(join(workspace.root, "tenantry.yaml"), "utf8");
    workspace.edit("tenantry.yaml", "engine: direct", "engine: terraform");
    // A client that differs is what the engine would run its program for.
    workspace.edit("tenants/whiterabbit.yaml", /^name: .*/m, "name: Another Name");
    try {
      const { exit, err, out } = await workspace.tenantryWith({ PATH: "" }, "status", "--rebuild");
      expect(exit, err).toBe(0);
      expect(out).toContain("whiterabbit/portal");
    } finally {
      workspace.write("tenantry.yaml", before);
    }
  });
});
