import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ourApps } from "../support/workspace.ts";
import { runWorkflow, type WorkflowResult } from "./github.ts";
import { runStep } from "./step.ts";
import { openTenantsRepository, type TenantsRepository } from "./tenants-repository.ts";

const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

let repository: TenantsRepository;

/** GitHub's own command line: it keeps comments in a file and the calls that were made. */
const gh = (comments: string, calls: string): string => `#!/bin/sh
echo "$*" >> "${calls}"
case "$*" in
  *"--method POST"* | *"--method PATCH"*)
    for last in "$@"; do :; done
    cp "\${last#body=@}" "${comments}" ;;
  *) if [ -f "${comments}" ]; then echo 4711; fi ;;
esac
`;

beforeEach(async () => {
  repository = await openTenantsRepository();
  const { folder } = repository;
  writeFileSync(join(folder, "programs/gh"), gh(join(folder, "comment.md"), join(folder, "gh.log")), { mode: 0o755 });
}, 60_000);

afterEach(() => repository.close());

const comment = (): string => readFileSync(join(repository.folder, "comment.md"), "utf8");

/** As a pull request of this repository or of another one starts it. */
function pullRequest(commit: string, from = "acme/tenants"): Promise<WorkflowResult> {
  const event = { pull_request: { number: 12, head: { sha: commit, repo: { full_name: from } } } };
  return runWorkflow(repository, { workflow: "tenantry-plan", commit, event });
}

function merged(commit: string, approve?: () => void | Promise<void>): Promise<WorkflowResult> {
  return runWorkflow(repository, { workflow: "tenantry-apply", commit, ...(approve === undefined ? {} : { approve }) });
}

function nightly(commit: string): Promise<WorkflowResult> {
  return runWorkflow(repository, { workflow: "tenantry-nightly", commit });
}

function expectNoSecretIn({ shown }: WorkflowResult): void {
  expect(repository.secrets.length).toBeGreaterThan(8);
  expect(repository.secrets.filter((secret) => shown.includes(secret))).toEqual([]);
}

const results = ({ jobs }: WorkflowResult) =>
  Object.fromEntries(Object.entries(jobs).map(([name, { result, exit }]) => [name, exit === 0 ? result : exit]));

describe("a pull request on GitHub", () => {
  it("shows what an apply would do, reading only, and in one comment", async () => {
    const { root } = repository;
    const portal = readFileSync(join(root, ".tenantry/sandbox/portal.db"));
    const commit = repository.commit("three customers");
    repository.writes();
    const run = await pullRequest(commit);
    expect(results(run), run.shown).toEqual({ validate: "success", plan: "success", comment: "success" });
    expect(run.jobs.validate?.log).toContain("3 tenants with 4 connections in sandbox: no issues");
    expect(run.summary).toContain("### Tenantry: acme in sandbox");
    expect(run.summary).toContain("idp/workforce/client/whiterabbit/portal");
    expect(run.summary).toContain("app/portal/record/northwind-rail/portal");
    const [saved = ""] = Object.entries(run.artifacts).flatMap(([name, text]) =>
      name === `tenantry-plan-${commit}/plan.json` ? [text] : [],
    );
    expect(JSON.parse(saved)).toMatchObject({ tenantry: "saved-plan", commit });
    expect(comment()).toContain("### Tenantry: acme in sandbox");
    expect(comment()).toContain(`Commit ${commit}`);

    expect(repository.writes()).toEqual([]);
    expect(readFileSync(join(root, ".tenantry/sandbox/portal.db"))).toEqual(portal);
    expect(existsSync(repository.store)).toBe(false);
    expectNoSecretIn(run);
    const given = Object.values(run.jobs).flatMap(({ env }) =>
      Object.entries(env).flatMap(([name, value]) => (value === "" ? [] : [name])),
    );
    expect(given.filter((name) => /^TENANT_|SEALING|CLIENT_KEY|STORE/.test(name))).toEqual([]);
    expect(run.jobs.comment?.env).not.toHaveProperty("OKTA_PRIVATE_KEY");

    repository.edit("tenants/whiterabbit.yaml", /^name: .*/m, "name: nobody");
    repository.edit("tenants/whiterabbit.yaml", "idp: workforce", "idp: nowhere");
    const second = await pullRequest(repository.commit("a mistake"));
    expect(results(second)).toEqual({ validate: 2, plan: "skipped", comment: "success" });
    expect(second.jobs.validate?.log).toMatch(/tenants\/whiterabbit\.yaml:\d+:\d+ {2}\S+_\S+/);
    expect(comment()).toMatch(/ {4}tenants\/whiterabbit\.yaml:\d+:\d+/);
    const calls = readFileSync(join(repository.folder, "gh.log"), "utf8");
    expect(calls.match(/--method (POST|PATCH) \S+/g)).toEqual([
      "--method POST repos/acme/tenants/issues/12/comments",
      "--method PATCH repos/acme/tenants/issues/comments/4711",
    ]);
  });

  it("of a fork is only checked", async () => {
    const run = await pullRequest(repository.commit("from elsewhere"), "somebody/tenants");
    expect(results(run)).toEqual({ validate: "success", plan: "skipped", comment: "skipped" });
    expect(run.jobs.validate?.env).toEqual({ TENANTRY_ENVIRONMENT: "sandbox" });
  });

  it("that a guard stops says what acknowledges it, and fails; by hand it is applied with that", async () => {
    const first = await merged(repository.commit("three customers"));
    expect(results(first), first.shown).toEqual({ plan: "success", apply: "success" });
    repository.edit("tenants/whiterabbit.yaml", "domains: [", "domains: [wr-foods.example, ");
    const commit = repository.commit("one more domain");
    const run = await pullRequest(commit);
    expect(results(run)).toEqual({ validate: "success", plan: 4, comment: "success" });
    expect(comment()).toContain("acknowledge:");
    const stops = [...comment().matchAll(/--ack ([^<\s]+)/g)].map(([, name = ""]) => name);
    expect(stops.length).toBeGreaterThan(0);
    const inputs = { acknowledge: stops.join(" ") };
    const byHand = await runWorkflow(repository, { workflow: "tenantry-apply", commit, inputs });
    expect(results(byHand), byHand.shown).toEqual({ plan: "success", apply: "success" });
    expect(repository.portal("select domain from org_domain_claim where domain = 'wr-foods.example'")).toHaveLength(1);
  });

  it("is planned for the tenants that it has changed, where a step says since when", async () => {
    const before = repository.commit("three customers");
    repository.edit("tenants/whiterabbit.yaml", /^name: .*/m, "name: Whiterabbit");
    const checkout = repository.checkout(repository.commit("a name"));
    const machine = { PATH: repository.path, CI: "true", TENANTRY_ENVIRONMENT: "sandbox" };
    const env = { ...machine, ...repository.kept["tenantry-plan"], TENANTRY_CHANGED_SINCE: before };
    const install = await runStep(["sh", "ci/steps/install.sh"], checkout, env);
    const plan = await runStep(["sh", "ci/steps/plan.sh"], checkout, env);
    expect([install.exit, plan.exit], plan.log).toEqual([0, 0]);
    expect(plan.log).toContain("1 tenant has changed");
    const report = readFileSync(join(checkout, "tenantry-report.md"), "utf8");
    expect(report).toContain("app/portal/record/whiterabbit/portal");
    expect(report).not.toContain("northwind-rail");
  });
});

