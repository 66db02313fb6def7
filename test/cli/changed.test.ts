import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

let workspace: TestWorkspace;

function git(...args: readonly string[]): string {
  const who = ["-c", "user.name=Test", "-c", "user.email=test@acme.example", "-c", "init.defaultBranch=main"];
  return execFileSync("git", ["-C", workspace.root, ...who, ...args], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: workspace.root, GIT_CONFIG_NOSYSTEM: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

/** With a `PATH`, without which no git is found. */
function tenantry(...args: readonly string[]) {
  return workspace.tenantryWith(
    { PATH: process.env.PATH ?? "", HOME: workspace.root, GIT_CONFIG_NOSYSTEM: "1" },
    ...args,
  );
}

/** Of everything as it is, with a message of its own: two commits of one second could be one. */
function commit(message = "a change"): string {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", message);
  return git("rev-parse", "HEAD");
}

beforeEach(async () => {
  workspace = await openTestWorkspace({ whole: true });
  workspace.write(".gitignore", ".tenantry/\n");
  git("init", "--quiet");
  commit();
}, 60_000);

afterEach(() => workspace.close());

const since = (): string => `since main (${git("rev-parse", "main").slice(0, 7)})`;

describe("--changed", () => {
  it("plans and applies the tenants whose files differ, whether committed or not", async () => {
    git("switch", "--quiet", "--create", "work");
    workspace.edit("tenants/whiterabbit.yaml", /^name: .*/m, "name: Committed");
    commit();
    workspace.edit("tenants/fernhill.yaml", /^name: .*/m, "name: Not committed");
    workspace.addTenant("northwind");
    const { exit, err, json } = await tenantry("plan", "--changed", "main", "--json");
    expect(exit).toBe(0);
    expect(err).toContain(`3 tenants have changed ${since()}: fernhill, northwind, whiterabbit\n`);
    const { plan } = json() as unknown as { plan: { only: string[] } };
    expect(plan.only).toEqual(["fernhill", "northwind", "whiterabbit"]);
    const applied = await tenantry("apply", "--changed", "main", "--yes");
    expect(applied.exit).toBe(0);
    expect(workspace.portal("select key from sso_connection order by key").map(({ key }) => key)).toEqual([
      "fernhill/portal",
      "northwind/portal",
      "whiterabbit/portal",
    ]);
  });

  it("compares with where the branch began, not with what came to main since", async () => {
    git("switch", "--quiet", "--create", "work");
    workspace.edit("tenants/whiterabbit.yaml", /^name: .*/m, "name: Ours");
    commit();
    const began = git("rev-parse", "main");
    git("switch", "--quiet", "main");
    workspace.edit("tenants/fernhill.yaml", /^name: .*/m, "name: Theirs");
    commit();
    git("switch", "--quiet", "work");
    const { err } = await tenantry("plan", "--changed", "main");
    expect(err).toContain(`1 tenant has changed since main (${began.slice(0, 7)}): whiterabbit\n`);
  });

  it("says that nothing has changed, and leaves with 0", async () => {
    workspace.write("README.md", "not a tenant\n");
    workspace.write("tenants/notes.txt", "not a tenant either\n");
    const { exit, out } = await tenantry("plan", "--changed", "HEAD", "--exit-code");
    expect([exit, out]).toEqual([0, `Nothing to plan: no tenant has changed ${since().replace("main", "HEAD")}.\n`]);
    const applied = await tenantry("apply", "--changed", "HEAD", "--json");
    const commit = git("rev-parse", "HEAD");
    expect(applied.json()).toEqual({ version: 1, command: "apply", since: { ref: "HEAD", commit }, plan: null });
  });

  it("takes the default branch of origin without being told", async () => {
    git("update-ref", "refs/remotes/origin/main", "HEAD");
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
    workspace.edit("tenants/whiterabbit.yaml", /^name: .*/m, "name: Changed");
    const { err } = await tenantry("plan", "--changed");
    expect(err).toContain("1 tenant has changed since origin/HEAD (");
  });

  it.each([
    ["tenantry.yaml has changed", () => workspace.edit("tenantry.yaml", "version: 1", "version: 1 # changed")],
    ["tenants/fernhill.yaml is gone", () => rmSync(join(workspace.root, "tenants/fernhill.yaml"))],
    [
      "tenants/whiterabbit.yaml is for sandbox no more",
      () => workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: active\nenvironments: [production]"),
    ],
    [
      "whiterabbit/portal is declared no more",
      () => workspace.edit("tenants/whiterabbit.yaml", "app: portal", "app: orders"),
    ],
    ["tenants/old.yml has changed, which is no tenant's file", () => workspace.write("tenants/old.yml", "x: 1\n")],
  ])("looks at everything when %s", async (because, change) => {
    change();
    const { err } = await tenantry("plan", "--changed", "main");
    expect(err).toContain(`${because} ${since()}: everything is looked at\n`);
  });

  it("tells of what a removed file has left behind, and how to go on", async () => {
    expect((await tenantry("apply", "--yes", "--only", "fernhill")).exit).toBe(0);
    rmSync(join(workspace.root, "tenants/fernhill.yaml"));
    const { exit, err } = await tenantry("plan", "--changed", "main");
    expect(exit).toBe(2);
    expect(err).toContain("PLAN_UNDECLARED  the active record of fernhill/portal in portal exists");
    expect(err).toContain("put tenants/fernhill.yaml back");
  });

  it("leaves out a tenant that is and was for another environment", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: active\nenvironments: [production]");
    commit();
    workspace.edit("tenants/whiterabbit.yaml", /^name: .*/m, "name: Changed");
    expect((await tenantry("plan", "--changed", "HEAD")).out).toContain("no tenant has changed");
  });

  it("tells what is wrong with a changed file", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: acitve");
    const { exit, err } = await tenantry("plan", "--changed", "main");
    expect(exit).toBe(2);
    expect(err).toContain("did you mean `active`?");
  });

  it("works for a workspace in a folder of the repository", async () => {
    // The repository is one folder above: only what is in the workspace counts.
    const { err } = await tenantry("plan", "--changed", "main");
    expect(err).toBe("");
    git("mv", "tenants/whiterabbit.yaml", "whiterabbit.yaml");
    commit();
    git("mv", "whiterabbit.yaml", "tenants/whiterabbit.yaml");
    expect((await tenantry("plan", "--changed", "HEAD")).err).toContain("1 tenant has changed since HEAD");
  });
});

