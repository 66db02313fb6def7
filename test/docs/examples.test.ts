import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateSqlApp } from "../../src/app/sql/migrate.ts";
import { runCommand } from "../../src/cli/main.ts";
import { plain } from "../../src/plan/paint.ts";
import { codeBlocks, pageAt } from "./pages.ts";

const folder = mkdtempSync(join(tmpdir(), "tenantry-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the files in the README are valid together", async () => {
  const [workspace, tenant] = codeBlocks(pageAt("README.md")).filter(({ language }) => language === "yaml");
  mkdirSync(join(folder, "tenants"));
  writeFileSync(join(folder, "tenantry.yaml"), workspace?.text ?? "");
  writeFileSync(join(folder, "tenants", "whiterabbit.yaml"), tenant?.text ?? "");
  const out: string[] = [];
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => out.push(text), paint: plain };
  const exit = await runCommand(["validate"], terminal, { environment: {}, cwd: folder, pid: process.pid });
  expect(out.join("")).toBe("1 tenant with 1 connection in production: no issues\n");
  expect(exit).toBe(0);
});

describe("docs/sql.md", () => {
  const page = pageAt("docs/sql.md");
  let database: DatabaseSync;

  beforeAll(async () => {
    const { applied } = await migrateSqlApp("sqlite:portal.db", { root: folder });
    expect(applied.every((name) => page.includes(`\`${name}\``))).toBe(true);
    database = new DatabaseSync(join(folder, "portal.db"));
  });
  afterAll(() => database.close());

  test.each(["docs/sql.md", "README.md"])("the queries of %s run", (path) => {
    const queries = codeBlocks(pageAt(path)).flatMap(({ language, text }) =>
      language === "sql" ? text.split(";").filter((query) => query.trim() !== "") : [],
    );
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) {
      const [, name = ""] = /:(\w+)/.exec(query.replaceAll(/^--.*$/gm, "")) ?? [];
      expect(database.prepare(query).all({ [name]: "whiterabbit.example" })).toEqual([]);
    }
  });

  test("every column of ours is explained", () => {
    const rows = database
      .prepare("select m.name as made, c.name as col from sqlite_master m, pragma_table_info(m.name) c")
      .all()
      .filter(({ made }) => /^(org|org_domain\w*|sso_connection\w*)$/.test(String(made)));
    expect(rows.length).toBeGreaterThan(60);
    expect([...new Set(rows.map(({ col }) => String(col)))].filter((name) => !page.includes(`\`${name}\``))).toEqual(
      [],
    );
    expect([...new Set(rows.map(({ made }) => String(made)))].filter((name) => !page.includes(`\`${name}\``))).toEqual(
      [],
    );
  });
});
