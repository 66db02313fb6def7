import { compile } from "../desired/compile.ts";
import { withInlineProviders } from "../desired/inline.ts";
import { TenantryError } from "../errors/failure.ts";
import { compareText, type Issue, sortIssues } from "../errors/issue.ts";
import { checkRules } from "../rules/check.ts";
import { holdsSignIn, suspicionOf } from "../rules/suspects.ts";
import { listTenants, loadTenant, tenantFile, tenantsFolder, textOfTenant } from "../tenant/load.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Files } from "../workspace/files.ts";
import { loadWorkspace } from "../workspace/load.ts";
import type { Context } from "./loaded.ts";

// A call about few tenants of a large folder. Only their files are parsed and checked, and those that could break a rule
// together with them (src/rules/suspects.ts says how that is told from the text). Everything that a full check would say
// about these tenants is said; what is wrong with others is for `validate`, in the same pull request.

/** A call about more tenants than this reads all files: it looks at lists anyway. */
const most = 20;

/**
 * The workspace with those tenants only that `only` names (tenants or connection keys). Undefined when that is not
 * possible, so that all files are to be read: a name without a file, or too many.
 *
 * @throws TenantryError CLI_FILES_INVALID with every issue that concerns these tenants
 */
export function loadPart(
  files: Files,
  root: string,
  environment: string | undefined,
  today: string,
  only: readonly string[],
): Context | undefined {
  const slugs = [...new Set(only.map((name) => name.replace(/\/.*$/s, "")))];
  if (slugs.length === 0 || slugs.length > most) return undefined;
  const listed = listTenants(files);
  const named = new Set(slugs.map(tenantFile));
  if (![...named].every((file) => listed.files.includes(file))) return undefined;
  const loaded = loadWorkspace(files, root, environment);
  if (loaded.workspace === undefined) return undefined;
  const { workspace, environments } = loaded;

  const own = [...named].map((file) => loadTenant(files, file));
  const selected = own.flatMap(({ tenant }) => tenant ?? []);
  const connections = compile(workspace, selected, today);
  const isSuspect = suspicionOf(workspace, selected, connections);
  const suspects: Tenant[] = [];
  const notes: Issue[] = [...listed.issues];
  const holders: (boolean | (() => boolean))[] = [];
  const comesToSignIn = (tenant: Tenant | undefined): boolean =>
    tenant !== undefined && compile(workspace, [tenant], today).some(({ status }) => status !== "draft");
  for (const file of listed.files) {
    if (named.has(file)) continue;
    const text = textOfTenant(files, file);
    if (text === undefined || isSuspect(text)) {
      const { tenant, issues } = loadTenant(files, file);
      if (tenant !== undefined) suspects.push(tenant);
      notes.push(...issues);
      holders.push(comesToSignIn(tenant));
    } else holders.push(holdsSignIn(text) ?? (() => comesToSignIn(loadTenant(files, file).tenant)));
  }

  const tenants = [...selected, ...suspects].sort(byFile);
  const input = { workspace, environments, tenants, connections: compile(workspace, tenants, today) };
  const issues = [
    ...own.flatMap((one) => one.issues),
    ...checkRules(input).filter((issue) => [issue, ...(issue.related ?? [])].some(({ file }) => named.has(file))),
  ];
  if (issues.length > 0) {
    throw new TenantryError("CLI_FILES_INVALID", "the files have issues", { issues: sortIssues(issues) });
  }
  const others = listed.files.filter((file) => !named.has(file));
  return {
    workspace: withInlineProviders(workspace, selected),
    environments,
    tenants: selected,
    connections,
    rest: {
      tenants: new Set(others.map((file) => file.slice(tenantsFolder.length + 1, -".yaml".length))),
      withSignIn: () => holders.filter((holds) => (typeof holds === "function" ? holds() : holds)).length,
      issues: sortIssues(notes),
    },
  };
}

/** As all files are read: the rules name the first of several. */
function byFile(a: Tenant, b: Tenant): number {
  return compareText(a.positionOf([]).file, b.positionOf([]).file);
}
