import { DatabaseSync } from "node:sqlite";
import { evidenceOf, unbound } from "../crash/evidence.ts";
import { changesOf, type ForeignObjects, foreignObjects, isOurs } from "../crash/foreign.ts";
import { type AppName, type AppRecord, appNames, SecretReader, secretOf } from "../crash/serving.ts";
import { appFile, type Row } from "./app-file.ts";
import type { ModelWorld } from "./world.ts";

// What must hold after every command, whatever it was and however it ended.

/** A record, with the old values that are kept beside it. */
export interface SeenRecord {
  readonly app: AppName;
  readonly row: Row;
  readonly previous: Row | undefined;
}

/** What is compared with what is there later. */
export interface Look {
  readonly records: ReadonlyMap<string, SeenRecord>;
  readonly foreign: ForeignObjects;
  /** Newest entry of the journal. */
  readonly journal: number;
}

export function look(world: ModelWorld): Look {
  return { records: records(world), foreign: foreign(world), journal: journalEnd(world) };
}

function records({ workspace }: ModelWorld): ReadonlyMap<string, SeenRecord> {
  return new Map(
    appNames.flatMap((app) => {
      const file = appFile(workspace, app);
      const previous = new Map(file.all("select * from sso_connection_previous").map((row) => [row.key, row]));
      return file
        .all("select * from sso_connection where managed_by = 'acme/sandbox'")
        .map((row) => [String(row.key), { app, row, previous: previous.get(row.key) }] as const);
    }),
  );
}

/** What is not ours, and every object of a marker that somebody has doubled: nobody can tell which of them is ours. */
export function foreign({ workspace, obstacles }: ModelWorld): ForeignObjects {
  const objects = new Map(foreignObjects(workspace.sandbox));
  for (const { what, of } of obstacles) {
    if (what !== "marker doubled") continue;
    const { okta, auth0 } = workspace.sandbox;
    for (const app of okta.apps) {
      if (app.profile?.tenantryKey === of && isOurs(app.profile)) objects.set(`doubled ${app.id}`, textOf(app));
    }
    for (const client of auth0.clients.values()) {
      const data = client.settings.client_metadata;
      if (data?.tenantryKey === of && isOurs(data)) objects.set(`doubled ${client.clientId}`, textOf(client));
    }
  }
  for (const app of appNames) {
    const file = appFile(workspace, app);
    for (const table of ["org", "sso_connection"]) {
      for (const row of file.all(`select * from ${table} where managed_by is not 'acme/sandbox'`)) {
        objects.set(`row of ${app}.${table} ${String(row.key ?? row.tenant)}`, JSON.stringify(row));
      }
    }
    const domains = `select d.* from org_domain d join org o on o.id = d.org_id where o.managed_by is not 'acme/sandbox'`;
    for (const row of file.all(domains)) objects.set(`domain in ${app} ${String(row.domain)}`, JSON.stringify(row));
  }
  return objects;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_name, part) => (part instanceof Map ? [...part] : part));
}

/** Objects of others that are not as they were. */
export function foreignFaults(world: ModelWorld, before: ForeignObjects): readonly string[] {
  return changesOf(before, foreign(world));
}

/**
 * Lets the databases note each write to a row that is not ours: what is put back in the next moment would not be seen
 * otherwise.
 */
export function noteWrites({ workspace }: Pick<ModelWorld, "workspace">): void {
  for (const app of appNames) {
    const file = appFile(workspace, app);
    file.run("create table written (what text not null)");
    for (const [table, name] of [
      ["sso_connection", "key"],
      ["org", "tenant"],
    ]) {
      for (const action of ["update", "delete"]) {
        file.run(
          `create trigger written_${table}_${action} after ${action} on ${table} when old.managed_by is not 'acme/sandbox' ` +
            `begin insert into written values ('${action} of ${table} ' || old.${name}); end`,
        );
      }
    }
  }
}

/** Forgets the writes that were noted. */
export function forgetWrites({ workspace }: ModelWorld): void {
  for (const app of appNames) appFile(workspace, app).run("delete from written");
}

/** Writes to rows of others since they were forgotten. */
export function writesToOthers({ workspace }: ModelWorld): readonly string[] {
  return appNames.flatMap((app) =>
    appFile(workspace, app)
      .all("select distinct what from written")
      .map(({ what }) => `a row in ${app} that is not ours was written: ${String(what)}`),
  );
}

/** Clients, organizations and groups of which there is more than one, besides those that the model has doubled. */
export function doubles({ workspace, obstacles }: ModelWorld): readonly string[] {
  const { okta, auth0 } = workspace.sandbox;
  const doubled = new Set(obstacles.flatMap(({ what, of }) => (what === "marker doubled" ? [of] : [])));
  const names = [
    ...okta.apps.filter(({ profile }) => isOurs(profile)).map(({ profile }) => `Okta app of ${profile?.tenantryKey}`),
    ...[...auth0.clients.values()]
      .map(({ settings }) => settings.client_metadata)
      .filter((data) => isOurs(data))
      .map((data) => `Auth0 client of ${data?.tenantryKey}`),
    ...[...auth0.organizations.values()]
      .filter(({ metadata }) => isOurs(metadata))
      .map(({ metadata }) => `organization of ${metadata.tenantryTenant}`),
    ...okta.groups.map(({ profile }) => `group ${profile.name}`),
  ];
  return [...Map.groupBy(names, (name) => name)]
    .filter(([name, { length }]) => length > 1 && !doubled.has(name.split(" of ")[1] ?? ""))
    .map(([name, { length }]) => `there are ${length} of: ${name}`);
}