describe("the default branch on GitHub", () => {
  it("applies what was approved, proves it, finds nothing to do then, and finds drift at night", async () => {
    const commit = repository.commit("three customers");
    let asked = 0;
    const first = await merged(commit, () => {
      asked += 1;
    });
    expect(results(first), first.shown).toEqual({ plan: "success", apply: "success" });
    expect(asked).toBe(1);
    expect(first.jobs.apply?.log).toMatch(/^whiterabbit\/portal +active, proven at/m);
    expect(first.summary).toContain("### Tenantry: the proof (exit code 0)");
    expect(repository.portal("select key from sso_connection_active order by key")).toEqual(
      ["fernhill/portal", "northwind-rail/portal", "whiterabbit/portal"].map((key) => ({ key })),
    );
    expectNoSecretIn(first);

    const second = await merged(commit, () => {
      asked += 1;
    });
    expect(results(second)).toEqual({ plan: "success", apply: "skipped" });
    expect(second.summary).toContain("nothing to do");
    expect(asked).toBe(1);

    const quiet = await nightly(commit);
    expect(results(quiet), quiet.shown).toEqual({ verify: "success", drift: "success" });

    // Somebody edits a callback in the admin console.
    const [app] = ourApps(repository.sandbox);
    if (app === undefined) throw new Error("there is no app");
    app.oauth.redirect_uris = app.oauth.redirect_uris.map((uri) => `${uri}-edited`);
    const loud = await nightly(commit);
    expect(results(loud)).toEqual({ verify: 6, drift: 3 });
    expect(loud.summary).toContain("Not everything is as the files say");
    expect(loud.summary).toContain("idp/workforce/client/whiterabbit/portal");
    expectNoSecretIn(loud);
  });

  it("changes nothing when the plan no longer holds after the approval, or is of another commit", async () => {
    const commit = repository.commit("three customers");
    const late = await merged(commit, async () => {
      // Meanwhile somebody has let one of them in from elsewhere.
      const args = [entry, "apply", "--only", "northwind-rail", "--yes", "--env", "sandbox"];
      const env = { CI: "true", ...repository.kept.production };
      const elsewhere = await runStep([process.execPath, ...args], repository.checkout(commit), env);
      expect(elsewhere.exit, elsewhere.log).toBe(0);
      repository.writes();
    });
    expect(results(late)).toEqual({ plan: "success", apply: 4 });
    expect(late.jobs.apply?.log).toContain(
      "PLAN_STALE  the reviewed plan no longer holds: no longer: create app/portal",
    );
    expect(late.summary).toContain("### Tenantry: the apply (exit code 4)");
    expect(repository.writes()).toEqual([]);
    expect(repository.portal("select key from sso_connection")).toEqual([{ key: "northwind-rail/portal" }]);

    const checkout = repository.checkout(commit);
    const { path } = repository;
    writeFileSync(join(checkout, "plan.json"), late.artifacts[`tenantry-plan-${commit}/plan.json`] ?? "");
    const other = { PATH: path, GITHUB_SHA: "0".repeat(40) };
    const refused = await runStep(["sh", "ci/steps/apply.sh"], checkout, other);
    expect(refused).toEqual({
      exit: 4,
      log: `There is no plan of the commit ${"0".repeat(40)} here: run the pipeline of this commit again.\n`,
    });
  });
});
