import { randomUUID } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RequestMoment, Sandbox } from "../../sandbox/sandbox.ts";
import { type CommandResult, openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { changesOf, type ForeignObjects, foreignObjects } from "./foreign.ts";
import type { Scenario } from "./scenarios.ts";
import { layOut } from "./scenarios.ts";
import { type AppName, appNames } from "./serving.ts";
import { forgetServer, openSync } from "./sql.ts";
import { Watcher } from "./watcher.ts";

/** One run's folder, sandbox and watcher. */
export interface CrashWorld {
  readonly workspace: TestWorkspace;
  readonly sandbox: Sandbox;
  readonly watcher: Watcher;
  /** Files of SQLite, or addresses of PostgreSQL schemas. */
  readonly databases: Readonly<Record<AppName, string>>;
  readonly store: string;
  /** Variables that the command line needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs the command line in this process. */
  tenantry(...args: readonly string[]): Promise<CommandResult>;
  /** The locks of whoever is dead lapse, as they do after a minute. In a file they may be taken over at once. */
  letLocksLapse(): void;
  /** The watcher begins: who came in before the change and is to stay must go on. Has happened where nobody spoils. */
  watch(): void;
  /** Ends the spoiling. */
  mend(): void;
  /** Told of every request from now on; undefined ends it. */
  listen(listener: ((moment: RequestMoment) => void) | undefined): void;
  /** What is not ours has changed like this since the change under test was made. */
  foreignChanges(): readonly string[];
  /** Everything that a command said in this world. */
  readonly said: string[];
  close(): Promise<void>;
}

const leftOut = ["alder-voss", "bluefin-studios", "cobalt-clinics", "ostrava-steel"];

/**
 * Makes the scenario's world up to the change under test, which is made in the folder and not applied.
 *
 * @param server address of a PostgreSQL server, for the scenarios that need one
 */
export async function openCrashWorld(scenario: Scenario, server?: string): Promise<CrashWorld> {
  let listener: ((moment: RequestMoment) => void) | undefined;
  const onMoment = (moment: RequestMoment): void => listener?.(moment);
  const workspace = await openTestWorkspace({ whole: true, migrate: false, onMoment });
  const places = scenario.onServer === true ? onServer(workspace, server) : inFiles(workspace.root);
  try {
    const { sandbox, root } = workspace;
    for (const tenant of leftOut) rmSync(join(root, `tenants/${tenant}.yaml`));
    layOut(workspace);
    const { databases, store, environment } = places;
    const said: string[] = [];
    const tenantry = (...args: readonly string[]) => workspace.tenantryWith(environment, ...args);
    const migrated = await tenantry("migrate", "--yes");
    if (migrated.exit !== 0) throw new Error(`the databases cannot be migrated: ${migrated.err}`);
    plantForeign(sandbox, databases.portal);
    for (const prepare of scenario.before) {
      prepare(workspace);
      const { exit, text } = await applyAcknowledged({ tenantry, said });
      if (exit !== 0) throw new Error(`${scenario.name} cannot be prepared: ${text}`);
    }
    scenario.change(workspace);
    const before = snapshot(sandbox, databases);
    const watcher = new Watcher({ sandbox, databases, store });
    const staying = stayingOf(scenario, watcher.serving());
    const watch = (): void => watcher.keep(staying, scenario.lenient);
    const { spoil } = scenario;
    if (spoil === undefined) watch();
    else workspace.changePortal(spoil.begin);
    return {
      workspace,
      sandbox,
      watcher,
      databases,
      store,
      environment,
      said,
      tenantry,
      letLocksLapse() {
        if (scenario.onServer !== true) return;
        const database = openSync(store);
        const [there] = database.prepare("select to_regclass('tenantry_lock') is not null as made").all();
        if (there?.made !== true) return;
        database.prepare("update tenantry_lock set heartbeat_at = ?").run("2000-01-01T00:00:00.000Z");
      },
      watch,
      mend: () => {
        if (spoil !== undefined) workspace.changePortal(spoil.end);
      },
      listen(next) {
        listener = next;
      },
      foreignChanges: () => changesOf(before, snapshot(sandbox, databases)),
      async close() {
        listener = undefined;
        watcher.close();
        places.remove();
        await workspace.close();
      },
    };
  } catch (error) {
    places.remove();
    await workspace.close();
    throw error;
  }
}

/** Where a world's databases are. */
interface Places {
  readonly databases: Readonly<Record<AppName, string>>;
  readonly store: string;
  readonly environment: Readonly<Record<string, string>>;
  remove(): void;
}

function inFiles(root: string): Places {
  const file = (name: string): string => join(root, ".tenantry/sandbox", `${name}.db`);
  return {
    databases: { portal: file("portal"), orders: file("orders") },
    store: file("store"),
    environment: {},
    remove: () => undefined,
  };
}

/** Three new schemas of the server, named in the workspace's file by variables. */
function onServer(workspace: TestWorkspace, server: string | undefined): Places {
  if (server === undefined) throw new Error("the scenario needs a PostgreSQL server");
  const environment: Record<string, string> = {};
  const made: string[] = [];
  const admin = openSync(server);
  const schema = (name: string): string => {
    const id = `crash_${randomUUID().replaceAll("-", "")}`;
    admin.prepare(`create schema ${id}`).run();
    made.push(id);
    const variable = `CRASH_${name.toUpperCase()}`;
    // A machine that is busy with other runs answers late.
    const url = `${server}?connect_timeout=60&options=${encodeURIComponent(`-c search_path=${id}`)}`;
    environment[variable] = url;
    workspace.edit("tenantry.yaml", `sqlite:.tenantry/sandbox/${name}.db`, `env:${variable}`);
    return url;
  };
  const databases = { portal: schema("portal"), orders: schema("orders") };
  const store = schema("store");
  workspace.sandbox.apps.portal.database = databases.portal;
  workspace.sandbox.apps.orders.database = databases.orders;
  return {
    databases,
    store,
    environment,
    remove() {
      for (const place of [...Object.values(databases), store]) forgetServer(place);
      for (const id of made) admin.prepare(`drop schema if exists ${id} cascade`).run();
    },
  };
}

function stayingOf({ becomes = {} }: Scenario, serving: ReadonlySet<string>): readonly string[] {
  return [...serving].filter((key) => (becomes[key] ?? "active") === "active");
}

/** An apply in this process, with whatever its guards ask for acknowledged. */
export async function applyAcknowledged(
  { tenantry, said }: Pick<CrashWorld, "tenantry" | "said">,
  args: readonly string[] = [],
): Promise<{ readonly exit: number; readonly text: string; readonly acks: readonly string[] }> {
  let acks: readonly string[] = [];
  for (let round = 0; ; round += 1) {
    const { exit, out, err } = await tenantry("apply", "--yes", ...args, ...acks);
    said.push(out, err);
    const asked = exit === 4 ? acknowledgements(err) : [];
    if (asked.length === 0 || round === 3) return { exit, text: out + err, acks };
    acks = [...acks, ...asked];
  }
}

/** The `--ack …` that a stopped apply asks for. */
function acknowledgements(err: string): readonly string[] {
  return [...err.matchAll(/--ack (\S+)/g)].flatMap(([, what = ""]) => ["--ack", what]);
}

/** Puts objects of others where ours are looked for: with our label, with another environment's marker, in our tables. */
function plantForeign(sandbox: Sandbox, portal: string): void {
  const { okta, auth0 } = sandbox;
  const payroll = okta.app("Payroll");
  const billing = auth0.client("Billing");
  if (payroll === undefined || billing === undefined) throw new Error("the sandbox has no foreign objects");
  const { id: _id, clientId: _clientId, secrets: _secrets, ...app } = payroll;
  const staging = {
    tenantryWorkspace: "acme",
    tenantryEnvironment: "staging",
    tenantryKey: "whiterabbit/portal",
  };
  const like = { ...app, oauth: structuredClone(app.oauth), clientId: "" };
  okta.addApp({ ...like, label: "whiterabbit/portal", profile: undefined });
  okta.addApp({ ...like, label: "whiterabbit/portal (staging)", profile: staging });
  auth0.addClient({
    settings: {
      ...structuredClone(billing.settings),
      name: "fernhill/portal",
      client_metadata: { ...staging, tenantryKey: "fernhill/portal" },
    },
  });
  const database = openSync(portal);
  const now = "2026-01-01T00:00:00.000Z";
  database
    .prepare("insert into org values ('theirs00000000000000', 'theirs', 'Somebody else', 'active', null, ?, ?)")
    .run(now, now);
  database
    .prepare(
      "insert into org_domain(domain, org_id, verified_at) values ('theirs.example', 'theirs00000000000000', null)",
    )
    .run();
  database.close();
}

function snapshot(sandbox: Sandbox, databases: Readonly<Record<AppName, string>>): ForeignObjects {
  const objects = new Map(foreignObjects(sandbox));
  for (const app of appNames) {
    const database = openSync(databases[app]);
    for (const table of ["org", "sso_connection"]) {
      const rows = database.prepare(`select * from ${table} where managed_by is null order by 1`).all();
      objects.set(`rows of ${app}.${table}`, JSON.stringify(rows));
    }
    const domains = database
      .prepare("select * from org_domain where domain like '%theirs.example' order by domain")
      .all();
    objects.set(`rows of ${app}.org_domain`, JSON.stringify(domains));
    database.close();
  }
  return objects;
}

/** A name in the folder that nothing has yet. */
export function freshFile(world: CrashWorld, name: string): string {
  const path = join(world.workspace.root, `${name}-${randomUUID()}`);
  if (existsSync(path)) throw new Error(`${path} is there already`);
  return path;
}
