import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Kysely, sql } from "kysely";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createAuthority } from "../../sandbox/authority.ts";
import type { Address } from "../../src/desired/connection.ts";
import { openStore } from "../../src/store/open.ts";
import { PostgresDialect } from "../../src/store/postgres-dialect.ts";
import { postgresFault } from "../../src/store/postgres-fault.ts";
import { parsePostgresUrl } from "../../src/store/postgres-url.ts";
import {
  describePostgres,
  freshName,
  postgresQuery,
  postgresSchema,
  postgresUrl,
  server,
  type UrlParts,
} from "../support/postgres.ts";
import { failureOf, folder, handClock, store } from "./workplace.ts";

const address = "app/x" as Address;
const clock = handClock();

/** A server on loopback that is no PostgreSQL. Gives its port. */
async function fakeServer(talk: (socket: Socket) => void): Promise<number> {
  const fake: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    talk(socket);
  });
  fake.listen(0, "127.0.0.1");
  await once(fake, "listening");
  onTestFinished(() => void fake.close());
  return (fake.address() as AddressInfo).port;
}

/** One of the server's messages: type, length, body. */
function message(type: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

async function role(): Promise<{ readonly user: string; readonly password: string }> {
  const [user, password] = [freshName("role"), freshName("pw")];
  await postgresQuery(postgresUrl(), `create role ${user} login password '${password}'`);
  onTestFinished(async () => {
    await postgresQuery(postgresUrl(), `drop owned by ${user}; drop role ${user}`);
  });
  return { user, password };
}

describePostgres("a store in PostgreSQL", () => {
  test.each<[what: string, parts: () => UrlParts | Promise<UrlParts>, code: string, text: string]>([
    [
      "whose password is wrong",
      () => ({ password: "canary-wrong" }),
      "STORE_LOGIN_REFUSED",
      "refuses the user's password",
    ],
    ["whose user is not known", () => ({ user: "nobody-here" }), "STORE_LOGIN_REFUSED", "refuses the user's password"],
    [
      "that has no password",
      () => ({ password: "" }),
      "STORE_LOGIN_REFUSED",
      "asks for a password, and its address has none",
    ],
    ["whose database is missing", () => ({ database: "nothing" }), "STORE_DATABASE_MISSING", "does not exist"],
    [
      "that nothing answers for",
      async () => {
        const free = createServer().listen(0, "127.0.0.1");
        await once(free, "listening");
        const { port } = free.address() as AddressInfo;
        free.close();
        return { port };
      },
      "STORE_UNREACHABLE",
      "cannot be reached: nothing answers at its host and port",
    ],
    [
      "whose host is silent",
      async () => ({ port: await fakeServer(() => undefined), parameters: { connect_timeout: "1" } }),
      "STORE_UNREACHABLE",
      "cannot be reached: its host does not answer",
    ],
    [
      "whose host hangs up",
      async () => ({ port: await fakeServer((socket) => void socket.end()) }),
      "STORE_CONNECTION_LOST",
      "broke the connection off",
    ],
    [
      "whose server speaks no TLS",
      async () => ({
        port: await fakeServer((socket) => void socket.once("data", () => socket.write("N"))),
        parameters: { sslmode: "require" },
      }),
      "STORE_UNREACHABLE",
      "speaks no TLS, which its address asks for",
    ],
    [
      "whose user may not make tables",
      role,
      "STORE_FORBIDDEN",
      "gives this user too few rights (permission denied for schema public)",
    ],
    [
      "whose schema is missing",
      () => ({ parameters: { options: "-c search_path=nowhere" } }),
      "STORE_FORBIDDEN",
      "has no schema that this user may use",
    ],
    [
      "that is read-only",
      async () => {
        const { user, password } = await role();
        await postgresQuery(postgresUrl(), `grant create on schema public to ${user}`);
        await postgresQuery(postgresUrl(), `alter role ${user} set default_transaction_read_only = on`);
        return { user, password };
      },
      "STORE_UNREACHABLE",
      "is read-only",
    ],
  ])("%s says so, with its host and without its password", async (_, parts, code, text) => {
    const change = await parts();
    const url = postgresUrl(change);
    const failure = await failureOf(openStore({ url, clock }));
    expect(failure.code).toBe(code);
    expect(failure.message).toBe(
      `The store ${change.database ?? "postgres"} on 127.0.0.1:${change.port ?? server().port} ${text}.`,
    );
    const everything = `${failure.stack} ${failure.hint} ${JSON.stringify(failure)} ${String(failure.cause)}`;
    for (const secret of ["canary-wrong", change.password, server().password]) {
      if (secret) expect(everything).not.toContain(secret);
    }
  });

  test("says which file of certificates it cannot read", async () => {
    const url = postgresUrl({ parameters: { sslrootcert: "missing.pem", sslmode: "verify-full" } });
    const root = folder();
    const failure = await failureOf(openStore({ url, root, clock }));
    expect([failure.code, failure.message]).toEqual([
      "STORE_UNREACHABLE",
      expect.stringContaining(
        `cannot be checked: the file ${join(root, "missing.pem")} of \`sslrootcert\` cannot be read.`,
      ),
    ]);
  });

  test("is left as it is by a user who may only use it", async () => {
    const url = await postgresSchema();
    const schema = /search_path%3D(\w+)/.exec(url)?.[1] ?? "";
    await (await store({ url })).close();
    const user = await role();
    const parts = { ...user, parameters: { options: `-c search_path=${schema}` } };
    await postgresQuery(postgresUrl(), `grant usage on schema ${schema} to ${user.user}`);
    expect((await failureOf(openStore({ url: postgresUrl(parts), clock }))).code).toBe("STORE_FORBIDDEN");
    await postgresQuery(
      postgresUrl(),
      `grant select, insert, update, delete on all tables in schema ${schema} to ${user.user}`,
    );
    const opened = await store({ url: postgresUrl(parts) });
    await opened.audit({ actor: "ci", event: "apply.started", detail: {} });
    expect(await opened.auditLog(1)).toHaveLength(1);
  });

  test("goes on after its idle connections were cut", async () => {
    const application_name = freshName();
    const opened = await store({ url: `${await postgresSchema()}&application_name=${application_name}` });
    await opened.rememberId(address, "1");
    const ended = await postgresQuery(
      postgresUrl(),
      "select pg_terminate_backend(pid) as ended from pg_stat_activity where application_name = ?",
      [application_name],
    );
    expect(ended).toContainEqual({ ended: true });
    // Until the end of the connection has arrived here, a question meets it.
    expect(await vi.waitFor(() => opened.idOf(address))).toBe("1");
  });

  test.each(["repeatable read", "serializable"])("keeps its locks for a user who prefers %s", async (level) => {
    const url = await postgresSchema();
    const { user, password } = await role();
    const schema = new URL(url).searchParams.get("options")?.split("=").at(-1);
    await postgresQuery(postgresUrl(), `grant all on schema ${schema} to ${user}`);
    await postgresQuery(postgresUrl(), `alter role ${user} set default_transaction_isolation = '${level}'`);
    const parts = { user, password, parameters: { options: `-c search_path=${schema}` } };
    const [one, other] = [await store({ url: postgresUrl(parts) }), await store({ url: postgresUrl(parts) })];
    const me = { name: "ci", host: "runner.example", pid: 12 };
    const wishes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, at) => (at % 2 ? one : other).lock(address, me)),
    );
    const refused = wishes.flatMap((wish) => (wish.status === "rejected" ? [wish.reason.code] : []));
    expect(refused).toEqual(Array(7).fill("STORE_LOCKED"));
    const [lock] = wishes.flatMap((wish) => (wish.status === "fulfilled" ? [wish.value] : []));
    // The sign of life of the timer may come at the same moment.
    await Promise.all(Array.from({ length: 20 }, () => lock?.check()));
  });

  test("is not what another schema of the same database holds", async () => {
    const [one, other] = [await postgresSchema(), await postgresSchema()];
    await (await store({ url: one })).rememberId(address, "1");
    expect(await (await store({ url: other })).idOf(address)).toBeUndefined();
  });
});

