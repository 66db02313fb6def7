import { connectionKey } from "../desired/key.ts";
import { runGit } from "../engine/git.ts";
import { TenantryError } from "../errors/failure.ts";
import { visibleText } from "../errors/visible.ts";
import { isHere } from "../rules/rule.ts";
import { loadTenant, tenantFile, tenantsFolder } from "../tenant/load.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Files } from "../workspace/files.ts";
import { loadWorkspace, workspaceFile } from "../workspace/load.ts";
import type { Surroundings } from "./terminal.ts";

// Which tenants a branch has changed: those whose files differ, in the checkout as it is now, from the commit where the
// branch left its base. What cannot be told from the tenants' own files one by one selects everything: a change of
// tenantry.yaml, and whatever takes something away (a file, a connection, an environment), because only a look at the
// whole finds what is left behind.

/** What has changed since a commit. */
export interface Changed {
  /** As it was named, and the commit that was compared with. */
  readonly since: { readonly ref: string; readonly commit: string };
  /** Slugs, sorted; undefined: everything is to be looked at. */
  readonly tenants?: readonly string[] | undefined;
  /** Why everything is, in words. */
  readonly because?: string | undefined;
}

/**
 * The tenants whose files differ from where HEAD and `ref` parted, files that git does not know yet included. Writes
 * nothing.
 *
 * @param ref a commit in git's words; undefined: the default branch of `origin`
 * @throws TenantryError CLI_CHANGED_…
 */
export async function changedSince(
  files: Files,
  root: string,
  environment: string | undefined,
  ref: string | undefined,
  surroundings: Surroundings,
): Promise<Changed> {
  const git = askGit(root, surroundings);
  await expectRepository(git);
  const since = await forkPoint(git, ref);
  const paths = await changedPaths(git, since.commit);
  const everything = (because: string): Changed => ({ since, because });
  if (paths.includes(workspaceFile)) return everything(`${workspaceFile} has changed`);
  const slugs: string[] = [];
  for (const path of paths.filter(isRead)) {
    const slug = /^tenants\/([a-z0-9-]+)\.yaml$/.exec(path)?.[1];
    if (slug === undefined) return everything(`${visibleText(path)} has changed, which is no tenant's file`);
    slugs.push(slug);
  }
  const loaded = loadWorkspace(files, root, environment);
  if (loaded.workspace === undefined) return everything(`${workspaceFile} has issues`);
  const before = await filesAt(git, since.commit, slugs.map(tenantFile));
  const changed: string[] = [];
  for (const slug of slugs) {
    const file = tenantFile(slug);
    if ("reason" in files.read(file, 0)) return everything(`${file} is gone`);
    const now = loadTenant(files, file);
    const old = "reason" in before.read(file, 0) ? undefined : loadTenant(before, file);
    if (old !== undefined && old.tenant === undefined) return everything(`the old ${file} is not readable`);
    const here = (tenant: Tenant | undefined): boolean => tenant !== undefined && isHere(tenant, loaded.workspace);
    if (now.tenant !== undefined && here(old?.tenant)) {
      if (!here(now.tenant)) return everything(`${file} is for ${loaded.workspace.environment} no more`);
      const declared = keysOf(now.tenant);
      const lost = [...keysOf(old?.tenant)].find((key) => !declared.has(key));
      if (lost !== undefined) return everything(`${lost} is declared no more`);
    }
    if (now.tenant === undefined || here(now.tenant)) changed.push(slug);
  }
  return { since, tenants: changed };
}

/** As `loadTenants` sees it: files that it leaves alone change nothing. */
function isRead(path: string): boolean {
  const name = path.slice(tenantsFolder.length + 1);
  return !name.startsWith(".") && (name.includes("/") || /\.ya?ml$/i.test(name));
}

function keysOf(tenant: Tenant | undefined): ReadonlySet<string> {
  return new Set(
    tenant?.connections.map(({ app, signIn }) => connectionKey({ tenant: tenant.tenant, app, signIn })) ?? [],
  );
}

type Git = (args: readonly string[], input?: string) => ReturnType<typeof succeeded>;

function askGit(root: string, { environment }: Surroundings): Git {
  return (args, input) => succeeded(root, args, environment, input);
}

