import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stateBackend } from "../../../src/engine/terraform/backend.ts";
import type { TerraformBackend } from "../../../src/workspace/workspace.ts";
import { describePostgres, postgresUrl } from "../../support/postgres.ts";
import { describeWithTools, failure, openBench, program, workspaceAt } from "../bench.ts";
import { startStateServer } from "./state-server.ts";

describe("the backend of a tenant's state", () => {
  const of = { tenant: "whiterabbit", idp: "workforce" };
  const at = (backend: TerraformBackend | undefined, ci = false): TerraformBackend =>
    stateBackend(workspaceAt("/work", { terraform: { backend } }), of, ci);

  test("is a file in the working folder when nobody says, but not in CI", () => {
    expect(at(undefined)).toEqual({ kind: "local", settings: { path: "terraform.tfstate" } });
    expect(() => at(undefined, true)).toThrow(
      expect.objectContaining({
        code: "ENGINE_BACKEND_UNNAMED",
        message:
          "this is CI, and tenantry.yaml does not say where terraform keeps its state: a runner's disk forgets it",
      }),
    );
  });

  test("has its placeholders filled in, in every text", () => {
    const address = "https://state.acme.example/{workspace}/{environment}/{idp}/{tenant}";
    const settings = { address, lock_address: `${address}/lock`, retry_max: 0, skip_cert_verification: false };
    const filled = "https://state.acme.example/acme/production/workforce/whiterabbit";
    expect(at({ kind: "http", settings }, true)).toEqual({
      kind: "http",
      settings: { ...settings, address: filled, lock_address: `${filled}/lock` },
    });
  });

  test.each([
    ["state/{tenant}.tfstate", "/work/state/whiterabbit.tfstate"],
    ["/var/state/{tenant}.tfstate", "/var/state/whiterabbit.tfstate"],
  ])("a file %s is %s", (path, there) => {
    expect(at({ kind: "local", settings: { path, workspace_dir: "x" } }, true).settings).toEqual({
      path: there,
      workspace_dir: "x",
    });
  });
});

