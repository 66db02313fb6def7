import { describe, expect, test } from "vitest";
import { migrateSqlApp } from "../../../src/app/sql/migrate.ts";
import { onEachDatabase } from "../../support/postgres.ts";
import { failureOf, key, record, tenant, type WorkplaceOptions, workplaceOn, write } from "./workplace.ts";

/** As apps written before there were proofs find a tenant: no look at `verified_at`. */
const routing =
  "select d.domain from sso_connection_active c join org_domain d on d.org_id = c.org_id where c.app = 'portal' order by d.domain";
const domains = "select domain, verified_at, verification from org_domain order by domain";
const claims = "select domain, org_id from org_domain_claim order by domain";

const [a, b] = ["a.example", "b.example"] as const;
const value = (domain: string): string => `tenantry-domain=${domain}`;
const both = tenant({ domains: [a, b] });
const none: ReadonlyMap<string, string> = new Map();
const provenA = new Map([[a, value(a)]]);

onEachDatabase((kind) => {
  const workplace = async (options?: WorkplaceOptions) => {
    const place = await workplaceOn(kind, { bare: true, ...options });
    const live = async (proven: ReadonlyMap<string, string>) => {
      await place.app.writeTenant(both, proven);
      await place.app.write(write("s3cret"));
      await place.app.activate(key);
    };
    const observed = async () => (await place.app.observe([record()])).tenants.get("whiterabbit");
    return { ...place, live, observed };
  };

  describe("a domain that nobody has proven", () => {
    test("is found by no app, whichever version it was written for, and is the tenant's all the same", async () => {
      const { query, live, observed } = await workplace();
      await live(provenA);
      expect(await query(routing)).toEqual([{ domain: a }]);
      expect(await query(claims)).toEqual([{ domain: b, org_id: both.id }]);
      expect((await observed())?.fields.domains).toEqual([a, b]);
      expect((await observed())?.routed).toEqual([
        { domain: a, verifiedAt: "2026-11-21T09:00:00.000Z", verification: value(a) },
      ]);
    });

    test("can be had by no other tenant, nor can a routed one", async () => {
      const { app, query } = await workplace();
      await app.writeTenant(both, provenA);
      for (const domain of [a, b]) {
        const other = tenant({ tenant: "northwind", domains: [domain] });
        const failure = await failureOf(app.writeTenant(other, new Map([[domain, value(domain)]])));
        expect([failure.code, failure.message]).toEqual(["SQL_DOMAIN_TAKEN", expect.stringContaining(domain)]);
      }
      expect(await query("select tenant from org")).toEqual([{ tenant: "whiterabbit" }]);
    });

    test("is routed once it is proven, and says when and how", async () => {
      const { app, query, live, forward } = await workplace();
      await live(none);
      expect(await query(routing)).toEqual([]);
      forward(1_000);
      await app.writeTenant(both, new Map([...provenA, [b, "attested"]]));
      expect(await query(routing)).toEqual([{ domain: a }, { domain: b }]);
      expect(await query(claims)).toEqual([]);
      expect(await query(domains)).toEqual([
        { domain: a, verified_at: "2026-11-21T09:00:01.000Z", verification: value(a) },
        { domain: b, verified_at: "2026-11-21T09:00:01.000Z", verification: "attested" },
      ]);
    });

    test("goes when the tenant's file names it no more", async () => {
      const { app, query } = await workplace();
      await app.writeTenant(both, none);
      await app.writeTenant(tenant({ domains: [a] }), none);
      expect(await query(claims)).toMatchObject([{ domain: a }]);
    });
  });

  describe("a domain that was proven", () => {
    test("stays routed when its record has gone, with the day of its proof", async () => {
      const { app, query, live, forward } = await workplace();
      await live(provenA);
      const before = await query(domains);
      forward(86_400_000);
      await app.writeTenant(both, none);
      expect(await query(domains)).toEqual(before);
      await app.writeTenant(both, provenA);
      expect(await query(domains)).toEqual(before);
    });

    test("by a person is proven better by DNS, and not the other way round", async () => {
      const { app, query } = await workplace();
      await app.writeTenant(both, new Map([[a, "attested"]]));
      await app.writeTenant(both, provenA);
      await app.writeTenant(both, new Map([[a, "attested"]]));
      expect(await query(domains)).toMatchObject([{ domain: a, verification: value(a) }]);
    });

    test("needs a new proof at another tenant", async () => {
      const { app, query } = await workplace();
      await app.writeTenant(both, provenA);
      await app.writeTenant(tenant({ domains: [b] }), none);
      const other = tenant({ tenant: "northwind", domains: [a] });
      await app.writeTenant(other, none);
      expect(await query(domains)).toEqual([]);
      expect(await query(claims)).toEqual([
        { domain: a, org_id: other.id },
        { domain: b, org_id: both.id },
      ]);
    });
  });

  describe("an app from before there were proofs", () => {
    /** The tables as the first migration makes them, with one live tenant. */
    const old = async () => {
      const place = await workplace();
      await place.live(new Map([...provenA, [b, value(b)]]));
      for (const statement of [
        "drop table org_domain_claim",
        "create table kept as select domain, org_id from org_domain",
        "drop table org_domain",
        "create table org_domain (domain text primary key not null, org_id text not null references org(id), verified_at text)",
        "insert into org_domain select domain, org_id, case domain when 'b.example' then '2025-01-01' end from kept",
        "drop table kept",
        "delete from tenantry_migration where name = '002-domain-proofs'",
      ]) {
        await place.query(statement);
      }
      return place;
    };

    test("goes on routing what it routes, and what it knows of it stays", async () => {
      const { url, query } = await old();
      const before = await query(routing);
      expect((await migrateSqlApp(url)).applied).toEqual(["002-domain-proofs"]);
      expect(await query(routing)).toEqual(before);
      expect(await query(domains)).toEqual([
        { domain: a, verified_at: null, verification: "kept" },
        { domain: b, verified_at: "2025-01-01", verification: "kept" },
      ]);
    });

    test("keeps routing what an apply finds no proof of, and learns of the proofs that it finds", async () => {
      const { url, query, open } = await old();
      await migrateSqlApp(url);
      const app = await open();
      await app.writeTenant(both, provenA);
      expect(await query(domains)).toEqual([
        { domain: a, verified_at: "2026-11-21T09:00:00.000Z", verification: value(a) },
        { domain: b, verified_at: "2025-01-01", verification: "kept" },
      ]);
    });

    test("with a table of its own by the new name is left as it is", async () => {
      const { url, query } = await old();
      await query("create table org_domain_claim (mine text)");
      const failure = await failureOf(migrateSqlApp(url));
      expect(failure.code).toBe("SQL_SCHEMA_CLASH");
      await expect(query("select verification from org_domain")).rejects.toThrow();
    });
  });

  test("says nothing else of how a domain was proven", async () => {
    const { app, query } = await workplace();
    await app.writeTenant(both, provenA);
    await expect(query("update org_domain set verification = 'trust me'")).rejects.toThrow();
  });
});
