import type { Sandbox } from "../../sandbox/sandbox.ts";
import { auth0Host, oktaHost } from "../../sandbox/sandbox.ts";
import { createSealer, type Sealer } from "../../src/secret/seal.ts";
import { Secret } from "../../src/secret/secret.ts";
import { isServer, openSync, type SyncDatabase, type SyncStatement } from "./sql.ts";

/** Apps of the example, by the name of their database. */
export const appNames = ["portal", "orders"] as const;
export type AppName = (typeof appNames)[number];

/** A record as the app reads it. */
export interface AppRecord {
  readonly key: string;
  readonly state: string;
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly client_id: string;
  readonly client_secret: string | null;
  readonly client_auth: string;
  readonly pkce: string;
  readonly redirect_uri: string;
  readonly spec_digest: string;
}

/** Where an app's records are: opened as the app opens them, so that a transaction left halfway is undone. */
export class AppDatabase {
  readonly #database: SyncDatabase;
  /** Of a file: a number that changes when somebody else has written to it. */
  readonly #version: SyncStatement | undefined;
  readonly #active: SyncStatement;
  #seen: { readonly version: unknown; readonly active: readonly AppRecord[] } | undefined;

  /** @param place a file of SQLite, or the address of a PostgreSQL schema */
  constructor(place: string) {
    this.#database = openSync(place);
    this.#version = isServer(place) ? undefined : this.#database.prepare("pragma data_version");
    this.#active = this.#database.prepare("select * from sso_connection_active order by key");
  }

  /** Whom the app lets in. A file is read anew only when somebody else has written to it. */
  active(): readonly AppRecord[] {
    const version = this.#version?.get()?.data_version;
    if (this.#seen === undefined || version === undefined || this.#seen.version !== version) {
      this.#seen = { version, active: this.#active.all() as unknown as readonly AppRecord[] };
    }
    return this.#seen.active;
  }

  /** Every record, whatever its state. */
  all(): readonly AppRecord[] {
    return this.#rows("select * from sso_connection order by key");
  }

  rows(sql: string): readonly Record<string, unknown>[] {
    return this.#database.prepare(sql).all();
  }

  close(): void {
    this.#database.close();
  }

  #rows(sql: string): readonly AppRecord[] {
    return this.rows(sql) as unknown as readonly AppRecord[];
  }
}

/** Opens the secrets of an app's records, as the app does. A secret that was opened once is remembered by its envelope. */
export class SecretReader {
  readonly #sandbox: Sandbox;
  readonly #sealers = new Map<AppName, Sealer>();
  readonly #opened = new Map<string, string>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Throws when the envelope does not open. */
  open(app: AppName, record: AppRecord): string {
    const envelope = record.client_secret ?? "";
    const place = `${app} ${record.key} ${envelope}`;
    const known = this.#opened.get(place);
    if (known !== undefined) return known;
    const purpose = { table: "sso_connection", record: record.key, column: "client_secret" };
    const secret = this.#sealer(app).open(envelope, purpose).reveal();
    this.#opened.set(place, secret);
    return secret;
  }

