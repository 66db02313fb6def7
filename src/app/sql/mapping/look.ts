import { sql, type Transaction } from "kysely";
import { canonicalJson, type Json } from "../../../desired/json.ts";
import type { Fields, ObservedRecord } from "../../../plan/observed.ts";
import type { SqlMappedField } from "../../../workspace/apps/sql-mapping.ts";
import type { RecordObservation } from "../../app.ts";
import type { AppTables } from "../tables.ts";
import { type Landed, sourcesOf } from "./landing.ts";
import { type Cell, isOn, rowValues } from "./row-values.ts";
import type { MappedShape } from "./table-shape.ts";

/** What `sql.row` says of a row that is as we wrote it. */
const asWritten = "as written";

/** How many rows are asked for at a time. */
const chunk = 500;

interface LookContext {
  readonly database: Transaction<AppTables>;
  readonly app: string;
  readonly marker: string;
  readonly shape: MappedShape;
}

type Row = Readonly<Record<string, string | null>>;

/** What was observed of our own tables, with what the team's table says where that is something else. */
export async function withRows(context: LookContext, observation: RecordObservation): Promise<RecordObservation> {
  const tenants = [...new Set([...observation.records.keys()].map((key) => key.slice(0, key.indexOf("/"))))];
  const landed: Landed[] = [];
  for (let from = 0; from < tenants.length; from += chunk) {
    landed.push(...(await sourcesOf(context, tenants.slice(from, from + chunk))));
  }
  const rows = await rowsOf(
    context,
    landed.flatMap(({ link }) => (link === undefined ? [] : [link.row_key])),
  );
  const byKey = new Map(landed.map((one) => [one.source.record.key, one]));
  const records = new Map(observation.records);
  for (const [key, record] of records) {
    const one = byKey.get(key);
    if (one !== undefined) records.set(key, withRow(context.shape, record, one, rows.get(one.link?.row_key ?? "")));
  }
  return { ...observation, records };
}

/** The rows of these keys, every mapped column as text. */
async function rowsOf({ database, shape }: LookContext, keys: readonly string[]): Promise<ReadonlyMap<string, Row>> {
  const { mapping, columns } = shape;
  const named = [...rowColumns(shape)].filter((column) => columns.has(column));
  const cells = named.map((column, at) => sql`cast(${sql.id(column)} as text) as ${sql.id(`c${at}`)}`);
  const found = new Map<string, Row>();
  for (let from = 0; from < keys.length; from += chunk) {
    const { rows } = await sql<Record<string, string | null>>`
      select cast(${sql.id(mapping.key.column)} as text) as key, ${sql.join(cells)} from ${sql.id(mapping.table)}
      where cast(${sql.id(mapping.key.column)} as text) in (${sql.join(keys.slice(from, from + chunk))})`.execute(
      database,
    );
    for (const row of rows) {
      found.set(String(row.key), Object.fromEntries(named.map((column, at) => [column, row[`c${at}`] ?? null])));
    }
  }
  return found;
}

function rowColumns({ mapping }: MappedShape): ReadonlySet<string> {
  const { columns, domains, state, apiKey } = mapping;
  const all = [
    ...Object.values(columns),
    domains !== undefined && "column" in domains ? domains.column : undefined,
    ...[state?.column, apiKey?.column],
  ];
  return new Set(all.filter((column) => column !== undefined));
}

function withRow(shape: MappedShape, record: ObservedRecord, one: Landed, row: Row | undefined): ObservedRecord {
  const told = (text: string): ObservedRecord => ({ ...record, fields: { ...record.fields, "sql.row": text } });
  if (row === undefined) return told("gone");
  const wanted = rowValues(shape, one.source);
  const changed = [...wanted].filter(([column, value]) => !isSame(shape, column, value, row[column] ?? null));
  const { apiKey } = shape.mapping;
  if (apiKey !== undefined && isOn(one.source) && one.source.apiKeyHash === null) return told("without an API key");
  if (changed.length === 0) return told(asWritten);
  const names = changed.map(([column]) => column);
  const fields: Record<string, Json> = { ...record.fields };
  if (isOn(one.source)) {
    for (const [field, column] of Object.entries(shape.mapping.columns)) {
      if (column === undefined || !names.includes(column)) continue;
      const value = modelValue(field as SqlMappedField, row[column] ?? null);
      if (value !== undefined && field in record.fields) fields[field] = value;
    }
  }
  return { ...record, fields: { ...(fields as Fields), "sql.row": `changed in ${names.sort().join(", ")}` } };
}

function isSame({ columns }: MappedShape, column: string, wanted: Cell, there: string | null): boolean {
  if (wanted === null || there === null) return wanted === there;
  const kind = columns.get(column)?.kind ?? "text";
  if (kind === "json") return canonical(String(wanted)) === canonical(there);
  if (kind === "flag") return isTrue(String(wanted)) === isTrue(there);
  return String(wanted) === there;
}

function canonical(text: string): string {
  try {
    return canonicalJson(JSON.parse(text));
  } catch {
    return text;
  }
}

function isTrue(text: string): boolean {
  return text === "true" || text === "t" || text === "1";
}

/** A column's text in the words of the model; undefined for what is no field of a record. */
function modelValue(field: SqlMappedField, text: string | null): Json | undefined {
  switch (field) {
    case "tenant":
    case "name":
    case "clientSecret":
      return undefined;
    case "endSession":
      return isTrue(text ?? "");
    case "scopes":
      return text === null ? null : text.startsWith("[") ? parsed(text) : text.split(" ");
    case "acrValues":
    case "extraParams":
    case "claims":
    case "roles":
    case "require":
    case "provision":
    case "session":
      return text === null ? null : parsed(text);
    default:
      return text;
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
