import { afterEach, beforeEach, expect, it } from "vitest";
import { type PipelineResult, runPipeline } from "./gitlab.ts";
import { openTenantsRepository, type TenantsRepository } from "./tenants-repository.ts";

let repository: TenantsRepository;

beforeEach(async () => {
  repository = await openTenantsRepository();
}, 60_000);

afterEach(() => repository.close());

const results = ({ jobs }: PipelineResult) =>
  Object.fromEntries(
    Object.entries(jobs).flatMap(([name, { result, exit }]) =>
      result === "skipped" ? [] : [[name, exit === 0 ? result : exit]],
    ),
  );

function mergeRequest(commit: string, from = "7"): Promise<PipelineResult> {
  const predefined = { CI_PIPELINE_SOURCE: "merge_request_event", CI_MERGE_REQUEST_SOURCE_PROJECT_ID: from };
  return runPipeline(repository, { commit, predefined });
}

function onMain(commit: string, source: "push" | "schedule", manual = false): Promise<PipelineResult> {
  return runPipeline(repository, {
    commit,
    manual,
    predefined: { CI_PIPELINE_SOURCE: source, CI_COMMIT_BRANCH: "main" },
  });
}

function expectNoSecretIn({ shown }: PipelineResult): void {
  expect(repository.secrets.filter((secret) => shown.includes(secret))).toEqual([]);
}

it("GitLab: a merge request is planned, the default branch applied by hand, everything proven at night", async () => {
  const commit = repository.commit("three customers");
  repository.writes();
  const planned = await mergeRequest(commit);
  expect(results(planned), planned.shown).toEqual({ validate: "success", plan: "success" });
  expect(planned.artifacts["plan/tenantry-report.md"]).toContain("### Tenantry: acme in sandbox");
  expect(repository.writes()).toEqual([]);
  expect(Object.keys(planned.jobs.plan?.env ?? {}).filter((name) => /^TENANT_|SEALING|STORE/.test(name))).toEqual([]);
  expectNoSecretIn(planned);

  const waiting = await onMain(commit, "push");
  expect(results(waiting)).toEqual({ validate: "success", plan: "success" });
  const applied = await onMain(commit, "push", true);
  expect(results(applied), applied.shown).toEqual({ validate: "success", plan: "success", apply: "success" });
  expect(repository.portal("select key from sso_connection where state = 'active'")).toHaveLength(3);
  expectNoSecretIn(applied);

  const night = await onMain(commit, "schedule");
  expect(results(night), night.shown).toEqual({ verify: "success", drift: "success" });
});

it("GitLab: a fork's merge request has no credentials, and a mistake is told with its position", async () => {
  const fork = await mergeRequest(repository.commit("from elsewhere"), "8");
  expect(results(fork)).toEqual({ validate: "success" });
  expect(Object.keys(fork.jobs.validate?.env ?? {}).filter((name) => /SECRET|KEY|URL/.test(name))).toEqual([]);

  repository.edit("tenants/whiterabbit.yaml", "idp: workforce", "idp: nowhere");
  const wrong = await mergeRequest(repository.commit("a mistake"));
  expect(results(wrong)).toEqual({ validate: 2 });
  expect(wrong.jobs.validate?.log).toMatch(/tenants\/whiterabbit\.yaml:\d+:\d+/);
});
