import { existsSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { auth0Host, oktaHost, type Sandbox } from "../../sandbox/sandbox.ts";
import { isAlive } from "../../src/cli/run.ts";
import { evidenceOf, unbound } from "./evidence.ts";
import { isOurs } from "./foreign.ts";

import type { Expected } from "./scenarios.ts";
import { AppDatabase, type AppName, type AppRecord, SecretReader, secretOf, whyNotServed } from "./serving.ts";
import { isServer, openSync, type SyncDatabase } from "./sql.ts";

/** What is looked at when everything is over. */
export interface Checked {
  readonly sandbox: Sandbox;
  /** The apps' databases: files of SQLite, or addresses of PostgreSQL schemas. */
  readonly databases: Readonly<Partial<Record<AppName, string>>>;
  /** The store, as they are. */
  readonly store: string;
  /** Every connection of the folder, with what is to have become of it. */
  readonly expected: Readonly<Record<string, Expected>>;
}

/**
 * Everything that is not as it must be, a sentence each: one client per connection, the record, its secret (it opens, and
 * the provider takes it), the evidence, what is off and what is removed, nothing left halfway, no lock.
 */
export async function faultsOf(checked: Checked): Promise<readonly string[]> {
  const { sandbox, databases, expected } = checked;
  const found: string[] = [];
  const secrets = new SecretReader(sandbox);
  const store = openSync(checked.store);
  const apps = Object.entries(databases).map(([name, path]) => ({
    name: name as AppName,
    database: new AppDatabase(path),
  }));
  try {
    found.push(...doubledClients(sandbox, expected));
    for (const [key, wanted] of Object.entries(expected)) {
      const app = apps.find(({ name }) => name === key.split("/")[1]);
      if (app === undefined) throw new Error(`there is no database for ${key}`);
      const record = app.database.all().find((row) => row.key === key);
      const active = app.database.active().some((row) => row.key === key);
      if (active !== (wanted === "active")) found.push(`${key}: ${active ? "is" : "is not"} active, wanted ${wanted}`);
      if (wanted !== "active") {
        found.push(...offFaults(sandbox, key, wanted, record));
        continue;
      }
      if (record === undefined) {
        found.push(`${key}: there is no record`);
        continue;
      }
      const why = whyNotServed(sandbox, secrets, app.name, record);
      if (why !== undefined) found.push(`${key}: ${why}`);
      found.push(...recordFaults(sandbox, record));
      found.push(...(await secretFaults(sandbox, secrets, app.name, record)));
      found.push(...evidenceFaults(store, record, secretOf(secrets, app.name, record)));
    }
    for (const { name, database } of apps) {
      for (const row of database.rows("select key from sso_connection_previous")) {
        found.push(`${String(row.key)}: old values are still kept in ${name}`);
      }
    }
    found.push(...heldLocks(store));
  } finally {
    store.close();
    for (const { database } of apps) database.close();
  }
  return found;
}

/** Locks that stand in somebody's way. One of a dead process is taken over by whoever comes. */
function heldLocks(store: SyncDatabase): readonly string[] {
  const rows = store.prepare("select address, holder_pid from tenantry_lock").all();
  return rows
    .filter(({ holder_pid }) => isAlive(Number(holder_pid)))
    .map(({ address }) => `a lock is left on ${String(address)}`);
}

/** Which of our clients there is one too many, one too few, or one of nobody. */
function doubledClients(sandbox: Sandbox, expected: Readonly<Record<string, Expected>>): readonly string[] {
  const ids = new Map<string, string[]>();
  const count = (metadata: unknown, id: string): void => {
    if (!isOurs(metadata)) return;
    const key = String((metadata as { readonly tenantryKey?: unknown }).tenantryKey);
    ids.set(key, [...(ids.get(key) ?? []), id]);
  };
  for (const app of sandbox.okta.apps) count(app.profile, `Okta ${app.id}`);
  for (const client of sandbox.auth0.clients.values())
    count(client.settings.client_metadata, `Auth0 ${client.clientId}`);
  const found = [...ids.keys()].filter((key) => !(key in expected)).map((key) => `${key}: nobody wants its client`);
  for (const [key, wanted] of Object.entries(expected)) {
    const there = ids.get(key) ?? [];
    if (there.length > 1) found.push(`${key}: it has ${there.length} clients (${there.join(", ")})`);
    if (wanted === "removed" && there.length > 0) found.push(`${key}: its client is still there`);
  }
  const organizations = [...sandbox.auth0.organizations.values()].filter(({ metadata }) => isOurs(metadata));
  for (const [tenant, same] of Map.groupBy(organizations, ({ metadata }) => String(metadata.tenantryTenant))) {
    if (same.length > 1) found.push(`${tenant}: it has ${same.length} organizations`);
    const wanted = Object.entries(expected).some(([key, to]) => key.startsWith(`${tenant}/`) && to !== "removed");
    if (!wanted) found.push(`${tenant}: its organization is still there`);
  }
  return found;
}

function offFaults(
  sandbox: Sandbox,
  key: string,
  wanted: "off" | "removed",
  record: AppRecord | undefined,
): readonly string[] {
  const found: string[] = [];
  const state = record?.state ?? "none";
  if (wanted === "off" && !["disabled", "none"].includes(state)) found.push(`${key}: its record is ${state}`);
  if (wanted === "removed" && !["tombstone", "none"].includes(state)) found.push(`${key}: its record is ${state}`);
  if (wanted === "removed" && record?.client_secret != null) found.push(`${key}: its tombstone holds a secret`);
  const app = sandbox.okta.apps.find(({ profile }) => isOurs(profile) && profile?.tenantryKey === key);
  if (app !== undefined && app.status === "ACTIVE") found.push(`${key}: its client at Okta is active`);
  const client = [...sandbox.auth0.clients.values()].find(
    ({ settings }) => isOurs(settings.client_metadata) && settings.client_metadata?.tenantryKey === key,
  );
  if (client !== undefined && client.settings.grant_types.length > 0) {
    found.push(`${key}: its client at Auth0 still has grants`);
  }
  return found;
}

/** What a record and its client must agree on when nothing is under way, besides serving. */
function recordFaults(sandbox: Sandbox, record: AppRecord): readonly string[] {
  const { host } = new URL(record.issuer);
  const ours =
    host === oktaHost
      ? { metadata: sandbox.okta.client(record.client_id)?.profile, callbacks: oktaCallbacks(sandbox, record) }
      : host === auth0Host
        ? {
            metadata: sandbox.auth0.clients.get(record.client_id)?.settings.client_metadata,
            callbacks: sandbox.auth0.clients.get(record.client_id)?.settings.callbacks ?? [],
          }
        : undefined;
  if (ours === undefined) return [];
  const found: string[] = [];
  const marked = ours.metadata as { readonly tenantryKey?: unknown } | undefined;
  if (!isOurs(marked) || marked?.tenantryKey !== record.key) found.push(`${record.key}: its client is not its own`);
  if (ours.callbacks.length !== 1) found.push(`${record.key}: its client has ${ours.callbacks.length} callbacks`);
  return found;
}

function oktaCallbacks({ okta }: Sandbox, record: AppRecord): readonly string[] {
  return okta.client(record.client_id)?.oauth.redirect_uris ?? [];
}

/** Asks the provider's token endpoint with the record's own secret, as the app would. */
async function secretFaults(
  sandbox: Sandbox,
  secrets: SecretReader,
  app: AppName,
  record: AppRecord,
): Promise<readonly string[]> {
  if (!record.client_auth.startsWith("client_secret")) return [];
  const secret = secretOf(secrets, app, record);
  if (secret === undefined) return [`${record.key}: its secret does not open`];
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    code: "none",
    redirect_uri: record.redirect_uri,
    code_verifier: "x".repeat(43),
  });
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  if (record.client_auth === "client_secret_basic") {
    const pair = [record.client_id, secret].map((part) => new URLSearchParams({ "": part }).toString().slice(1));
    headers.authorization = `Basic ${Buffer.from(pair.join(":")).toString("base64")}`;
  } else {
    form.set("client_id", record.client_id);
    form.set("client_secret", secret);
  }
  const { status, body } = await post(sandbox, new URL(record.token_endpoint), headers, form.toString());
  if (/"error"\s*:\s*"invalid_grant"/.test(body)) return [];
  return [`${record.key}: its secret is refused at the token endpoint (${status} ${body.slice(0, 120)})`];
}

