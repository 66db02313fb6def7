import { describe, expect, test } from "vitest";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import { diffAppTenant } from "../../../src/plan/diff.ts";
import { onEachDatabase } from "../../support/postgres.ts";
import { failureOf, key, record, tenant, type WorkplaceOptions, workplaceOn, write } from "./workplace.ts";

const second = "whiterabbit/portal/partners" as ConnectionKey;
const domains = "select domain, org_id from org_domain order by domain";
const offboarded = tenant({ status: "offboarded" });
const gone = record({ state: "tombstone" });

onEachDatabase((kind) => {
  const workplace = (options?: WorkplaceOptions) => workplaceOn(kind, options);

  describe("a customer that was taken away for good", () => {
    test("comes back under another slug with the same domain", async () => {
      const { app, query } = await workplace();
      await app.write(write("s3cret"));
      await app.writeTenant(offboarded);
      await app.disable(key);
      const again = tenant({ tenant: "whiterabbit-2027" });
      expect((await failureOf(app.writeTenant(again))).code).toBe("SQL_DOMAIN_TAKEN");
      await app.remove(key);
      expect(await query(domains)).toEqual([]);
      await app.writeTenant(again);
      expect(await query(domains)).toEqual([{ domain: "whiterabbit.example", org_id: again.id }]);
    });

    test("has nothing left to do, although the file still names the domains, and gets none back", async () => {
      const { app, query } = await workplace();
      await app.write(write("s3cret"));
      await app.writeTenant(offboarded);
      await app.remove(key);
      const observed = async () => (await app.observe([gone])).tenants.get("whiterabbit");
      expect(diffAppTenant(offboarded, await observed())).toEqual({ changes: [], unchanged: true });
      await app.writeTenant({ ...offboarded, name: "Another name" });
      expect(await query(domains)).toEqual([]);
      expect((await observed())?.fields).toEqual({ id: tenant().id, name: "Another name", status: "offboarded" });
    });

    test("keeps its domains as long as one record is left, whatever app it is of", async () => {
      const { app, query, open } = await workplace();
      const shop = await open({ app: { name: "shop" } });
      await app.write(write("s3cret"));
      await shop.write(write("s3cret", { key: second, app: "shop" }));
      await app.writeTenant(offboarded);
      await app.remove(key);
      expect(await query(domains)).toHaveLength(1);
      expect((await app.observe([gone])).tenants.get("whiterabbit")?.fields).toHaveProperty("domains");
      await shop.remove(second);
      expect(await query(domains)).toEqual([]);
    });

    test("gives up the domains when it is off-boarded after its last record went", async () => {
      const { app, query } = await workplace();
      await app.write(write("s3cret"));
      await app.remove(key);
      expect(await query(domains)).toHaveLength(1);
      await app.writeTenant(offboarded);
      expect(await query(domains)).toEqual([]);
    });

    test("gets its domains with a new connection of its own, and the plan shows it", async () => {
      const { app, query } = await workplace();
      await app.write(write("s3cret"));
      await app.writeTenant(offboarded);
      await app.remove(key);
      const { tenants } = await app.observe([gone, record({ key: second })]);
      expect(diffAppTenant(tenant(), tenants.get("whiterabbit")).changes).toMatchObject([
        { paths: ["domains", "status"] },
      ]);
      await app.writeTenant(tenant());
      expect(await query(domains)).toHaveLength(1);
    });

    test("keeps domains under a row that is not ours", async () => {
      const { app, query } = await workplace();
      await app.write(write("s3cret"));
      await query("update org set status = 'offboarded', managed_by = null");
      await app.remove(key);
      expect(await query(domains)).toHaveLength(1);
    });
  });

  describe("a record whose tenant's row was deleted", () => {
    const orphan = async () => {
      const place = await workplace();
      await place.app.write(write("s3cret"));
      await place.withoutForeignKeys("delete from org");
      return place;
    };

    test("is not taken for one that is missing", async () => {
      const { app } = await orphan();
      const failure = await failureOf(app.observe([record()]));
      expect(failure.code).toBe("SQL_CORRUPT");
      expect(failure.message).toBe(`The record ${key} has lost the row ${tenant().id} of its tenant.`);
      expect(failure.hint).toContain(tenant().id);
    });

    test("stops nobody else, and is ours still", async () => {
      const { app } = await orphan();
      const found = await app.observe([record({ key: "northwind/portal" as ConnectionKey, tenant: "northwind" })]);
      expect(found.undeclared).toMatchObject([{ key }]);
    });

    test("can be switched off, and needs no row when it is a tombstone", async () => {
      const { app } = await orphan();
      await app.disable(key);
      await app.remove(key);
      expect((await app.observe([gone])).records.get(key)?.state).toBe("tombstone");
    });

    test("of somebody else stays foreign", async () => {
      const { app, query } = await orphan();
      await query("update sso_connection set managed_by = 'other/production'");
      expect((await app.observe([record()])).foreign).toMatchObject([{ key }]);
    });
  });
});
