import { existsSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

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
  /** The sealed envelope. */
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

/** The database of an app, which is read and never written. */
export class Records {
  readonly #app: string;
  readonly #path: string;

  constructor(app: string, path: string) {
    this.#app = app;
    this.#path = path;
  }

  /**
   * The record that a path is about; undefined when there is none, or no database yet.
   *
   * @param pending also records that are not switched on, which an app should not serve
   */
  find({ id, tenant, signIn = "default" }: PathNames, pending: boolean): AppRecord | undefined {
    const rows = pending
      ? "(select c.*, o.tenant, o.name as org_name from sso_connection c join org o on o.id = c.org_id where c.state in ('active', 'pending'))"
      : "sso_connection_active";
    const [row] =
      id === undefined
        ? this.#read(`select * from ${rows} where app = ? and tenant = ? and sign_in = ?`, tenant ?? "", signIn)
        : this.#read(`select * from ${rows} where app = ? and org_id = ?`, id);
    return row === undefined ? undefined : recordOf(row);
  }

  /** The record for an e-mail address's domain; undefined when there is none. */
  findByDomain(domain: string): (AppRecord & { readonly orgId: string; readonly signIn: string }) | undefined {
    const [row] = this.#read(
      "select c.* from sso_connection_active c join org_domain d on d.org_id = c.org_id where c.app = ? and d.domain = ?",
      domain,
    );
    return row === undefined ? undefined : { ...recordOf(row), orgId: String(row.org_id), signIn: String(row.sign_in) };
  }

  /** The record of somebody who is signed in; undefined when it is switched off by now. */
  byKey(key: string): AppRecord | undefined {
    const [row] = this.#read("select * from sso_connection_active where app = ? and key = ?", key);
    return row === undefined ? undefined : recordOf(row);
  }

  #read(sql: string, ...values: SQLInputValue[]): readonly Readonly<Record<string, unknown>>[] {
    if (!existsSync(this.#path)) return [];
    const database = new DatabaseSync(this.#path, { readOnly: true, timeout: 2_000 });
    try {
      return database.prepare(sql).all(this.#app, ...values);
    } catch (error) {
      // Tables that are not there yet are records that are not there yet.
      if (error instanceof Error && /no such table/.test(error.message)) return [];
      throw error;
    } finally {
      database.close();
    }
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
