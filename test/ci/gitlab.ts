import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { parse } from "yaml";
import { type JobResult, runStep } from "./step.ts";
import type { CiEnvironment, TenantsRepository, Variables } from "./tenants-repository.ts";

// A runner for the pipeline of ci/gitlab, as far as it uses what GitLab has.

interface Rule {
  readonly if?: string;
  readonly when?: "never" | "manual" | "on_success";
}

interface Job {
  readonly stage: string;
  readonly rules: readonly Rule[];
  readonly needs?: readonly string[];
  readonly environment?: { readonly name: CiEnvironment };
  readonly variables?: Variables;
  readonly script: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[] };
}

export interface GitLabPipeline {
  readonly workflow: { readonly rules: readonly Rule[] };
  readonly stages: readonly string[];
  readonly variables: Variables;
  readonly default: { readonly before_script: readonly string[] };
  readonly jobs: Readonly<Record<string, Job>>;
}

const reserved = new Set(["workflow", "stages", "variables", "default", "include"]);

/** The pipeline in a file, its jobs apart from its settings. */
export function readPipeline(text: string): GitLabPipeline {
  const written = parse(text) as Readonly<Record<string, unknown>>;
  const part = (settings: boolean) => Object.entries(written).filter(([key]) => reserved.has(key) === settings);
  return { ...Object.fromEntries(part(true)), jobs: Object.fromEntries(part(false)) } as unknown as GitLabPipeline;
}

export interface PipelineRun {
  readonly commit: string;
  /** What GitLab sets for this pipeline, such as `CI_PIPELINE_SOURCE`. */
  readonly predefined: Variables;
  /** Whether somebody starts the jobs that wait for it. */
  readonly manual?: boolean;
}

export interface PipelineResult {
  readonly jobs: Readonly<Record<string, JobResult>>;
  readonly artifacts: Variables;
  readonly shown: string;
}

export async function runPipeline(repository: TenantsRepository, run: PipelineRun): Promise<PipelineResult> {
  const pipeline = readPipeline(readFileSync(join(repository.root, ".gitlab-ci.yml"), "utf8"));
  const predefined: Variables = {
    ...{ CI: "true", GITLAB_CI: "true", CI_COMMIT_SHA: run.commit, CI_PROJECT_ID: "7", CI_DEFAULT_BRANCH: "main" },
    ...{ GITLAB_USER_LOGIN: "octo" },
    ...run.predefined,
  };
  const jobs: Record<string, JobResult> = {};
  const artifacts = new Map<string, string>();
  const skipped: JobResult = { result: "skipped", log: "", exit: 0, env: {} };
  const begins = chosen(pipeline.workflow.rules, predefined) !== "never";
  const inOrder = Object.entries(pipeline.jobs).sort(
    ([, one], [, other]) => pipeline.stages.indexOf(one.stage) - pipeline.stages.indexOf(other.stage),
  );
  for (const [name, job] of inOrder) {
    const when = begins ? chosen(job.rules, predefined) : "never";
    const before = inOrder.filter(([of, other]) =>
      job.needs === undefined
        ? pipeline.stages.indexOf(other.stage) < pipeline.stages.indexOf(job.stage)
        : job.needs.includes(of),
    );
    const ready = before.every(([of]) => jobs[of]?.result !== "failure");
    if (when === "never" || !ready || (when === "manual" && run.manual !== true)) {
      jobs[name] = skipped;
      continue;
    }
    const checkout = repository.checkout(run.commit);
    for (const [of] of before) {
      for (const [path, text] of artifacts) {
        if (path.startsWith(`${of}/`)) writeFileSync(join(checkout, path.slice(of.length + 1)), text);
      }
    }
    const base = { ...predefined, CI_PROJECT_DIR: checkout };
    const ours = expanded({ ...pipeline.variables, ...job.variables }, base);
    const kept = job.environment === undefined ? {} : repository.kept[job.environment.name];
    const env = { ...ours, TENANTRY_ENVIRONMENT: "sandbox", ...kept };
    const script = [...pipeline.default.before_script, ...job.script].join("\n");
    const home = mkdtempSync(join(repository.folder, "gitlab-"));
    const { exit, log } = await runStep(["sh", "-e", "-c", script], checkout, {
      ...{ PATH: repository.path, HOME: home, ...base, ...env },
    });
    for (const path of job.artifacts?.paths ?? []) {
      if (existsSync(join(checkout, path))) {
        artifacts.set(`${name}/${path}`, readFileSync(join(checkout, path), "utf8"));
      }
    }
    jobs[name] = { result: exit === 0 ? "success" : "failure", log, exit, env };
  }
  const shown = [...Object.values(jobs).map(({ log }) => log), ...artifacts.values()].join("\n");
  return { jobs, artifacts: Object.fromEntries(artifacts), shown };
}

/** `when` of the first rule that fits; `never` when none does. */
function chosen(rules: readonly Rule[], variables: Variables): NonNullable<Rule["when"]> {
  const rule = rules.find(({ if: condition }) => condition === undefined || holds(condition, variables));
  return rule === undefined ? "never" : (rule.when ?? "on_success");
}

function holds(condition: string, variables: Variables): boolean {
  const script = condition.replaceAll(/\$(\w+)/g, (_all, name: string) => JSON.stringify(variables[name] ?? null));
  return Boolean(runInNewContext(script));
}

function expanded(variables: Variables, known: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).map(([key, value]) => [
      key,
      String(value).replaceAll(/\$(\w+)/g, (_all, name: string) => known[name] ?? ""),
    ]),
  );
}