/** Columns on which a sign-in depends. */
const values = (row: Row | undefined): string => {
  const { state: _s, updated_at: _u, activated_at: _a, created_at: _c, kept_at: _k, ...rest } = row ?? {};
  return JSON.stringify(rest);
};

/**
 * Whether what was live and proven is not lost: the record is as it was, or its old values are beside it, or the new
 * ones were proven and their switching on was begun.
 *
 * @param live keys that must go on
 * @param byItself the program ended by itself and could write: then a change that was not proven is taken back
 */
export function lostValues(
  world: ModelWorld,
  before: Look,
  live: Iterable<string>,
  byItself: boolean,
): readonly string[] {
  const now = records(world);
  const begun = activated(world, before.journal);
  return [...live].flatMap((key) => {
    const [old, is] = [before.records.get(key), now.get(key)];
    if (old === undefined || begun.has(key)) return [];
    const proven = [values(old.row), ...(old.previous === undefined ? [] : [values(old.previous)])];
    if (is === undefined) return [`${key}: its record is gone`];
    if (proven.includes(values(is.row))) return [];
    if (byItself) return [`${key}: its record has new values that were not proven, and the run has ended`];
    return is.previous !== undefined && values(is.previous) === values(old.previous ?? old.row)
      ? []
      : [`${key}: its record has new values that were not proven, and the old ones are not kept`];
  });
}

/** Keys of which the last step, or one after it, was begun since. */
function activated(world: ModelWorld, since: number): ReadonlySet<string> {
  const sql = "select key from tenantry_journal where seq > ? and step in ('activate', 'switch-off')";
  return new Set(
    hasJournal(world)
      ? appFile(world.workspace, "store")
          .all(sql, since)
          .map(({ key }) => String(key))
      : [],
  );
}

function journalEnd(world: ModelWorld): number {
  const sql = "select coalesce(max(seq), 0) as last from tenantry_journal";
  return hasJournal(world) ? Number(appFile(world.workspace, "store").get(sql)?.last) : 0;
}

/** A run that ended early may have left a store without tables. */
function hasJournal(world: ModelWorld): boolean {
  const sql = "select name from sqlite_master where name = 'tenantry_journal'";
  return world.hasStore && appFile(world.workspace, "store").get(sql) !== undefined;
}

/** Remembers which active records have been proven, so that a store that was lost later is no reason to doubt them. */
export class Proofs {
  readonly #known = new Set<string>();

  /** What is active now was made so by hand, or is known to be proven. */
  accept(world: ModelWorld): void {
    for (const { record } of activeRecords(world)) this.#known.add(identity(record));
  }

  /** Active records of which no evidence says that they were proven. */
  missing(world: ModelWorld): readonly string[] {
    const secrets = new SecretReader(world.workspace.sandbox);
    return activeRecords(world).flatMap(({ app, record }) => {
      if (this.#known.has(identity(record))) return [];
      if (hasEvidence(world, secrets, app, record)) {
        this.#known.add(identity(record));
        return [];
      }
      return [`${record.key}: is active, and no evidence that passed is about it`];
    });
  }
}

function identity({ key, spec_digest, client_id, client_secret, issuer }: AppRecord): string {
  return JSON.stringify([key, spec_digest, client_id, client_secret, issuer]);
}

function activeRecords({ workspace }: ModelWorld): readonly { readonly app: AppName; readonly record: AppRecord }[] {
  return appNames.flatMap((app) =>
    appFile(workspace, app)
      .all("select * from sso_connection_active where managed_by = 'acme/sandbox'")
      .map((record) => ({ app, record: record as unknown as AppRecord })),
  );
}

function hasEvidence(world: ModelWorld, secrets: SecretReader, app: AppName, record: AppRecord): boolean {
  if (!hasJournal(world)) return false;
  const secret = record.client_auth.startsWith("client_secret") ? secretOf(secrets, app, record) : undefined;
  const store = new DatabaseSync(world.store, { timeout: 2000 });
  try {
    return evidenceOf(store, record.key).some((each) => unbound(store, each, record, secret).length === 0);
  } finally {
    store.close();
  }
}

/** Everything at the providers and in the apps, as text: what a command that only looks must leave as it is. */
export function everything({ workspace }: ModelWorld): string {
  const { okta, auth0 } = workspace.sandbox;
  const rows = appNames.flatMap((app) =>
    ["org", "org_domain", "org_domain_claim", "sso_connection", "sso_connection_previous"].map((table) =>
      appFile(workspace, app).all(`select * from ${table} order by 1`),
    ),
  );
  return JSON.stringify([okta.apps, okta.groups, [...auth0.clients], [...auth0.organizations], rows], (_name, part) =>
    part instanceof Map || part instanceof Set ? [...part] : part,
  );
}
