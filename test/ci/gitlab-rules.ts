import { fieldsOf, runMistakes, unknownKeys } from "./github-rules.ts";
import { readPipeline } from "./gitlab.ts";

type Fields = Readonly<Record<string, unknown>>;

const settings = ["workflow", "stages", "variables", "default", "jobs"];
const defaults = ["image", "timeout", "interruptible", "cache", "before_script"];
const jobKeys = [
  ...["stage", "needs", "rules", "environment", "resource_group", "timeout", "variables", "script", "artifacts"],
];
const environments = ["tenantry-plan", "tenantry-verify", "production"];
const onlyMain = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH";
const fork = '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID != $CI_PROJECT_ID';

/** Everything that is wrong with the pipeline of ci/gitlab. */
export function pipelineMistakes(text: string): readonly string[] {
  const pipeline = readPipeline(text);
  const mistakes = unknownKeys("the pipeline", pipeline as unknown as Fields, settings);
  mistakes.push(...unknownKeys("default", pipeline.default as unknown as Fields, defaults));
  if (fieldsOf(pipeline.default).interruptible !== false) mistakes.push("it may be cut off by another run");
  for (const [name, written] of Object.entries(pipeline.jobs)) {
    const job = written as unknown as Fields;
    mistakes.push(...unknownKeys(name, job, jobKeys));
    const { rules } = written;
    if (rules === undefined) mistakes.push(`${name} runs always`);
    const environment = written.environment?.name;
    if (environment !== undefined && !environments.includes(environment)) {
      mistakes.push(`${name} is of the environment ${environment}`);
    }
    if (environment === "production") {
      const starts = (rules ?? []).filter(({ when }) => when !== "never");
      if (starts.some((rule) => rule.if !== onlyMain || rule.when !== "manual")) {
        mistakes.push(`${name} needs nobody's approval, or runs elsewhere than on the default branch`);
      }
      if (job.resource_group === undefined) mistakes.push(`${name} runs beside another`);
    } else if (environment !== undefined) {
      if (fieldsOf(job.environment).action !== "access") mistakes.push(`${name} counts as a deployment`);
      const nightly = (rules ?? []).every((rule) => rule.if === '$CI_PIPELINE_SOURCE == "schedule"');
      const closed = (rules ?? []).some((rule) => rule.if === fork && rule.when === "never");
      if (!nightly && !closed) mistakes.push(`${name} runs for forks`);
    }
    for (const line of [...pipeline.default.before_script, ...written.script])
      mistakes.push(...runMistakes(name, line));
    for (const key of Object.keys(written.variables ?? {})) {
      if (/SECRET|KEY|TOKEN|PASS/.test(key)) mistakes.push(`${name} holds ${key} in the file`);
    }
  }
  return mistakes;
}
