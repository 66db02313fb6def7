import { type Kysely, sql } from "kysely";
import { TenantryError } from "../../../errors/failure.ts";
import type { SqlMapping } from "../../../workspace/apps/sql-mapping.ts";

/** What kind of values a column of the team's takes. */
export type ColumnKind = "text" | "json" | "flag" | "number";

/** A column of the team's. */
export interface Column {
  readonly kind: ColumnKind;
  readonly nullable: boolean;
  /** The database gives it a value of its own when none is written. */
  readonly filled: boolean;
}

/** What the mapping names, as it is in the database. */
export interface MappedShape {
  readonly mapping: SqlMapping;
  readonly postgres: boolean;
  /** Columns of the table, by name. */
  readonly columns: ReadonlyMap<string, Column>;
}

/**
 * Looks at the tables that the mapping names.
 *
 * @throws TenantryError SQL_MAPPING_MISSING or SQL_MAPPING_UNFIT
 */
export async function mappedShape(
  database: Kysely<never>,
  { app, mapping, name, postgres }: { app: string; mapping: SqlMapping; name: string; postgres: boolean },
): Promise<MappedShape> {
  const at = `apps.${app}.mapping`;
  const columns = await columnsOf(database, mapping.table, postgres);
  expectColumns(name, mapping.table, columns, [
    ...[["table", undefined] as const, ["key.column", mapping.key.column] as const],
    ...Object.entries(mapping.columns).map(([field, column]) => [`columns.${field}`, column] as const),
    ...[["state.column", mapping.state?.column] as const, ["apiKey.column", mapping.apiKey?.column] as const],
    [
      "domains.column",
      mapping.domains !== undefined && "column" in mapping.domains ? mapping.domains.column : undefined,
    ],
  ]);
  if (mapping.domains !== undefined && "table" in mapping.domains) {
    const { table, domain, org } = mapping.domains;
    expectColumns(name, table, await columnsOf(database, table, postgres), [
      ["domains.table", undefined],
      ["domains.domain", domain],
      ["domains.org", org],
    ]);
  }
  const key = columns.get(mapping.key.column);
  if (mapping.key.value !== "database" && key !== undefined && key.kind !== "text") {
    throw new TenantryError(
      "SQL_MAPPING_UNFIT",
      `${name}: ${mapping.table}.${mapping.key.column} (\`${at}.key.column\`) is no text column, and cannot hold ${keyText[mapping.key.value]}.`,
    );
  }
  if (mapping.key.value === "database" && key?.filled === false) {
    throw new TenantryError(
      "SQL_MAPPING_UNFIT",
      `${name}: ${mapping.table}.${mapping.key.column} (\`${at}.key.column\`) gets no value from the database.`,
    );
  }
  return { mapping, postgres, columns };

  function expectColumns(
    where: string,
    table: string,
    there: ReadonlyMap<string, Column>,
    named: readonly (readonly [path: string, column: string | undefined])[],
  ): void {
    const [first] = named;
    if (there.size === 0) {
      throw new TenantryError("SQL_MAPPING_MISSING", `${where} has no table ${table} (\`${at}.${first?.[0] ?? ""}\`).`);
    }
    const gone = named.find(([, column]) => column !== undefined && !there.has(column));
    if (gone === undefined) return;
    throw new TenantryError(
      "SQL_MAPPING_MISSING",
      `${where} has no column ${gone[1]} in ${table} (\`${at}.${gone[0]}\`).`,
    );
  }
}

const keyText = { id: "a public id", tenant: "a slug", connection: "the key of a connection" } as const;

async function columnsOf(
  database: Kysely<never>,
  table: string,
  postgres: boolean,
): Promise<ReadonlyMap<string, Column>> {
  const query = postgres
    ? sql<{ name: string; type: string; required: boolean; filled: boolean }>`
        select a.attname as name, t.typname as type, a.attnotnull as required,
          (a.atthasdef or a.attidentity <> '') as filled
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
          join pg_type t on t.oid = a.atttypid
        where n.nspname = current_schema() and c.relname = ${table} and c.relkind in ('r', 'p')
          and a.attnum > 0 and not a.attisdropped`
    : sql<{ name: string; type: string; required: number; filled: number }>`
        select i.name, i.type, i."notnull" or i.pk > 0 as required,
          i.dflt_value is not null or (i.pk > 0 and upper(i.type) = 'INTEGER') as filled
        from pragma_table_info(${table}) as i`;
  const { rows } = await query.execute(database);
  return new Map(
    rows.map(({ name, type, required, filled }) => [
      name,
      { kind: kindOf(type), nullable: !required, filled: Boolean(filled) },
    ]),
  );
}

function kindOf(type: string): ColumnKind {
  if (/json/i.test(type)) return "json";
  if (/bool/i.test(type)) return "flag";
  return /int|serial|numeric|float|real|double|decimal/i.test(type) ? "number" : "text";
}