  #sealer(app: AppName): Sealer {
    const known = this.#sealers.get(app);
    if (known !== undefined) return known;
    const value = new Secret(String(this.#sandbox.env[`${app.toUpperCase()}_SEALING_KEY`]));
    const sealer = createSealer([{ name: app, value }]);
    this.#sealers.set(app, sealer);
    return sealer;
  }
}

/** The secret of a record; undefined when it has none or it does not open. */
export function secretOf(secrets: SecretReader, app: AppName, record: AppRecord): string | undefined {
  try {
    return record.client_secret === null ? undefined : secrets.open(app, record);
  } catch {
    return undefined;
  }
}

/** What is left out of the question whether a record is served. */
export interface Lenience {
  /** The client may prove itself in another way than the record says (docs/decisions/0011). */
  readonly clientAuth: boolean;
}

/**
 * Why people whom the app sends to the identity provider by this record do not come in at this very moment; undefined
 * when they do. Looks into the provider itself, not through its interface, so that it can be asked at any moment.
 */
export function whyNotServed(
  sandbox: Sandbox,
  secrets: SecretReader,
  app: AppName,
  record: AppRecord,
  lenience: Lenience = { clientAuth: false },
): string | undefined {
  const host = new URL(record.issuer).host;
  const client = clientAt(sandbox, host, record);
  if (typeof client === "string") return client;
  if (!client.callbacks.includes(record.redirect_uri)) return `its client does not know ${record.redirect_uri}`;
  if (!lenience.clientAuth && client.methods !== undefined && !client.methods.includes(record.client_auth)) {
    return `its client takes ${client.methods.join(" or ")}, and the record says ${record.client_auth}`;
  }
  if (client.pkceRequired && record.pkce !== "S256") return "its client demands PKCE, and the record sends none";
  if (record.client_auth.startsWith("client_secret")) {
    let secret: string;
    try {
      secret = secrets.open(app, record);
    } catch (error) {
      return `its secret does not open (${String(error)})`;
    }
    if (client.secrets.length === 0 && lenience.clientAuth) return undefined;
    if (!client.secrets.includes(secret)) return "its secret is none of the client's";
  } else if (record.client_auth === "private_key_jwt" && !client.hasKey && !lenience.clientAuth) {
    return "its client has no key";
  }
  return undefined;
}

interface SeenClient {
  readonly callbacks: readonly string[];
  /** Undefined: any. */
  readonly methods: readonly string[] | undefined;
  readonly pkceRequired: boolean;
  readonly secrets: readonly string[];
  readonly hasKey: boolean;
}

/** The client that the record names, or why nobody comes in by it. */
function clientAt(sandbox: Sandbox, host: string, record: AppRecord): SeenClient | string {
  switch (host) {
    case oktaHost:
      return atOkta(sandbox, record);
    case auth0Host:
      return atAuth0(sandbox, record);
    default:
      return atCustomer(sandbox, record);
  }
}

function atOkta({ okta }: Sandbox, record: AppRecord): SeenClient | string {
  const app = okta.client(record.client_id);
  if (app === undefined) return "Okta has no such client";
  if (app.status !== "ACTIVE") return "its client is inactive";
  if (app.assignments.size === 0) return "nobody is assigned to its client";
  if (!app.oauth.grant_types.includes("authorization_code")) return "its client has no authorization_code grant";
  const keys = app.oauth.jwks as { readonly keys?: readonly unknown[] } | undefined;
  return {
    callbacks: app.oauth.redirect_uris,
    methods: [app.authMethod],
    pkceRequired: app.pkceRequired,
    secrets: app.secrets.filter(({ status }) => status === "ACTIVE").map(({ value }) => value),
    hasKey: (keys?.keys ?? []).length > 0,
  };
}

function atAuth0({ auth0 }: Sandbox, record: AppRecord): SeenClient | string {
  const client = auth0.clients.get(record.client_id);
  if (client === undefined) return "Auth0 has no such client";
  const { settings } = client;
  if (!settings.grant_types.includes("authorization_code")) return "its client has no authorization_code grant";
  const organization = auth0.organization(String(record.key.split("/")[0]));
  if (organization === undefined) return "its organization is gone";
  const ways = [...organization.connections].filter(([, how]) => how.is_enabled).map(([id]) => id);
  if (!ways.some((id) => auth0.connections.get(id)?.clients.has(client.clientId))) {
    return "no connection of its organization is enabled for its client";
  }
  const byKey = settings.client_authentication_methods !== undefined;
  const method = settings.token_endpoint_auth_method;
  return {
    callbacks: settings.callbacks ?? [],
    methods: byKey ? ["private_key_jwt"] : typeof method === "string" ? [method] : undefined,
    pkceRequired: false,
    secrets: [client.secret],
    hasKey: client.credentials.size > 0,
  };
}

function atCustomer({ providers }: Sandbox, record: AppRecord): SeenClient | string {
  const provider = Object.values(providers).find(({ issuer }) => issuer === record.issuer);
  const client = provider?.client(record.client_id);
  if (client === undefined) return `nobody at ${record.issuer} knows its client`;
  return {
    callbacks: client.redirectUris,
    methods: undefined,
    pkceRequired: false,
    secrets: client.secret === undefined ? [] : [client.secret],
    hasKey: client.keys.length > 0,
  };
}
