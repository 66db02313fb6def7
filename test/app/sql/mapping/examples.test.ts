import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { migrateSqlApp } from "../../../../src/app/sql/migrate.ts";
import { onEachDatabase } from "../../../support/postgres.ts";
import { databaseUrlOn, queryOn } from "../workplace.ts";
import { prismaFile, prismaModels } from "./prisma.ts";

const sets = [
  { name: "tables", mapped: false },
  { name: "mapped-tables", mapped: true },
];

function sqlFile(name: string): readonly string[] {
  const path = fileURLToPath(new URL(`../../../../docs/examples/${name}.sql`, import.meta.url));
  const text = readFileSync(path, "utf8").replaceAll(/^--.*\n/gm, "");
  return text.split(";\n").filter((statement) => statement.trim() !== "");
}

const inSqlite = `select m.name as made, c.name as col, c.type, c."notnull" as required, c.pk, c.dflt_value as filled
  from sqlite_master m, pragma_table_info(m.name) c order by m.name, c.cid`;
const inPostgres = `select table_name as made, column_name as col, data_type as type, is_nullable as required, column_default as filled
  from information_schema.columns where table_schema = current_schema() order by table_name, ordinal_position`;
const rules = `select c.relname, pg_get_constraintdef(o.oid) as def from pg_constraint o join pg_class c on c.oid = o.conrelid
  join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and o.contype <> 'n' order by 1, 2`;

onEachDatabase((kind) => {
  test.each(sets)("docs/examples/$name.sql makes what `tenantry migrate` makes", async ({ name, mapped }) => {
    const [migrated, written] = [await databaseUrlOn(kind), await databaseUrlOn(kind)];
    await migrateSqlApp(migrated, { mapped });
    if (kind === "sqlite") (await import("node:fs")).writeFileSync(written.slice("sqlite:".length), "");
    for (const statement of sqlFile(name)) await queryOn(written, statement);
    const columns = kind === "sqlite" ? inSqlite : inPostgres;
    const made = await queryOn(migrated, columns);
    expect(made.length).toBeGreaterThan(60);
    // A column that came with a later migration stands last.
    const sorted = (rows: readonly Record<string, unknown>[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(await queryOn(written, columns))).toEqual(sorted(made));
    if (kind === "postgres") expect(await queryOn(written, rules)).toEqual(await queryOn(migrated, rules));
  });
});

describe("Prisma", () => {
  test.each(sets)("docs/examples/$name.prisma knows every table, column and key of ours", async ({ name, mapped }) => {
    const url = await databaseUrlOn("sqlite");
    await migrateSqlApp(url, { mapped });
    const rows = await queryOn(
      url,
      `select m.name as made, c.name as col, c.type, c."notnull" as required, c.pk from sqlite_master m, pragma_table_info(m.name) c
        where m.type = 'table' order by m.name, c.cid`,
    );
    const models = prismaModels(prismaFile(`${name}.prisma`));
    const described = models.flatMap((model) =>
      model.columns.map((column) => ({
        made: model.name,
        col: column.name,
        type: column.type.startsWith("Int") ? "Int" : "String",
        optional: column.optional,
        id: column.id,
      })),
    );
    const found = rows.map(({ made, col, type, required, pk }) => ({
      ...{ made, col, type: /int/i.test(String(type)) ? "Int" : "String" },
      ...{ optional: required === 0, id: pk === 1 },
    }));
    const text = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).sort();
    expect(text(described)).toEqual(text(found));
    const uniques = await queryOn(
      url,
      "select m.name as made, i.name from sqlite_master m, pragma_index_list(m.name) i where i.origin = 'u'",
    );
    const told = models.flatMap(({ columns, uniques: pairs }) => [...columns.filter(({ unique }) => unique), ...pairs]);
    expect(told).toHaveLength(uniques.length);
  });

  test("the workshop's model is one that a person is kept by organization and sub in (A20)", () => {
    const user = prismaModels(prismaFile("workshop.prisma")).find(({ name }) => name === "User");
    expect(user?.uniques).toEqual([["orgId", "externalId"]]);
    expect(user?.columns.find(({ name }) => name === "email")?.unique).toBe(false);
    expect(user?.columns.find(({ name }) => name === "password")?.optional).toBe(true);
  });
});