async function post(
  sandbox: Sandbox,
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: sandbox.host,
        port: sandbox.port,
        servername: url.hostname,
        ca: sandbox.ca,
        method: "POST",
        path: url.pathname,
        headers: { ...headers, host: url.host, "content-length": Buffer.byteLength(body) },
        agent: false,
      },
      (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Whether the newest evidence passed, and is about this very record. */
function evidenceFaults(store: SyncDatabase, record: AppRecord, secret: string | undefined): readonly string[] {
  const [newest] = evidenceOf(store, record.key);
  if (newest === undefined) return [`${record.key}: there is no evidence`];
  const other = unbound(store, newest, record, secret);
  return other.length === 0 ? [] : [`${record.key}: its newest evidence is about another ${other.join(", ")}`];
}

/** Every value in the sandbox that must never be told. */
export function secretValues(sandbox: Sandbox): readonly string[] {
  const references = Object.entries(sandbox.env)
    .filter(([name]) => !name.endsWith("_URL"))
    .map(([, value]) => value);
  const okta = sandbox.okta.apps.flatMap(({ secrets }) => secrets.map(({ value }) => value));
  const auth0 = [...sandbox.auth0.clients.values()].map(({ secret }) => secret);
  return [...new Set([...references, ...okta, ...auth0])].filter((value) => value.length >= 12);
}

/** Where a secret can be read that must not be there: in what was said, in the store, in the apps' databases, each a place. */
export function leaksIn(
  secrets: readonly string[],
  places: Readonly<{ said: readonly string[]; files: readonly string[] }>,
): readonly string[] {
  const files = places.files
    .filter((place) => !isServer(place))
    .flatMap((path) => [path, `${path}-wal`, `${path}-journal`])
    .filter((path) => existsSync(path))
    .map((path) => ({ name: `the file ${path.split("/").at(-1)}`, bytes: readFileSync(path) }));
  const schemas = places.files
    .filter(isServer)
    .map((place, index) => ({ name: `the schema ${index + 1}`, bytes: Buffer.from(rowsOf(place)) }));
  const texts = [{ name: "what was said", bytes: Buffer.from(places.said.join("\n")) }, ...files, ...schemas];
  return texts
    .filter(({ bytes }) => secrets.some((secret) => bytes.includes(secret)))
    .map(({ name }) => `a secret can be read in ${name}`);
}

/** Every row of every table of a schema. */
function rowsOf(place: string): string {
  const database = openSync(place);
  const tables = database.prepare("select tablename as name from pg_tables where schemaname = current_schema()").all();
  return tables.map(({ name }) => JSON.stringify(database.prepare(`select * from ${String(name)}`).all())).join("\n");
}
