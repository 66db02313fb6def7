import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseEnv } from "node:util";
import { runInNewContext } from "node:vm";
import { parse } from "yaml";
import { type JobResult, runStep } from "./step.ts";
import type { CiEnvironment, TenantsRepository, Variables } from "./tenants-repository.ts";

// A runner for the workflows of ci/github, as far as they use what GitHub has: jobs with needs, conditions, environments
// and outputs, steps that run or use, the composite action beside them, artifacts. What it does not know fails.

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Variables;
  readonly env?: Variables;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: CiEnvironment;
  readonly outputs?: Variables;
  readonly env?: Variables;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly env?: Variables;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** What started the workflow, and what is set up around it. */
export interface WorkflowRun {
  readonly workflow: "tenantry-plan" | "tenantry-apply" | "tenantry-nightly";
  readonly commit: string;
  /** `github.event`. */
  readonly event?: Readonly<Record<string, unknown>>;
  readonly inputs?: Variables;
  /** Called when a job waits for the approval of `production`; approves it by returning. */
  readonly approve?: () => void | Promise<void>;
}

export interface WorkflowResult {
  readonly jobs: Readonly<Record<string, JobResult>>;
  /** Every step summary. */
  readonly summary: string;
  /** Files of the artifacts, by `artifact/file`. */
  readonly artifacts: Variables;
  /** Logs, summary and artifacts: everything that the run shows. */
  readonly shown: string;
}

/** Actions that set a runner up or move files; what they do is done here. */
const setup = /^(actions\/(checkout|setup-node)|opentofu\/|hashicorp\/|pulumi\/|aws-actions\/)/;