describePostgres("a connection to PostgreSQL", () => {
  const dialect = (parts: UrlParts, answerTimeout?: number) => {
    const location = parsePostgresUrl(postgresUrl(parts));
    if (location.kind === "unusable") throw new Error(location.problem);
    const database = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ location, answerTimeout }) });
    onTestFinished(() => database.destroy());
    return database;
  };
  const encrypted = sql<{ ssl: boolean }>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`;

  test.each([
    ["disable", {}, false],
    ["require", { sslmode: "require" }, true],
  ])("is encrypted or not by sslmode=%s", async (_, parameters, ssl) => {
    const { rows } = await encrypted.execute(dialect({ parameters }));
    expect(rows).toEqual([{ ssl }]);
  });

  test("is checked against the authority that the address names, and against the host", async () => {
    const full = { sslmode: "verify-full", sslrootcert: server().authority };
    const { rows } = await encrypted.execute(dialect({ host: "localhost", parameters: full }));
    expect(rows).toEqual([{ ssl: true }]);
    const elsewhere = await encrypted.execute(dialect({ parameters: full })).catch((error: unknown) => error);
    expect(postgresFault(elsewhere)?.text).toBe("shows a certificate for another host");
    const ca = { ...full, sslmode: "verify-ca" };
    expect((await encrypted.execute(dialect({ parameters: ca }))).rows).toEqual([{ ssl: true }]);
  });

  test("is refused when nobody we trust vouches for the server", async () => {
    const stranger = join(folder(), "stranger.pem");
    writeFileSync(stranger, (await createAuthority(Date.now())).certificate);
    for (const parameters of [
      { sslmode: "verify-full" },
      { sslmode: "verify-ca", sslrootcert: stranger },
      { sslmode: "verify-full", sslrootcert: stranger },
    ]) {
      const error = await encrypted.execute(dialect({ host: "localhost", parameters })).catch((one: unknown) => one);
      expect(postgresFault(error)?.text).toMatch(/^shows a certificate that is not trusted \(\w+\)$/);
    }
  });

  test("is named tenantry, and takes nothing from variables of the environment", async () => {
    for (const [name, value] of Object.entries({
      PGAPPNAME: "other",
      PGCLIENT_ENCODING: "LATIN1",
      PGOPTIONS: "-c search_path=nowhere",
      PGPASSWORD: server().password,
      PGREPLICATION: "database",
      PGSSLMODE: "require",
      PGSSLNEGOTIATION: "direct",
      PGUSER: "other",
    })) {
      vi.stubEnv(name, value);
      onTestFinished(() => void vi.unstubAllEnvs());
    }
    const { rows } = await sql`select current_setting('application_name') as name, current_user as user,
      current_setting('search_path') as path, current_setting('client_encoding') as encoding`.execute(dialect({}));
    expect(rows).toEqual([{ name: "tenantry", user: "postgres", path: '"$user", public', encoding: "UTF8" }]);
    expect((await encrypted.execute(dialect({}))).rows).toEqual([{ ssl: false }]);
    const error = await encrypted.execute(dialect({ password: "" })).catch((one: unknown) => one);
    expect(postgresFault(error)?.kind).toBe("login");
  });

  test.each([
    ["the next statement", "lost", async (transaction: Kysely<never>) => sql`select 1`.execute(transaction)],
    ["what the transaction itself ended with", undefined, async () => Promise.reject(new Error("of the program"))],
  ])("that is cut inside a transaction shows in %s, and hurts nothing else", async (_, kind, then) => {
    const database = dialect({});
    const work = database.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
      await postgresQuery(postgresUrl(), `select pg_terminate_backend(${rows[0]?.pid})`);
      await vi.waitFor(async () => {
        const left = await postgresQuery(postgresUrl(), `select 1 from pg_stat_activity where pid = ${rows[0]?.pid}`);
        expect(left).toEqual([]);
      });
      await then(transaction as never);
    });
    const error = await work.catch((one: unknown) => one);
    expect(postgresFault(error)?.kind).toBe(kind);
    if (kind === undefined) expect(error).toMatchObject({ message: "of the program" });
    expect((await sql`select 1 as one`.execute(database)).rows).toEqual([{ one: 1 }]);
  });

  test("that falls silent is given up", async () => {
    let connections = 0;
    const port = await fakeServer((socket) => {
      connections++;
      // The login is fine and so is the first statement; then nothing comes any more.
      socket.once("data", () => {
        socket.write(Buffer.concat([message("R", Buffer.alloc(4)), message("Z", Buffer.from("I"))]));
        socket.once("data", () => {
          socket.write(Buffer.concat([message("C", Buffer.from("SET\0")), message("Z", Buffer.from("I"))]));
        });
      });
    });
    const database = dialect({ port }, 100);
    for (const expected of [1, 2]) {
      const error = await sql`select 1`.execute(database).catch((one: unknown) => one);
      expect(postgresFault(error)).toEqual({ kind: "lost", text: "broke the connection off" });
      expect(connections).toBe(expected);
    }
  });
});

describe("a fault of PostgreSQL", () => {
  const database = (code: string) => Object.assign(new Error("text of the server"), { code, severity: "ERROR" });

  test.each([
    ["23505", "constraint"],
    ["22021", "constraint"],
    ["40001", "conflict"],
    ["40P01", "conflict"],
    ["55P03", "busy"],
    ["57014", "busy"],
    ["57P01", "lost"],
    ["57P03", "unreachable"],
    ["53300", "unreachable"],
    ["42P01", "schema"],
    ["42703", "schema"],
    ["XX001", "corrupt"],
    ["XX000", "unreachable"],
    ["28000", "login"],
    ["08006", "lost"],
  ])("with the state %s is %s", (code, kind) => {
    expect(postgresFault(database(code))?.kind).toBe(kind);
  });

  test.each([
    ["ENOTFOUND", "unreachable"],
    ["ECONNRESET", "lost"],
    ["CERT_HAS_EXPIRED", "unreachable"],
  ])("of the way to it with the code %s is %s", (code, kind) => {
    expect(postgresFault(Object.assign(new Error("x"), { code }))?.kind).toBe(kind);
  });

  test("is nothing that a mistake of ours makes", () => {
    expect(postgresFault(database("42601"))).toBeUndefined();
    expect(postgresFault(new TypeError("x is not a function"))).toBeUndefined();
    expect(postgresFault(undefined)).toBeUndefined();
    expect(postgresFault(Object.assign(new Error("x"), { code: "ERR_INVALID_ARG_TYPE" }))).toBeUndefined();
  });
});
