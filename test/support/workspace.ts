import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/sandbox.ts";
import { runCommand } from "../../src/cli/main.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { domainChallenge } from "../../src/desired/domain-challenge.ts";
import { plain } from "../../src/plan/paint.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** The example's companies that come in to the portal and the orders app, whose records are rows of a database. */
export const sqlCompanies = [
  "alder-voss",
  "bluefin-studios",
  "cobalt-clinics",
  "fernhill",
  "northwind-rail",
  "ostrava-steel",
  "tannberg",
  "whiterabbit",
] as const;

/** All companies of the example. */
export function tenantsOfExample(): readonly string[] {
  return readdirSync(join(repository, "tenants")).map((file) => file.replace(".yaml", ""));
}

/** What one call of the command line gave. */
export interface CommandResult {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** stdout as JSON; throws when it is not one document. */
  json(): Record<string, never>;
}

/** The example workspace in a folder of its own, with a sandbox of its own. */
export interface TestWorkspace {
  readonly root: string;
  readonly sandbox: Sandbox;
  /** Runs the command line in this process, with `--workspace` and `--env sandbox` added. */
  tenantry(...args: readonly string[]): Promise<CommandResult>;
  /** As `tenantry`, with other environment variables. */
  tenantryWith(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CommandResult>;
  /** As `tenantry`, at a terminal where somebody does something and then answers yes. */
  tenantryAsked(meanwhile: () => void | Promise<void>, ...args: readonly string[]): Promise<CommandResult>;
  /** Writes another tenant's file, made from the example's. */
  addTenant(slug: string, change?: (text: string) => string): void;
  read(path: string): string;
  write(path: string, text: string): void;
  /** Replaces text in a file; throws when it is not there, so that a test cannot change nothing unnoticed. */
  edit(path: string, from: string | RegExp, to: string): void;
  /** Rows of a query on the portal's database, read as the app reads it. */
  portal(sql: string): readonly Record<string, unknown>[];
  /** A statement on the portal's database, as somebody else would run it. */
  changePortal(sql: string): void;
  /** What is left of the sandbox and the folder is removed. */
  close(): Promise<void>;
}

/**
 * @param options.migrate false leaves the apps without tables
 * @param options.sleep waits between two tries and for rate limits; a hundredth of the real ones when absent
 * @param options.whole true: the example with the companies whose apps keep their records in SQL. `all`: the example as
 *   it is. Otherwise one Okta org, the portal, and Whiterabbit.
 */
export async function openTestWorkspace(
  options: Omit<SandboxOptions, "dir" | "port"> & {
    readonly migrate?: boolean;
    readonly whole?: boolean | "all";
    readonly sleep?: (milliseconds: number) => Promise<void>;
  } = {},
): Promise<TestWorkspace> {
  const { migrate = true, whole = false, sleep = hundredthOf, ...sandboxOptions } = options;
  const root = mkdtempSync(join(tmpdir(), "tenantry-test-"));
  const sandbox = await startSandbox({ ...sandboxOptions, dir: join(root, ".tenantry", "sandbox"), port: 0 });
  for (const tenant of whole === "all" ? tenantsOfExample() : whole ? sqlCompanies : ["whiterabbit"]) {
    cpSync(join(repository, `tenants/${tenant}.yaml`), join(root, `tenants/${tenant}.yaml`), { recursive: true });
  }
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
  const example = readFileSync(join(repository, whole ? "tenantry.yaml" : "test/support/tenantry.yaml"), "utf8");
  const settings = whole === true ? sqlAppsOnly(example) : example;
  write("tenantry.yaml", settings.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${sandbox.port}`));
  const call = async (
    environment: Readonly<Record<string, string>>,
    ask: Terminal["ask"],
    args: readonly string[],
  ): Promise<CommandResult> => {
    const out: string[] = [];
    const err: string[] = [];
    const exit = await runCommand(
      [...args, "--workspace", root, "--env", "sandbox"],
      { out: (text) => out.push(text), err: (text) => err.push(text), paint: plain, ask },
      { environment, cwd: root, pid: process.pid, sleep },
    );
    return { exit, out: out.join(""), err: err.join(""), json: () => JSON.parse(out.join("")) };
  };
  const database = <T>(readOnly: boolean, work: (open: DatabaseSync) => T): T => {
    const open = new DatabaseSync(join(root, ".tenantry/sandbox/portal.db"), { readOnly });
    try {
      return work(open);
    } finally {
      open.close();
    }
  };
  const workspace: TestWorkspace = {
    root,
    sandbox,
    tenantry: (...args) => call({}, undefined, args),
    tenantryWith: (environment, ...args) => call(environment, undefined, args),
    tenantryAsked: (meanwhile, ...args) =>
      call(
        {},
        async () => {
          await meanwhile();
          return true;
        },
        args,
      ),
    addTenant(slug, change = (text) => text) {
      const id = [...slug.replaceAll(/[^a-z2-9]/g, "")]
        .concat([..."k".repeat(20)])
        .slice(0, 20)
        .join("");
      const text = read("tenants/whiterabbit.yaml")
        .replace("tenant: whiterabbit", `tenant: ${slug}`)
        .replace(/^id: .*/m, `id: ${id}`)
        .replace("domains: [whiterabbit.example]", `domains: [${slug}.example]`)
        .replace("name: Whiterabbit Foods", `name: Customer ${slug}`);
      const changed = change(text);
      write(`tenants/${slug}.yaml`, changed);
      proveDomains(sandbox, changed);
    },
    read,
    write,
    edit(path, from, to) {
      const before = read(path);
      const after = before.replace(from, to);
      if (after === before) throw new Error(`${path} does not hold ${String(from)}`);
      write(path, after);
    },
    portal: (sql) => database(true, (open) => open.prepare(sql).all() as Record<string, unknown>[]),
    changePortal: (sql) => database(false, (open) => open.exec(sql)),
    async close() {
      await sandbox.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  if (migrate) await workspace.tenantry("migrate", "--yes");
  return workspace;
}

/** Sets the DNS records that prove the domains of a tenant's file, for the example's workspace. */
function proveDomains(sandbox: Sandbox, file: string): void {
  const id = /^id: (\S+)/m.exec(file)?.[1] ?? "";
  for (const domain of /^domains: \[(.*)\]/m.exec(file)?.[1]?.split(/, */) ?? []) {
    const { name, value } = domainChallenge({ workspace: "acme", id, domain });
    sandbox.dns.set(name, { kind: "texts", texts: [value] });
  }
}

/** Waits between two tries happen, but a hundred times faster. */
function hundredthOf(milliseconds: number): Promise<void> {
  return delay(milliseconds / 100);
}

/** The example's settings without the apps that its SQL companies do not use: a plan of everything reads every app. */
function sqlAppsOnly(text: string): string {
  const left = text
    .replace(/\n {2}# A gateway in front[\s\S]*?(?=\nstore: )/, "")
    .replace(/\n {6}intranet: .*\n {6}# A played gateway.*\n {6}gateway: .*/, "");
  if (/kong|vault\.acme/.test(left)) throw new Error("the example's apps have moved");
  return left;
}

/** The apps at the sandbox's org that carry the marker of a tenant. */
export function ourApps(sandbox: Sandbox, tenant = "whiterabbit"): Sandbox["okta"]["apps"] {
  return sandbox.okta.apps.filter((app) => JSON.stringify(app.profile ?? {}).includes(`"${tenant}/`));
}
