import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { json } from "node:stream/consumers";
import pg from "pg";
import { describe, inject, onTestFinished } from "vitest";
import type { PostgresAnswer } from "./postgres-server.ts";

const answer = await ask();

async function ask(): Promise<PostgresAnswer> {
  const socket = connect(inject("postgresStarter"), "127.0.0.1");
  await once(socket, "connect");
  return (await json(socket)) as PostgresAnswer;
}

/** Why the tests on PostgreSQL are skipped; undefined when they run. */
const noPostgres = "missing" in answer ? answer.missing : undefined;

// For CI: what is always there must not go missing unnoticed.
if (noPostgres !== undefined && process.env.TENANTRY_TEST_POSTGRES === "required") throw new Error(noPostgres);

/** `describe` for what needs a PostgreSQL server; skipped with the reason in its name where none can run. */
export const describePostgres: (name: string, define: () => void) => void = (name, define) =>
  describe.skipIf(noPostgres !== undefined)(noPostgres === undefined ? name : `${name} (${noPostgres})`, define);

export type DatabaseKind = "sqlite" | "postgres";

/** The same tests on both databases. */
export function onEachDatabase(define: (kind: DatabaseKind) => void): void {
  describe("on SQLite", () => define("sqlite"));
  describePostgres("on PostgreSQL", () => define("postgres"));
}

/** The server, as its own administrator. */
export function server(): Exclude<PostgresAnswer, { missing: string }> {
  if ("missing" in answer) throw new Error(answer.missing);
  return answer;
}

/** A role or a place on the server as an address. */
export interface UrlParts {
  readonly user?: string;
  readonly password?: string;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

export function postgresUrl(parts: UrlParts = {}): string {
  const { user, password, host = "127.0.0.1", port, database = "postgres", parameters = {} } = parts;
  const login = `${encodeURIComponent(user ?? server().user)}:${encodeURIComponent(password ?? server().password)}`;
  const query = new URLSearchParams(parameters).toString().replaceAll("+", "%20");
  return `postgres://${login}@${host}:${port ?? server().port}/${database}${query === "" ? "" : `?${query}`}`;
}

export type Row = Record<string, unknown>;

/** A statement by a connection of its own, as another program would run it. `?` are its parameters. */
export async function postgresQuery(
  url: string,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  let count = 0;
  const text = parameters.length === 0 ? statement : statement.replaceAll("?", () => `$${++count}`);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...parameters])).rows;
  } finally {
    await client.end();
  }
}

/** A name that nothing on the server has. */
export function freshName(prefix = "t"): string {
  return `${prefix}_${randomBytes(6).toString("hex")}`;
}

/** A schema of its own in the server's database, gone when the test has finished. Gives its address. */
export async function postgresSchema(): Promise<string> {
  const schema = freshName();
  await postgresQuery(postgresUrl(), `create schema ${schema}`);
  onTestFinished(async () => {
    await postgresQuery(postgresUrl(), `drop schema if exists ${schema} cascade`);
  });
  return postgresUrl({ parameters: { options: `-c search_path=${schema}` } });
}
