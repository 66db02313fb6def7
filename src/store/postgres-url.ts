import { resolve } from "node:path";
import { Secret } from "../secret/secret.ts";

/** Where a PostgreSQL database is and how it is reached. */
export interface PostgresLocation {
  readonly kind: "postgres";
  /** A host name, an address without brackets, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Absent: the name of the user who runs this program, as with PostgreSQL's own tools. */
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  readonly tls: TlsMode;
  /** File with the certificates that are trusted instead of the system's. */
  readonly rootCertificate?: string | undefined;
  readonly applicationName: string;
  /** Settings of the session, such as `-c search_path=portal`. */
  readonly options?: string | undefined;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

/**
 * `disable`: in the clear. `require`: encrypted to whoever answers. `verify-ca`: to somebody whom the authority vouches
 * for. `verify-full`: to the host of the address.
 */
export type TlsMode = "disable" | "require" | "verify-ca" | "verify-full";

/** An address that cannot be used: the end of a sentence about it, without any part of it. */
export interface UnusableUrl {
  readonly kind: "unusable";
  readonly problem: string;
}

const parameters = [
  "application_name",
  "channel_binding",
  "connect_timeout",
  "host",
  "options",
  "sslmode",
  "sslrootcert",
] as const;

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`. Without `sslmode` a host that is not this machine has
 * to prove who it is (`verify-full`). A relative `sslrootcert` is relative to `root` (the working directory when absent).
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function parsePostgresUrl(text: string, root?: string): PostgresLocation | UnusableUrl {
  // A `#`, `/` or `?` in a password that is not percent-encoded would make a host or a port of a part of it.
  if (text.includes("#")) return unusable("holds a `#`; in a password it is written %23");
  if (!URL.canParse(text)) return unusable("is no URL; `@`, `:`, `/`, `?` and `%` in a password are percent-encoded");
  const url = new URL(text);
  const names = [...url.searchParams.keys()];
  if (names.some((name) => !parameters.includes(name as (typeof parameters)[number]))) {
    return unusable(`has a parameter that is not known; known are ${parameters.join(", ")}`);
  }
  if (new Set(names).size < names.length) return unusable("has a parameter twice");
  const decoded = decodeAll([url.username, url.password, url.hostname, url.pathname.slice(1)]);
  if (decoded === undefined) return unusable("holds a `%` that encodes nothing; in a password it is written %25");
  const [user, password, named, database] = decoded;
  if (database === "" || /[/@]/.test(url.pathname.slice(1))) {
    return unusable("names no database; `/` in a password is written %2F");
  }
  const host = url.searchParams.get("host") ?? named.replace(/^\[(.*)\]$/, "$1");
  if (host === "" || host.includes(",")) return unusable("does not name one host");
  const tls = url.searchParams.get("sslmode") ?? (isHere(host) ? "disable" : "verify-full");
  if (!isTlsMode(tls)) return unusable("has an `sslmode` other than disable, require, verify-ca and verify-full");
  const certificates = url.searchParams.get("sslrootcert");
  const rootCertificate = certificates === null ? undefined : resolve(root ?? "", certificates);
  const seconds = url.searchParams.get("connect_timeout") ?? "10";
  if (!/^[1-9][0-9]{0,3}$/.test(seconds)) return unusable("has a `connect_timeout` that is no number of seconds");
  return {
    kind: "postgres",
    host,
    port: url.port === "" ? 5432 : Number(url.port),
    database,
    user: user === "" ? undefined : user,
    password: password === "" ? undefined : new Secret(password),
    // As in PostgreSQL's own tools: whoever names an authority wants it asked.
    tls: tls === "require" && rootCertificate !== undefined ? "verify-ca" : tls,
    rootCertificate,
    applicationName: url.searchParams.get("application_name") ?? "tenantry",
    options: url.searchParams.get("options") ?? undefined,
    connectTimeout: Number(seconds) * 1_000,
  };
}

/** Whether an address is meant for PostgreSQL. */
export function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:\/\//i.test(url);
}

/**
 * What of a database's address no output may show: its password, as it is and as it is written there, and the address
 * itself. Nothing for an address without a password. Finds it in an address that cannot be used, too.
 */
export function secretsOfUrl(url: string): readonly Secret[] {
  if (!isPostgresUrl(url)) return [];
  const userinfo = /^[^:]+:\/\/(.*)@/s.exec(url)?.[1] ?? "";
  const written = userinfo.includes(":") ? userinfo.slice(userinfo.indexOf(":") + 1) : "";
  if (written === "") return [];
  const read = decodeAll([written])?.[0] ?? written;
  return [...new Set([written, read, url])].map((value) => new Secret(value));
}

function unusable(problem: string): UnusableUrl {
  return { kind: "unusable", problem };
}

function isTlsMode(text: string): text is TlsMode {
  return ["disable", "require", "verify-ca", "verify-full"].includes(text);
}

/** A socket or a loopback address: what is sent there does not leave this machine. */
function isHere(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function decodeAll<T extends readonly string[]>(texts: readonly [...T]): { [Index in keyof T]: string } | undefined {
  try {
    return texts.map((text) => decodeURIComponent(text)) as { [Index in keyof T]: string };
  } catch {
    return undefined;
  }
}
