import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import { root } from "../docs/pages.ts";
import type { Workflow } from "./github.ts";
import { actionMistakes, workflowMistakes } from "./github-rules.ts";
import { pipelineMistakes } from "./gitlab-rules.ts";

const textOf = (path: string): string => readFileSync(join(root, path), "utf8");
const steps = readdirSync(join(root, "ci/steps"));
const workflows = readdirSync(join(root, "ci/github/workflows"));
const workflow = (name: string): string => textOf(`ci/github/workflows/tenantry-${name}.yml`);
const gitlab = textOf("ci/gitlab/tenantry.gitlab-ci.yml");

const isThere = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

/** As GitHub's expressions are written. */
function expression(text: string): string {
  return `\${{ ${text} }}`;
}

/** Replaces text that must be there. */
function changed(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

describe("the workflows of ci/github", () => {
  test.each(workflows)("%s keeps the rules", (name) => {
    expect(workflowMistakes(textOf(`ci/github/workflows/${name}`))).toEqual([]);
  });

  it("share an action that keeps them", () => {
    expect(actionMistakes(textOf("ci/github/actions/tenantry/action.yml"))).toEqual([]);
  });

  test.each([
    ["pull_request_target", "  pull_request:\n", "  pull_request_target:\n", "on: pull_request_target"],
    [
      "forks",
      `    if: ${expression("github.event.pull_request.head.repo.full_name == github.repository")}\n`,
      "",
      "plan runs for forks",
    ],
    ["a wider right", "permissions: {}", "permissions: write-all", "permissions of the workflow are not {}"],
    [
      "an unsaid right",
      "    permissions:\n      contents: read\n    steps",
      "    steps",
      "validate says no permissions",
    ],
    [
      "text of others in a command",
      "run: sh ci/steps/plan.sh",
      `run: echo "${expression("github.event.pull_request.title")}"`,
      "plan, step 3 runs more than one of the scripts",
    ],
    [
      "an action of any version",
      "actions/checkout@v5",
      "actions/checkout@main",
      "validate, step 1 uses no fixed version",
    ],
    [
      "somebody else's action",
      "uses: actions/upload-artifact@v4",
      "uses: somebody/upload@v1",
      "validate, step 4 uses somebody/upload",
    ],
    [
      "a token in the checkout",
      "          persist-credentials: false\n",
      "          fetch-depth: 1\n",
      "validate, step 1 leaves a token in the checkout",
    ],
    [
      "a tenant's secret",
      "      OKTA_PRIVATE_KEY:",
      `      TENANT_ACME__CLIENT_SECRET: ${expression("secrets.TENANT_ACME__CLIENT_SECRET")}\n      OKTA_PRIVATE_KEY:`,
      "plan is given TENANT_ACME__CLIENT_SECRET",
    ],
    ["production", "environment: tenantry-plan", "environment: production", "plan is production in a pull request"],
    ["a secret of no environment", "    environment: tenantry-plan\n", "", "plan has secrets of no environment"],
    [
      "a run that is cut off",
      "cancel-in-progress: false",
      "cancel-in-progress: true",
      "it may be cut off by another run",
    ],
    [
      "credentials beside a right to write",
      "      pull-requests: write\n",
      "      pull-requests: write\n    environment: tenantry-plan\n",
      "comment has credentials and may write",
    ],
    [
      "an unknown key",
      "    timeout-minutes: 10\n",
      "    timeout-minutes: 10\n    continue-on-error: true\n",
      "validate: continue-on-error",
    ],
  ])("are refused with %s", (_what, from, to, mistake) => {
    const found = workflowMistakes(changed(workflow("plan"), from, to));
    expect(
      found.some((each) => each.startsWith(mistake)),
      found.join("\n"),
    ).toBe(true);
  });

  it("give each job what the example's files refer to, and no more", () => {
    const refer = (part: unknown): readonly string[] =>
      [...JSON.stringify(part ?? null).matchAll(/"env:(\w+)"/g)].map(([, name = ""]) => name);
    const { identityProviders, apps, store, engines, secrets } = parse(textOf("tenantry.yaml")) as {
      readonly [section: string]: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    const databases = Object.values(apps ?? {}).flatMap(({ database }) => refer(database));
    const keys = Object.values(apps ?? {}).flatMap(({ sealing, clientKey }) => refer([sealing, clientKey]));
    const reach = Object.values(apps ?? {}).flatMap(({ adminApi, auth, apiKey, carrier }) =>
      refer([adminApi, auth, apiKey, carrier]),
    );
    const credentials = refer([identityProviders, engines]);
    const tenants = readdirSync(join(root, "tenants")).flatMap((file) => refer(parse(textOf(`tenants/${file}`))));
    // Orgs of customers who let us in: read by a plan as our own are.
    const orgs = tenants.filter((name) => name.endsWith("__OKTA_TOKEN"));
    const optional = /^(OKTA|AUTH0)_CLIENT_ID$|^TENANTRY_ACTOR$/;
    const given = (name: string, job: string): readonly string[] =>
      Object.keys((parse(workflow(name)) as Workflow).jobs[job]?.env ?? {})
        .filter((each) => !optional.test(each))
        .sort();
    const sorted = (...names: readonly (readonly string[])[]): readonly string[] =>
      [...new Set(names.flat())].filter((each) => !optional.test(each)).sort();
    for (const [name, job] of [
      ["plan", "plan"],
      ["apply", "plan"],
      ["nightly", "drift"],
    ] as const) {
      expect(given(name, job), `${name}, ${job}`).toEqual(sorted(credentials, databases, reach, orgs));
    }
    // Some apps do not show their copy of a secret: the identity provider's is proven then.
    const proving = [databases, keys, reach, refer(store), refer(secrets), refer(identityProviders)];
    expect(given("nightly", "verify")).toEqual(sorted(...proving));
    expect(given("apply", "apply")).toEqual(sorted(...proving, credentials, tenants));
  });
});

describe("the pipeline of ci/gitlab", () => {
  it("keeps the rules", () => {
    expect(pipelineMistakes(gitlab)).toEqual([]);
  });

  test.each([
    [
      "an apply that nobody starts",
      "      when: manual\n",
      "      when: on_success\n",
      "apply needs nobody's approval",
    ],
    ["an apply beside another", "  resource_group: tenantry-apply\n", "", "apply runs beside another"],
    ["forks", " && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID != $CI_PROJECT_ID", "", "plan runs for forks"],
    [
      "a command of its own",
      "    - sh ci/steps/plan.sh\n",
      "    - echo $CI_MERGE_REQUEST_TITLE\n",
      "plan runs more than one of the scripts",
    ],
    ["a plan that counts as a deployment", "    action: access\n", "", "plan counts as a deployment"],
    ["a run that is cut off", "interruptible: false", "interruptible: true", "it may be cut off by another run"],
  ])("is refused with %s", (_what, from, to, mistake) => {
    const found = pipelineMistakes(changed(gitlab, from, to));
    expect(
      found.some((each) => each.startsWith(mistake)),
      found.join("\n"),
    ).toBe(true);
  });
});

describe("the steps", () => {
  test.each(steps)("%s is a POSIX shell script that stops at the first failure", (name) => {
    const text = textOf(`ci/steps/${name}`);
    execFileSync("sh", ["-n", join(root, "ci/steps", name)]);
    // The one that the others read runs nothing by itself.
    if (name !== "tenantry.sh") expect(text).toMatch(/^#!\/bin\/sh\n(#.*\n)+set -eu\n/);
    expect(text).not.toMatch(/\beval\b|\bset -x\b|\[\[|\bprintenv\b|\benv\b *$/m);
  });

  test.skipIf(!isThere("shellcheck"))("pass shellcheck (needs shellcheck)", () => {
    const paths = steps.map((name) => `ci/steps/${name}`);
    const { stdout } = spawnSync("shellcheck", ["-x", "-s", "sh", ...paths], { cwd: root, encoding: "utf8" });
    expect(stdout).toBe("");
  });
});

describe("a repository with ci/github copied into it", () => {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-actionlint-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.skipIf(!isThere("actionlint"))("passes actionlint (needs actionlint)", () => {
    execFileSync("git", ["init", "--quiet"], { cwd: folder });
    cpSync(join(root, "ci/github"), join(folder, ".github"), { recursive: true });
    const { status, stdout } = spawnSync("actionlint", ["-no-color"], { cwd: folder, encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
