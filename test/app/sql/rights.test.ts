import { expect, onTestFinished, test } from "vitest";
import { migrateSqlApp, pendingSqlMigrations } from "../../../src/app/sql/migrate.ts";
import { openSqlApp } from "../../../src/app/sql/open.ts";
import { createSealer } from "../../../src/secret/seal.ts";
import { codeBlocks, pageAt } from "../../docs/pages.ts";
import { describePostgres, freshName, postgresQuery, postgresUrl } from "../../support/postgres.ts";
import { failureOf, key, proven, record, sealingKey, tenant, write } from "./workplace.ts";

/** The statements of the page's section on rights, in order: before the migration, after it, for who only looks. */
function statements(): readonly string[] {
  const section = pageAt("docs/sql.md").split("### Rights")[1]?.split("###")[0] ?? "";
  return codeBlocks(section)
    .filter((block) => block.language === "pgsql")
    .map((block) => block.text);
}

/** The page's roles and schema, under names that nothing else on the test server has. */
async function place() {
  const names = ["tenantry_migrate", "tenantry_apply", "tenantry_plan", "portal", "sso"];
  const own = new Map(names.map((name) => [name, freshName(name)]));
  const nameOf = (name: string): string => own.get(name) ?? name;
  const run = async (text: string): Promise<void> => {
    const renamed = text.replaceAll(/\b(tenantry_(?:migrate|apply|plan)|portal|sso)\b/g, nameOf);
    await postgresQuery(postgresUrl(), renamed);
  };
  await run("create role portal login password 'PORTAL-PASSWORD'");
  onTestFinished(async () => {
    await run("drop schema sso cascade");
    for (const name of names.slice(0, 4)) await run(`drop role if exists ${name}`);
  });
  const urlOf = (role: string, password: string): string => postgresUrl({ user: nameOf(role), password });
  const app = async (databaseUrl: string, access: "read" | "manage") => {
    const opened = await openSqlApp({
      app: { name: "portal" },
      workspace: "acme",
      environment: "production",
      databaseUrl,
      access,
      sealer: createSealer([sealingKey]),
      clock: () => Date.UTC(2026, 10, 21, 9),
    });
    onTestFinished(() => opened.close());
    return opened;
  };
  return {
    run,
    app,
    nameOf,
    migrate: urlOf("tenantry_migrate", "MIGRATE-PASSWORD"),
    apply: urlOf("tenantry_apply", "APPLY-PASSWORD"),
    plan: urlOf("tenantry_plan", "PLAN-PASSWORD"),
    portal: urlOf("portal", "PORTAL-PASSWORD"),
  };
}

describePostgres("the rights that docs/sql.md grants", () => {
  test("are enough for each, and no more than that", async () => {
    const { run, app, nameOf, migrate, apply, plan, portal } = await place();
    const [before = "", after = "", looking = ""] = statements();
    await run(before);
    const early = await app(apply, "manage");
    expect((await failureOf(early.observe([record()]))).code).toBe("SQL_NOT_MIGRATED");
    expect((await failureOf(migrateSqlApp(apply))).code).toBe("SQL_FORBIDDEN");
    expect((await migrateSqlApp(migrate)).applied).toHaveLength(2);
    const ungranted = await failureOf(early.observe([record()]));
    expect([ungranted.code, ungranted.message]).toEqual([
      "SQL_FORBIDDEN",
      expect.stringContaining("gives this user too few rights (permission denied for table tenantry_migration)"),
    ]);
    await run(after);
    await run(looking);

    const applying = await app(apply, "manage");
    await applying.writeTenant(tenant());
    await applying.write(write("old"));
    await applying.activate(key);
    await applying.write(write("new"));
    await applying.restore(key);
    await applying.write(write("new"));
    await applying.settle(key);
    await applying.writeTenant(tenant({ domains: ["new.example"] }), new Map());
    const moved = tenant({ domains: ["new.example"] });
    await applying.writeTenant(moved, new Map([["new.example", "attested"]]));
    await applying.writeTenant(moved, proven(moved));

    const planning = await app(plan, "read");
    expect((await planning.observe([record()])).records.get(key)?.state).toBe("active");
    expect((await planning.secretOf(key))?.value.reveal()).toBe("new");
    expect(await pendingSqlMigrations(plan)).toEqual([]);
    const bold = await app(plan, "manage");
    expect((await failureOf(bold.disable(key))).code).toBe("SQL_FORBIDDEN");

    const signIn = (text: string) => postgresQuery(portal, text.replaceAll("sso.", `${nameOf("sso")}.`));
    expect(
      await signIn(
        "select c.key from sso.sso_connection_active c join sso.org_domain d on d.org_id = c.org_id where d.domain = 'new.example'",
      ),
    ).toEqual([{ key }]);
    for (const text of [
      "select * from sso.sso_connection",
      "select * from sso.org",
      "delete from sso.org_domain",
      "select * from sso.org_domain_claim",
    ]) {
      await expect(signIn(text)).rejects.toThrow("permission denied");
    }
    await applying.disable(key);
    await applying.writeTenant(tenant({ status: "offboarded" }));
    await applying.remove(key);
  });

  test("fit what the page casts to PostgreSQL's own types", async () => {
    const { run, app, migrate, nameOf } = await place();
    await run(statements()[0] ?? "");
    await migrateSqlApp(migrate);
    const managing = await app(migrate, "manage");
    await managing.writeTenant(tenant());
    await managing.write(write("s3cret"));
    await managing.activate(key);
    const section = (pageAt("docs/sql.md").split("### Types")[1] ?? "").split("\n## ")[0] ?? "";
    const casts = [...section.matchAll(/`([^`]*::[^`]*)`/g)];
    expect(casts.length).toBeGreaterThan(3);
    const columns = casts.map(([, cast], at) => `${cast} as c${at}`).join(", ");
    const [row] = await postgresQuery(migrate, `select ${columns} from ${nameOf("sso")}.sso_connection_active`);
    expect(row).toEqual({
      c0: ["openid", "email", "profile"],
      c1: "email",
      c2: new Date("2026-11-21T09:00:00.000Z"),
      c3: true,
    });
  });
});