export async function runWorkflow(repository: TenantsRepository, run: WorkflowRun): Promise<WorkflowResult> {
  const { root, folder, kept } = repository;
  const workflow = parse(readFileSync(join(root, `.github/workflows/${run.workflow}.yml`), "utf8")) as Workflow;
  const services = mkdtempSync(join(folder, "github-"));
  const summary = join(services, "summary.md");
  writeFileSync(summary, "");
  const artifacts = new Map<string, string>();
  const jobs: Record<string, JobResult & { readonly outputs: Variables }> = {};

  for (const [name, job] of Object.entries(workflow.jobs)) {
    const { environment } = job;
    const values = environment === undefined ? {} : kept[environment];
    const isSecret = (key: string): boolean => !key.endsWith("_CLIENT_ID");
    const steps: Record<string, { outputs: Variables }> = {};
    let failed = false;
    const context = {
      github: {
        sha: run.commit,
        repository: "acme/tenants",
        token: "the-job-token",
        triggering_actor: "octo",
        event: run.event ?? {},
      },
      inputs: run.inputs ?? {},
      needs: jobs,
      steps,
      runner: { os: "Linux" },
      secrets: Object.fromEntries(Object.entries(values).filter(([key]) => isSecret(key))),
      vars: {
        TENANTRY_ENVIRONMENT: "sandbox",
        ...Object.fromEntries(Object.entries(values).filter(([key]) => !isSecret(key))),
      },
    };
    const evaluate = (text: string, inputs: Variables = context.inputs): string =>
      interpolate(text, { ...context, inputs }, () => failed);
    const all = (variables: Variables = {}, inputs?: Variables): Variables =>
      Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, evaluate(String(value), inputs)]));

    const needs = [job.needs ?? []].flat();
    const ready = needs.every((need) => jobs[need]?.result === "success");
    const asked = job.if === undefined || isTrue(evaluate(job.if));
    if (!asked || (!ready && !/(always|cancelled|failure)\(\)/.test(job.if ?? ""))) {
      jobs[name] = { result: "skipped", log: "", exit: 0, env: {}, outputs: {} };
      continue;
    }
    if (environment === "production") await run.approve?.();

    const checkout = repository.checkout(run.commit);
    const files = { env: join(services, `${name}.env`), output: join(services, `${name}.output`) };
    for (const file of Object.values(files)) writeFileSync(file, "");
    const env = { ...all(workflow.env), ...all(job.env) };
    const log: string[] = [];
    let exit = 0;

    const step = async (each: Step, inputs?: Variables): Promise<void> => {
      const condition = each.if ?? "success()";
      if (!isTrue(evaluate(condition, inputs)) || (failed && !/(always|cancelled|failure)\(\)/.test(condition))) return;
      const given = all(each.with, inputs);
      if (each.uses === "./.github/actions/tenantry") {
        const action = parse(readFileSync(join(checkout, ".github/actions/tenantry/action.yml"), "utf8")) as {
          readonly inputs: Readonly<Record<string, { readonly default: string }>>;
          readonly runs: { readonly steps: readonly Step[] };
        };
        const defaults = Object.fromEntries(Object.entries(action.inputs).map(([key, input]) => [key, input.default]));
        for (const inner of action.runs.steps) await step(inner, { ...defaults, ...given });
        return;
      }
      if (each.uses?.startsWith("actions/upload-artifact@") === true) {
        for (const path of (given.path ?? "").split("\n").filter((line) => line !== "")) {
          if (existsSync(join(checkout, path)))
            artifacts.set(`${given.name}/${path}`, readFileSync(join(checkout, path), "utf8"));
          else if (given["if-no-files-found"] !== "ignore") throw new Error(`there is no ${path} to keep`);
        }
        return;
      }
      if (each.uses?.startsWith("actions/download-artifact@") === true) {
        const found = [...artifacts].filter(([path]) => path.startsWith(`${given.name}/`));
        if (found.length === 0) throw new Error(`there is no artifact ${given.name}`);
        for (const [path, text] of found) writeFileSync(join(checkout, basename(path)), text);
        return;
      }
      if (each.uses !== undefined) {
        if (!setup.test(each.uses)) throw new Error(`this runner cannot ${each.uses}`);
        return;
      }
      const machine = {
        ...{ PATH: repository.path, HOME: services, CI: "true", GITHUB_ACTIONS: "true" },
        ...{ GITHUB_SHA: run.commit, GITHUB_REPOSITORY: context.github.repository },
        ...{ GITHUB_STEP_SUMMARY: summary, GITHUB_ENV: files.env, GITHUB_OUTPUT: files.output },
      };
      const more = parseEnv(readFileSync(files.env, "utf8")) as Variables;
      const result = await runStep(["bash", "-e", "-c", each.run ?? ""], checkout, {
        ...machine,
        ...more,
        ...env,
        ...all(each.env, inputs),
      });
      log.push(result.log);
      if (result.exit !== 0 && !failed) {
        failed = true;
        exit = result.exit;
      }
      if (each.id !== undefined)
        steps[each.id] = { outputs: parseEnv(readFileSync(files.output, "utf8")) as Variables };
    };
    for (const each of job.steps) await step(each);
    jobs[name] = { result: failed ? "failure" : "success", log: log.join(""), exit, env, outputs: all(job.outputs) };
  }
  const shown = [...Object.values(jobs).map(({ log }) => log), readFileSync(summary, "utf8"), ...artifacts.values()];
  return {
    jobs,
    summary: readFileSync(summary, "utf8"),
    artifacts: Object.fromEntries(artifacts),
    shown: shown.join("\n"),
  };
}

/** Text with its `${{ … }}` filled in. A condition may stand without them. */
function interpolate(text: string, context: Readonly<Record<string, unknown>>, failed: () => boolean): string {
  const bare = /^[^$]*\(.*\)[^$]*$/.test(text) && !text.includes("${{");
  if (bare) return String(expression(text, context, failed) ?? "");
  return text.replaceAll(/\$\{\{(.*?)\}\}/g, (_all, inner: string) => String(expression(inner, context, failed) ?? ""));
}

/** https://docs.github.com/actions/reference/evaluate-expressions-in-workflows-and-actions, as far as it is used. */
function expression(text: string, context: Readonly<Record<string, unknown>>, failed: () => boolean): unknown {
  const script = text.replaceAll(/'[^']*'|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+/g, (token) =>
    token.startsWith("'") ? token : `at(${JSON.stringify(token)})`,
  );
  return runInNewContext(script, {
    at: (path: string) => {
      const found = path
        .split(".")
        .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], context);
      return found ?? "";
    },
    contains: (where: string, what: string) => String(where).toLowerCase().includes(what.toLowerCase()),
    hashFiles: () => "hash",
    always: () => true,
    cancelled: () => false,
    failure: failed,
    success: () => !failed(),
  });
}

function isTrue(value: string): boolean {
  return value !== "" && value !== "false";
}