describeWithTools("a state behind http", (name, path) => {
  const title = name === "tofu" ? "OpenTofu" : "Terraform";

  async function open() {
    const server = await startStateServer();
    const bench = await openBench(path);
    const folder = bench.tool.workspace(join(bench.root, "work"), {}, "acme at workforce");
    await folder.write(program({ a: { input: "1" } }, {}, server.backend));
    return { ...bench, server, folder };
  }

  test("is locked, written and released", async () => {
    const { server, folder } = await open();
    await folder.init();
    await folder.plan({ out: "plan" });
    expect(server.lock).toBeUndefined();
    await folder.applyPlan("plan");
    expect(server.lock).toBeUndefined();
    expect(JSON.parse(server.state ?? "")).toMatchObject({ resources: [{ type: "terraform_data", name: "a" }] });
    expect(await folder.list()).toEqual(["terraform_data.a"]);
  });

  test("ENGINE_STATE_LOCKED with the id that releases it, and no word on a holder that the tool does not know", async () => {
    const { server, folder } = await open();
    await folder.init();
    const holder = {
      Operation: "OperationTypeApply",
      Who: "ci@runner-7",
      Version: "1",
      Created: "2026-11-21T21:17:53.99Z",
    };
    server.lock = JSON.stringify({ ID: "11111111-2222-3333-4444-555555555555", ...holder });
    // Terraform says who wanted the lock here, not who holds it.
    const by = title === "OpenTofu" ? "ci@runner-7 (since 2026-11-21 21:17:53 UTC, apply)" : "somebody else";
    expect(await failure(folder.plan({ out: "plan" }))).toMatchObject({
      code: "ENGINE_STATE_LOCKED",
      message: `the state of acme at workforce is locked by ${by}`,
      hint: `Wait for that run to end. Only when it is gone for sure, release its lock: ${path} -chdir=work force-unlock 11111111-2222-3333-4444-555555555555`,
    });
    await folder.unlock("11111111-2222-3333-4444-555555555555");
    expect(server.lock).toBeUndefined();
    expect((await folder.plan({ out: "plan" })).changes).toHaveLength(1);
  });

  const unreachable = {
    code: "ENGINE_BACKEND_UNREACHABLE",
    message: `${title} cannot reach the state of acme at workforce`,
    hint: "See that the backend under `engines:` is right, that it can be reached, and that the run has its credentials.",
  };

  test.each([
    ["refuses the run's credentials", 401, "requires auth"],
    ["forbids it", 403, "invalid auth"],
    ["is broken", 500, "giving up after 1 attempt"],
  ])("ENGINE_BACKEND_UNREACHABLE when it %s (%i)", async (_, status, words) => {
    const { server, folder } = await open();
    for (const method of ["GET", "LOCK"]) server.refuse.set(method, status);
    const flat = (text: string | undefined): string => (text ?? "").replace(/\s+/g, " ");
    const init = await failure(folder.init());
    expect({ ...init, words: flat(init.words) }).toEqual({ ...unreachable, words: expect.stringContaining(words) });
    server.refuse.clear();
    await folder.init();
    server.refuse.set("LOCK", status);
    const plan = await failure(folder.plan({ out: "plan" }));
    expect({ ...plan, words: flat(plan.words) }).toEqual({ ...unreachable, words: expect.stringContaining(words) });
  });

  test("ENGINE_BACKEND_UNREACHABLE when nobody is there", async () => {
    const { server, folder } = await open();
    await server.close();
    expect(await failure(folder.init())).toEqual({
      ...unreachable,
      words: expect.stringContaining("connection refused"),
    });
  });

  test("what an apply could not write is kept, said, and written by the next run", async () => {
    const { server, folder, root, told } = await open();
    await folder.init();
    await folder.plan({ out: "plan" });
    server.refuse.set("POST", 403);
    expect(await failure(folder.applyPlan("plan"))).toEqual({
      ...unreachable,
      hint: "What was done is noted in work/errored.tfstate, which the next run writes into the backend: mend the backend, then apply again.",
      words: expect.stringContaining("Failed to persist state to backend"),
    });
    expect(await failure(folder.init())).toMatchObject({ code: "ENGINE_BACKEND_UNREACHABLE" });
    expect(existsSync(join(root, "work/errored.tfstate"))).toBe(true);
    server.refuse.clear();
    await folder.init();
    expect(told).toContain("acme at workforce: the state that the last run could not write is written now");
    expect(existsSync(join(root, "work/errored.tfstate"))).toBe(false);
    const plan = await folder.plan({ out: "plan" });
    expect(plan.changes.map(({ actions }) => actions)).toEqual([["no-op"]]);
  });
});

describePostgres("a state in PostgreSQL", () => {
  describeWithTools("is kept in a schema of its own", (_, path) => {
    test("with the credentials of the run's environment", async () => {
      const schema = `tenantry_${process.pid}_${Date.now()}`;
      const environment = { PG_CONN_STR: postgresUrl({ parameters: { sslmode: "disable" } }) };
      const bench = await openBench(path, { environment });
      const folder = bench.tool.workspace(join(bench.root, "work"), {}, "acme at workforce");
      await folder.write(program({ a: { input: "1" } }, {}, { pg: { schema_name: schema } }));
      await folder.init();
      await folder.plan({ out: "plan" });
      await folder.applyPlan("plan");
      expect(await folder.list()).toEqual(["terraform_data.a"]);
    });

    test("ENGINE_BACKEND_UNREACHABLE with a password that is refused", async () => {
      const environment = { PG_CONN_STR: postgresUrl({ password: "wrong", parameters: { sslmode: "disable" } }) };
      const bench = await openBench(path, { environment });
      const folder = bench.tool.workspace(join(bench.root, "work"), {}, "acme at workforce");
      await folder.write(program({ a: { input: "1" } }, {}, { pg: { schema_name: "never_made" } }));
      expect(await failure(folder.init())).toMatchObject({
        code: "ENGINE_BACKEND_UNREACHABLE",
        words: expect.stringContaining("password authentication failed"),
      });
    });
  });
});