describe("--changed that cannot be told", () => {
  const failure = async (...args: readonly string[]) => {
    const { exit, err } = await tenantry("plan", ...args);
    return [exit, err] as const;
  };

  it("needs a commit where git knows no default branch", async () => {
    expect(await failure("--changed")).toEqual([
      2,
      "CLI_CHANGED_REF_NEEDED  git knows no `origin/HEAD`, so it is not clear since when\n" +
        "  mend: Name it: `--changed origin/main`; or let git find it with `git remote set-head origin --auto`.\n",
    ]);
  });

  it.each(["nope", "--output=x", "main..main", "HEAD:tenantry.yaml"])("knows no commit %s", async (ref) => {
    expect(await failure(`--changed=${ref}`)).toEqual([
      2,
      `CLI_CHANGED_REF_UNKNOWN  git knows no commit \`${ref}\`\n` +
        "  mend: Check the spelling, or fetch it first: `git fetch origin main`.\n",
    ]);
  });

  it("needs a repository", async () => {
    rmSync(join(workspace.root, ".git"), { recursive: true });
    expect(await failure("--changed", "main")).toEqual([
      2,
      "CLI_CHANGED_NO_REPOSITORY  the workspace is not in a checkout of a git repository\n" +
        "  mend: Name the tenants with --only, or run it in the checkout.\n",
    ]);
  });

  it("needs git", async () => {
    const { exit, err } = await workspace.tenantryWith({ PATH: workspace.root }, "plan", "--changed", "main");
    expect([exit, err.split("\n")[0]]).toEqual([5, "CLI_CHANGED_GIT_FAILED  git cannot be started"]);
  });

  it("needs a history in common", async () => {
    git("switch", "--quiet", "--orphan", "alone");
    git("restore", "--source", "main", ".");
    commit("alone");
    expect((await failure("--changed", "main"))[1]).toContain(
      "CLI_CHANGED_UNRELATED  HEAD and `main` have no commit in common\n",
    );
  });

  it("needs more than a shallow clone without the beginning of the branch", async () => {
    git("switch", "--quiet", "--create", "work");
    const tip = commit("tip");
    git("switch", "--quiet", "main");
    const base = commit("base");
    // As after a fetch of both tips without their history.
    workspace.write(".git/shallow", `${[tip, base].sort().join("\n")}\n`);
    git("switch", "--quiet", "work");
    expect((await failure("--changed", "main"))[1]).toBe(
      "CLI_CHANGED_SHALLOW  this clone is shallow and does not reach back to where HEAD and `main` parted\n" +
        "  mend: Fetch its whole history (`git fetch --unshallow`; `fetch-depth: 0` of actions/checkout).\n",
    );
    expect((await failure("--changed", "HEAD~1"))[1]).toContain("mend: this clone is shallow: fetch its whole history");
  });

  it.each([
    ["plan", "--only", "whiterabbit"],
    ["apply", "--only", "whiterabbit"],
    ["apply", "--plan", "saved.json"],
  ])("is refused beside %s %s", async (command, option, value) => {
    const { exit, err } = await tenantry(command, "--changed", "main", option, value);
    expect(exit).toBe(2);
    expect(err).toContain("CLI_USAGE  option '--changed [commit]' cannot be used with option");
  });
});
