import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** A record as the view `sso_connection_active` shows it: docs/sql.md. */
export interface AppRecord {
  readonly key: string;
  readonly state: string;
  readonly tenant: string;
  readonly orgName: string;
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  readonly endSessionEndpoint: string | undefined;
  readonly endSession: boolean;
  readonly clientId: string;
  /** The sealed envelope, or the secret itself where the app has no sealing key. */
  readonly clientSecret: string | undefined;
  readonly clientAuth: string;
  readonly pkce: string;
  readonly responseMode: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly acrValues: readonly string[];
  readonly extraParams: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, string | readonly string[]>>;
  readonly roles:
    | {
        readonly claim: string | readonly string[];
        readonly map: Readonly<Record<string, string>>;
        readonly default?: string;
      }
    | undefined;
  readonly require: Readonly<Record<string, unknown>>;
}

/** Names that a path of the app holds. */
export type PathNames = Readonly<Partial<Record<"id" | "tenant" | "signIn", string>>>;

/** Where an app finds its records. */
export interface RecordSource {
  /**
   * The record that a path is about; undefined when there is none.
   *
   * @param pending also records that are not switched on, which an app should not serve
   */
  find(names: PathNames, pending: boolean): Promise<AppRecord | undefined>;
  /** What the paths of the record for an e-mail address's domain hold; undefined when there is none. */
  findByDomain(domain: string): Promise<PathNames | undefined>;
  /** The record of somebody who is signed in; undefined when it is switched off by now. */
  byKey(key: string): Promise<AppRecord | undefined>;
}

type Row = Readonly<Record<string, unknown>>;

/** The database of an app, which is read and never written. */
export class Records implements RecordSource {
  readonly #app: string;
  readonly #url: () => string;

  /** @param url `sqlite:PATH` or `postgres://…`; docs/sql.md: one program reads both */
  constructor(app: string, url: () => string) {
    this.#app = app;
    this.#url = url;
  }

  /**
   * The record that a path is about; undefined when there is none, or no database yet.
   *
   * @param pending also records that are not switched on, which an app should not serve
   */
  async find({ id, tenant, signIn = "default" }: PathNames, pending: boolean): Promise<AppRecord | undefined> {
    const rows = pending
      ? "(select c.*, o.tenant, o.name as org_name from sso_connection c join org o on o.id = c.org_id where c.state in ('active', 'pending')) r"
      : "sso_connection_active r";
    const [row] =
      id === undefined
        ? await this.#read(
            `select r.* from ${rows} where app = $1 and tenant = $2 and sign_in = $3`,
            tenant ?? "",
            signIn,
          )
        : await this.#read(`select r.* from ${rows} where app = $1 and org_id = $2`, id);
    return row === undefined ? undefined : recordOf(row);
  }

  /** What the paths of the record for an e-mail address's domain hold; undefined when there is none. */
  async findByDomain(domain: string): Promise<PathNames | undefined> {
    const [row] = await this.#read(
      "select c.* from sso_connection_active c join org_domain d on d.org_id = c.org_id where c.app = $1 and d.domain = $2",
      domain,
    );
    if (row === undefined) return undefined;
    return { id: String(row.org_id), tenant: String(row.tenant), signIn: String(row.sign_in) };
  }

  /** The record of somebody who is signed in; undefined when it is switched off by now. */
  async byKey(key: string): Promise<AppRecord | undefined> {
    const [row] = await this.#read("select * from sso_connection_active where app = $1 and key = $2", key);
    return row === undefined ? undefined : recordOf(row);
  }

  async #read(sql: string, ...values: readonly string[]): Promise<readonly Row[]> {
    const url = this.#url();
    const all = [this.#app, ...values];
    try {
      return url.startsWith("sqlite:")
        ? readSqlite(url.slice("sqlite:".length), sql, all)
        : await readPostgres(url, sql, all);
    } catch (error) {
      // Tables that are not there yet are records that are not there yet.
      if (error instanceof Error && /no such table|relation "\w+" does not exist/.test(error.message)) return [];
      throw error;
    }
  }
}

function readSqlite(path: string, sql: string, values: readonly string[]): readonly Row[] {
  if (!existsSync(path)) return [];
  const database = new DatabaseSync(path, { readOnly: true, timeout: 2_000 });
  try {
    return database.prepare(sql.replaceAll(/\$\d/g, "?")).all(...values);
  } finally {
    database.close();
  }
}

async function readPostgres(connectionString: string, sql: string, values: readonly string[]): Promise<readonly Row[]> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

function recordOf(row: Readonly<Record<string, unknown>>): AppRecord {
  const text = (name: string): string => String(row[name] ?? "");
  const optional = (name: string): string | undefined => (typeof row[name] === "string" ? text(name) : undefined);
  const json = <T>(name: string, absent: T): T => (row[name] === null ? absent : (JSON.parse(text(name)) as T));
  return {
    key: text("key"),
    state: text("state"),
    tenant: text("tenant"),
    orgName: text("org_name"),
    issuer: text("issuer"),
    authorizationEndpoint: text("authorization_endpoint"),
    tokenEndpoint: text("token_endpoint"),
    jwksUri: text("jwks_uri"),
    endSessionEndpoint: optional("end_session_endpoint"),
    endSession: Number(row.end_session) === 1,
    clientId: text("client_id"),
    clientSecret: optional("client_secret"),
    clientAuth: text("client_auth"),
    pkce: text("pkce"),
    responseMode: text("response_mode"),
    redirectUri: text("redirect_uri"),
    scopes: json("scopes", []),
    acrValues: json("acr_values", []),
    extraParams: json("extra_params", {}),
    claims: json("claims", {}),
    roles: json("roles", undefined),
    require: json("require", {}),
  };
}
