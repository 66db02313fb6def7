import { describe, expect, test } from "vitest";
import { appTenantFields } from "../../../src/plan/fields.ts";
import { onEachDatabase } from "../../support/postgres.ts";
import { failureOf, record, tenant, type WorkplaceOptions, workplaceOn } from "./workplace.ts";

const rows = "select * from org order by id";
const domains = "select * from org_domain order by domain";

onEachDatabase((kind) => {
  const workplace = (options?: WorkplaceOptions) => workplaceOn(kind, options);

  describe("a tenant's row", () => {
    test("is observed as it was written", async () => {
      const { app } = await workplace();
      const wanted = tenant({ domains: ["b.example", "a.example"], status: "suspended", name: 'It\'s "ü" 🐇' });
      await app.writeTenant(wanted);
      const { tenants } = await app.observe([record()]);
      expect(tenants.get("whiterabbit")).toEqual({
        tenant: "whiterabbit",
        status: "suspended",
        fields: appTenantFields(wanted),
        routed: ["a.example", "b.example"].map((domain) => ({
          ...{ domain, verifiedAt: "2026-11-21T09:00:00.000Z", verification: `tenantry-domain=${domain}` },
        })),
      });
    });

    test("that is as wanted is not touched", async () => {
      const { app, query, forward } = await workplace();
      const before = [await query(rows), await query(domains)];
      forward(1_000);
      await app.writeTenant(tenant());
      expect([await query(rows), await query(domains)]).toEqual(before);
    });

    test("follows the file; what the app knows of a kept domain stays", async () => {
      const { app, query, forward } = await workplace();
      await query("update org_domain set verified_at = '2026-01-01'");
      forward(1_000);
      await app.writeTenant(tenant({ domains: ["whiterabbit.example", "new.example"] }));
      expect(await query(domains)).toMatchObject([
        { domain: "new.example", verified_at: "2026-11-21T09:00:01.000Z" },
        { domain: "whiterabbit.example", verified_at: "2026-01-01" },
      ]);
      expect(await query(rows)).toMatchObject([
        { created_at: "2026-11-21T09:00:00.000Z", updated_at: "2026-11-21T09:00:01.000Z" },
      ]);
      await app.writeTenant(tenant({ domains: [] }));
      expect(await query(domains)).toEqual([]);
    });

    test("does not take a domain from another tenant, and nothing of the write remains", async () => {
      const { app, query } = await workplace();
      const failure = await failureOf(
        app.writeTenant(tenant({ tenant: "northwind", domains: ["new.example", "whiterabbit.example"] })),
      );
      expect(failure.code).toBe("SQL_DOMAIN_TAKEN");
      expect(failure.message).toBe(
        "The domain whiterabbit.example belongs to the tenant whiterabbit (of acme/production).",
      );
      expect(await query(rows)).toHaveLength(1);
      expect(await query(domains)).toHaveLength(1);
    });

    test.each([
      ["of another environment", "'acme/staging'"],
      ["of another workspace", "'other/production'"],
      ["of nobody", "null"],
    ])("%s is never changed", async (_, owner) => {
      const { app, query } = await workplace();
      await query(`update org set managed_by = ${owner}`);
      const before = [await query(rows), await query(domains)];
      const failure = await failureOf(app.writeTenant(tenant({ name: "Other", domains: ["new.example"] })));
      expect(failure.code).toBe("SQL_FOREIGN_TENANT");
      expect([await query(rows), await query(domains)]).toEqual(before);
      const { tenants, foreign } = await app.observe([record()]);
      expect(tenants.size).toBe(0);
      expect(foreign).toMatchObject([{ key: record().key }]);
    });

    test("keeps its id, and an id its tenant", async () => {
      const { app, query } = await workplace();
      const before = await query(rows);
      expect((await failureOf(app.writeTenant(tenant({ id: "another2222222222222" })))).code).toBe("SQL_TENANT_CLASH");
      const other = tenant({ tenant: "northwind", id: tenant().id, domains: [] });
      expect((await failureOf(app.writeTenant(other))).code).toBe("SQL_TENANT_CLASH");
      expect(await query(rows)).toEqual(before);
    });

    test("is read for many tenants at once", async () => {
      const { app } = await workplace();
      const slugs = Array.from({ length: 1_200 }, (_, at) => `t${at}`);
      await app.writeTenant(tenant({ tenant: "t0", domains: [] }));
      await app.writeTenant(tenant({ tenant: "t1199", domains: [] }));
      const { tenants } = await app.observe(slugs.map((slug) => record({ tenant: slug })));
      expect([...tenants.keys()].sort()).toEqual(["t0", "t1199"]);
    });
  });
});
