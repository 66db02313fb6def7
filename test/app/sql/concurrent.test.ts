import pg from "pg";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { migrateSqlApp } from "../../../src/app/sql/migrate.ts";
import {
  describePostgres,
  onEachDatabase,
  postgresQuery,
  postgresSchema,
  postgresUrl,
} from "../../support/postgres.ts";
import { failureOf, key, record, tenant, workplaceOn, write } from "./workplace.ts";

onEachDatabase((kind) => {
  describe("two at once", () => {
    test("who want the same domain: one gets it, the other is told who has it", async () => {
      const { app, open, query } = await workplaceOn(kind, { bare: true });
      const other = await open();
      const claim = (slug: string) => tenant({ tenant: slug, domains: ["shared.example", `${slug}.example`] });
      const outcomes = await Promise.allSettled([
        app.writeTenant(claim("one")),
        other.writeTenant(claim("two")),
        app.writeTenant(claim("three")),
        other.writeTenant(claim("four")),
      ]);
      const lost = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
      expect(lost.map((failure) => failure.code)).toEqual(Array(3).fill("SQL_DOMAIN_TAKEN"));
      expect(await query("select domain from org_domain")).toHaveLength(2);
      expect(await query("select id from org")).toHaveLength(1);
    });

    test("who write the same record leave one of the two, whole", async () => {
      const { app, open } = await workplaceOn(kind);
      const other = await open();
      await app.write(write("first", { clientId: "first" }));
      await app.activate(key);
      await Promise.all(
        Array.from({ length: 8 }, (_, at) =>
          (at % 2 === 0 ? app : other).write(write(`s${at}`, { clientId: `s${at}` })),
        ),
      );
      const found = (await app.observe([record()])).records.get(key);
      expect((await app.secretOf(key))?.value.reveal()).toBe(found?.fields.clientId);
      expect(found?.previous?.clientId).toBe("first");
    });
  });
});

describePostgres("another program on the same database", () => {
  /** Another program with a transaction open. */
  async function stranger(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query("begin");
    return client;
  }

  /** Waits until somebody waits for a lock that the stranger holds. */
  async function expectWaiting(client: pg.Client): Promise<void> {
    const { rows } = await client.query("select pg_backend_pid() as pid");
    await vi.waitFor(async () => {
      const blocked = "select 1 from pg_stat_activity where ? = any(pg_blocking_pids(pid))";
      expect(await postgresQuery(postgresUrl(), blocked, [rows[0]?.pid])).toHaveLength(1);
    });
  }

  test("that takes a record over while it is written is seen, and its record is left alone", async () => {
    const { app, url, query } = await workplaceOn("postgres");
    await app.write(write("s3cret"));
    const other = await stranger(url);
    await other.query("update sso_connection set managed_by = 'other/production'");
    const writing = app.write(write("another"));
    await expectWaiting(other);
    const before = await query("select client_secret from sso_connection");
    await other.query("commit");
    expect((await failureOf(writing)).code).toBe("SQL_FOREIGN_RECORD");
    expect(await query("select client_secret from sso_connection")).toEqual(before);
  });

  test("does not keep an observation waiting, which sees one moment", async () => {
    const { app, url } = await workplaceOn("postgres");
    await app.write(write("s3cret"));
    const other = await stranger(url);
    await other.query("lock table org, sso_connection in share row exclusive mode");
    await other.query("update sso_connection set state = 'active'");
    expect((await app.observe([record()])).records.get(key)?.state).toBe("pending");
    await other.query("commit");
    expect((await app.observe([record()])).records.get(key)?.state).toBe("active");
  });

  test("that changes something between two queries of an observation is not seen by the second", async () => {
    const { app, url } = await workplaceOn("postgres");
    await app.write(write("s3cret"));
    const query = pg.Client.prototype.query as (...args: unknown[]) => Promise<unknown>;
    const texts: string[] = [];
    const spy = vi.spyOn(pg.Client.prototype, "query").mockImplementation(async function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      const result = await query.apply(this, args);
      texts.push(String(args[0]));
      if (/from "sso_connection"/.test(String(args[0]))) {
        spy.mockRestore();
        await postgresQuery(url, "update org set name = 'Another name'");
      }
      return result;
    } as never);
    onTestFinished(() => spy.mockRestore());
    const { tenants } = await app.observe([record()]);
    expect(texts.at(-1)).toContain('from "sso_connection"');
    expect(tenants.get("whiterabbit")?.fields.name).toBe("Whiterabbit Foods");
    expect((await app.observe([record()])).tenants.get("whiterabbit")?.fields.name).toBe("Another name");
  });

  test.each([
    ["40001", 2, undefined],
    ["40P01", 4, undefined],
    ["40001", 5, "was changed by another program at the same moment"],
    ["55P03", 1, "is kept busy by another program"],
  ])("in whose way a write is (%s) %i times: it is tried five times in all", async (state, times, said) => {
    const { app, open, query } = await workplaceOn("postgres");
    await app.write(write("s3cret"));
    // A sequence counts on, whatever becomes of the transaction.
    await query(`create sequence tries; create function busy() returns trigger language plpgsql as $$ begin
      if nextval('tries') <= ${times} then raise exception 'busy' using errcode = '${state}'; end if;
      return new; end $$;
      create trigger busy before update on sso_connection for each row execute function busy()`);
    const waits: number[] = [];
    const patient = await open({ sleep: async (milliseconds) => void waits.push(milliseconds) });
    const writing = patient.write(write("another"));
    if (said === undefined) await writing;
    else {
      const failure = await failureOf(writing);
      expect([failure.code, failure.message]).toEqual(["SQL_BUSY", expect.stringContaining(said)]);
    }
    expect(waits).toHaveLength(said === undefined ? times : times - 1);
    expect((await app.secretOf(key))?.value.reveal()).toBe(said === undefined ? "another" : "s3cret");
  });
});

describePostgres("a server whose transactions are serializable unless told otherwise", () => {
  test("is migrated once by four at once, and written by four at once", async () => {
    const url = (await postgresSchema()).replace(
      "search_path",
      "default_transaction_isolation%3Dserializable%20-c%20search_path",
    );
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => migrateSqlApp(url)));
    expect(outcomes.flatMap((outcome) => outcome.applied)).toHaveLength(2);
    expect(await postgresQuery(url, "show transaction_isolation")).toEqual([{ transaction_isolation: "serializable" }]);
    const { open } = await workplaceOn("postgres");
    const apps = await Promise.all(
      Array.from({ length: 4 }, () =>
        open({ databaseUrl: url, sleep: async () => expect.unreachable("no need to wait") }),
      ),
    );
    await Promise.all(apps.map((app) => app.writeTenant(tenant())));
    await Promise.all(apps.map((app, at) => app.write(write(`s${at}`, { clientId: `s${at}` }))));
    expect((await apps[0]?.observe([record()]))?.records.size).toBe(1);
  });
});