/** The answer of git, whatever its exit code. */
async function succeeded(
  root: string,
  args: readonly string[],
  environment: Surroundings["environment"],
  input: string | undefined,
): Promise<{ readonly ok: boolean; readonly out: Buffer; readonly text: string; readonly err: string }> {
  const answer = await runGit(root, args, environment, input);
  if (answer === undefined) throw new TenantryError("CLI_CHANGED_GIT_FAILED", "git cannot be started");
  const { exit, out, err } = answer;
  return { ok: exit === 0, out, text: out.toString("utf8").trim(), err };
}

function failed(err: string): TenantryError {
  const [line = ""] = err.trim().split("\n");
  return new TenantryError("CLI_CHANGED_GIT_FAILED", `git says: ${visibleText(line) || "nothing"}`);
}

async function expectRepository(git: Git): Promise<void> {
  const inside = await git(["rev-parse", "--is-inside-work-tree"]);
  if (inside.ok && inside.text === "true") return;
  if (inside.ok || inside.err.includes("not a git repository")) {
    throw new TenantryError("CLI_CHANGED_NO_REPOSITORY", "the workspace is not in a checkout of a git repository");
  }
  throw failed(inside.err);
}

/** Where HEAD and the ref parted. */
async function forkPoint(git: Git, given: string | undefined): Promise<Changed["since"]> {
  const commitOf = async (ref: string): Promise<string | undefined> => {
    const found = await git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
    return found.ok ? found.text : undefined;
  };
  const ref = given ?? defaultRef;
  const [base, head] = [await commitOf(ref), await commitOf("HEAD")];
  const shallow = (await git(["rev-parse", "--is-shallow-repository"])).text === "true";
  const name = `\`${visibleText(ref)}\``;
  if (base === undefined && given === undefined) {
    throw new TenantryError("CLI_CHANGED_REF_NEEDED", `git knows no ${name}, so it is not clear since when`);
  }
  if (base === undefined) {
    throw new TenantryError("CLI_CHANGED_REF_UNKNOWN", `git knows no commit ${name}`, {
      ...(shallow ? { hint: `this clone is shallow: ${fetchAll}` } : {}),
    });
  }
  if (head === undefined) throw new TenantryError("CLI_CHANGED_REF_UNKNOWN", "there is no commit here yet");
  const fork = await git(["merge-base", base, head]);
  if (fork.ok) return { ref, commit: fork.text };
  if (fork.err !== "") throw failed(fork.err);
  if (shallow) {
    const message = `this clone is shallow and does not reach back to where HEAD and ${name} parted`;
    throw new TenantryError("CLI_CHANGED_SHALLOW", message);
  }
  throw new TenantryError("CLI_CHANGED_UNRELATED", `HEAD and ${name} have no commit in common`);
}

const defaultRef = "origin/HEAD";
const fetchAll = "fetch its whole history (`git fetch --unshallow`; `fetch-depth: 0` of actions/checkout)";

/** Sorted, relative to the workspace. */
async function changedPaths(git: Git, commit: string): Promise<readonly string[]> {
  const where = ["--", workspaceFile, tenantsFolder];
  const diff = ["diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative", commit, ...where];
  const answers = [await git(diff), await git(["ls-files", "--others", "-z", ...where])];
  const paths = answers.flatMap((answer) => {
    if (!answer.ok) throw failed(answer.err);
    return answer.out.toString("utf8").split("\0");
  });
  return [...new Set(paths)].filter((path) => path !== "").sort();
}

/** Files as they were at a commit. */
async function filesAt(git: Git, commit: string, paths: readonly string[]): Promise<Files> {
  const found = new Map<string, Uint8Array>();
  if (paths.length > 0) {
    const asked = paths.map((path) => `${commit}:./${path}\n`).join("");
    const answer = await git(["cat-file", "--batch"], asked);
    if (!answer.ok) throw failed(answer.err);
    let at = 0;
    for (const path of paths) {
      const end = answer.out.indexOf("\n", at);
      const head = answer.out.toString("utf8", at, end);
      at = end + 1;
      const size = / blob (\d+)$/.exec(head)?.[1];
      if (size === undefined) continue;
      found.set(path, answer.out.subarray(at, at + Number(size)));
      at += Number(size) + 1;
    }
  }
  return {
    read(path, limit) {
      const bytes = found.get(path);
      return bytes === undefined ? { reason: "ENOENT" } : { bytes: bytes.subarray(0, limit), size: bytes.length };
    },
    list: () => ({ reason: "ENOENT" }),
  };
}
