import { existsSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../docs/pages.ts";

// What the workflows of ci/github keep to. A workflow that breaks one of these could send a secret where it must not go,
// run what somebody else has written, or cut an apply off.

type Fields = Readonly<Record<string, unknown>>;

const keys = {
  workflow: ["name", "on", "permissions", "concurrency", "env", "jobs"],
  events: ["pull_request", "push", "workflow_dispatch", "schedule"],
  job: ["needs", "if", "runs-on", "timeout-minutes", "environment", "permissions", "outputs", "env", "steps"],
  step: ["id", "if", "uses", "with", "run", "env", "shell"],
  action: ["name", "description", "inputs", "runs"],
} as const;

/** Whose actions may run; each at a major version or a commit. */
const actions = [
  "actions/checkout",
  "actions/setup-node",
  "actions/cache",
  "actions/upload-artifact",
  "actions/download-artifact",
  "opentofu/setup-opentofu",
  "hashicorp/setup-terraform",
  "pulumi/actions",
  "aws-actions/configure-aws-credentials",
];

const ownAction = "./.github/actions/tenantry";

/** What a job of each environment may not be given. */
const forbidden: Readonly<Record<string, RegExp>> = {
  // A token of a customer's own org is read by a plan, as our own org is.
  "tenantry-plan": /^TENANT_(?!.*__OKTA_TOKEN$)|SEALING|CLIENT_KEY|STORE|VAULT/,
  "tenantry-verify": /^TENANT_|PASSPHRASE/,
  production: /^$/,
};

/** Everything that is wrong with a workflow. */
export function workflowMistakes(text: string): readonly string[] {
  const workflow = parse(text) as Fields;
  const mistakes = unknownKeys("the workflow", workflow, keys.workflow);
  const events = fieldsOf(workflow.on);
  mistakes.push(...unknownKeys("on", events, keys.events));
  if (JSON.stringify(workflow.permissions) !== "{}") mistakes.push("permissions of the workflow are not {}");
  const { "cancel-in-progress": cancels, group } = fieldsOf(workflow.concurrency);
  if (cancels !== false || typeof group !== "string") mistakes.push("it may be cut off by another run");
  if (/secrets/.test(JSON.stringify({ ...workflow, jobs: {} }))) mistakes.push("a secret outside of a job");
  if (/toJSON\(|secrets: *inherit|secrets\[/.test(text)) mistakes.push("secrets by the dozen");
  const fromOutside = "pull_request" in events;
  for (const [name, job] of Object.entries(fieldsOf(workflow.jobs))) {
    mistakes.push(...jobMistakes(name, fieldsOf(job), fromOutside));
  }
  return mistakes;
}

function jobMistakes(name: string, job: Fields, fromOutside: boolean): readonly string[] {
  const mistakes = unknownKeys(name, job, keys.job);
  if (typeof job["timeout-minutes"] !== "number") mistakes.push(`${name} has no end`);
  const { env, steps, environment, permissions, if: condition, ...rest } = job;
  const rights = Object.entries(fieldsOf(permissions)).map(([right, value]) => `${right}: ${String(value)}`);
  if (permissions === undefined) mistakes.push(`${name} says no permissions`);
  const allowed = name === "comment" ? ["contents: read", "pull-requests: write"] : ["contents: read"];
  mistakes.push(...rights.filter((right) => !allowed.includes(right)).map((right) => `${name} may ${right}`));

  const variables = Object.entries(fieldsOf(env)).map(([key, value]) => [key, String(value)] as const);
  const secrets = variables.filter(([, value]) => value.includes("secrets."));
  if (/secrets\./.test(JSON.stringify({ rest, steps, condition }))) mistakes.push(`${name} uses a secret beside env`);
  if (secrets.length > 0 && environment === undefined) mistakes.push(`${name} has secrets of no environment`);
  if (environment !== undefined && rights.some((right) => right.endsWith("write"))) {
    mistakes.push(`${name} has credentials and may write`);
  }
  const not = environment === undefined ? /^$/ : forbidden[String(environment)];
  if (not === undefined) mistakes.push(`${name} is of the environment ${String(environment)}`);
  for (const [key, value] of variables) {
    if (not?.test(key) === true) mistakes.push(`${name} is given ${key}`);
    if (value.includes("secrets.") && value !== `\${{ secrets.${key} }}`) mistakes.push(`${key} is another secret`);
  }
  const ownOnly = "github.event.pull_request.head.repo.full_name == github.repository";
  const needsOwn = environment !== undefined || rights.some((right) => right.endsWith("write"));
  if (fromOutside && needsOwn && !String(condition).includes(ownOnly)) mistakes.push(`${name} runs for forks`);
  if (fromOutside && environment === "production") mistakes.push(`${name} is production in a pull request`);
  return [...mistakes, ...stepMistakes(name, steps)];
}

/** Everything that is wrong with a composite action. */
export function actionMistakes(text: string): readonly string[] {
  const action = parse(text) as Fields;
  const mistakes = unknownKeys("the action", action, keys.action);
  if (/secrets\.|github\.event/.test(text)) mistakes.push("the action reaches beyond its inputs");
  return [...mistakes, ...stepMistakes("the action", fieldsOf(action.runs).steps)];
}

function stepMistakes(of: string, steps: unknown): readonly string[] {
  return (steps as readonly Fields[]).flatMap((step, at) => {
    const name = `${of}, step ${at + 1}`;
    const mistakes = unknownKeys(name, step, keys.step);
    const { uses, run, with: given } = step;
    if ((uses === undefined) === (run === undefined)) mistakes.push(`${name} neither uses nor runs one thing`);
    if (run !== undefined) mistakes.push(...runMistakes(name, String(run)));
    if (uses !== undefined && uses !== ownAction) {
      const [action = "", version = ""] = String(uses).split("@");
      if (!actions.includes(action)) mistakes.push(`${name} uses ${action}`);
      if (!/^(v\d+|[0-9a-f]{40})$/.test(version)) mistakes.push(`${name} uses no fixed version`);
      const leaves = action === "actions/checkout" && fieldsOf(given)["persist-credentials"] !== false;
      if (leaves) mistakes.push(`${name} leaves a token in the checkout`);
    }
    if (/github\.(event|head_ref)/.test(JSON.stringify(given ?? {}))) mistakes.push(`${name} takes text of others`);
    return mistakes;
  });
}

/** A step runs one script of ci/steps and nothing else, so that no text of others can become a command. */
export function runMistakes(name: string, run: string): readonly string[] {
  const script = /^sh (ci\/steps\/[a-z-]+\.sh)$/.exec(run)?.[1];
  if (script === undefined) return [`${name} runs more than one of the scripts: ${run}`];
  return existsSync(join(root, script)) ? [] : [`${name} runs ${script}, which is not there`];
}

export function unknownKeys(name: string, fields: Fields, known: readonly string[]): string[] {
  return Object.keys(fields).flatMap((key) => (known.includes(key) ? [] : [`${name}: ${key}`]));
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
