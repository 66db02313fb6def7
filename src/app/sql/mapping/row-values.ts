import type { SqlMappedField } from "../../../workspace/apps/sql-mapping.ts";
import type { ConnectionRow, OrgRow } from "../tables.ts";
import type { MappedShape } from "./table-shape.ts";

/** What the row of a record is made from. */
export interface RecordSource {
  readonly record: ConnectionRow;
  readonly org: Pick<OrgRow, "id" | "tenant" | "name" | "status">;
  /** Domains that the app may send here. Sorted. */
  readonly routed: readonly string[];
  readonly apiKeyHash: string | null;
}

/** What is written into a column; texts, and what the database makes of `0` and `1`. */
export type Cell = string | number | null;

/** Whether people may come in by the record: an active one of an active tenant. */
export function isOn({ record, org }: Pick<RecordSource, "record" | "org">): boolean {
  return record.state === "active" && org.status === "active";
}

/**
 * The columns of a record's row, by name. A row that is off has its tenant's name and domains and nothing else: without
 * an issuer an app offers no sign-in, and without a client none would work.
 */
export function rowValues(
  { mapping, columns, postgres }: MappedShape,
  source: RecordSource,
): ReadonlyMap<string, Cell> {
  const on = isOn(source);
  const empty = (column: string): Cell => {
    const { kind, nullable } = columns.get(column) ?? { kind: "text", nullable: true };
    if (nullable) return null;
    return kind === "text" ? "" : kind === "json" ? "{}" : flag(false, kind === "number", postgres);
  };
  const cell = (column: string, value: Cell | boolean): Cell => {
    if (value === null) return empty(column);
    if (typeof value === "boolean") return flag(value, columns.get(column)?.kind === "number", postgres);
    return value;
  };
  const row = new Map<string, Cell>();
  for (const [field, column] of Object.entries(mapping.columns)) {
    if (column === undefined) continue;
    const kept = on || field === "name" || field === "tenant";
    row.set(column, kept ? cell(column, fieldValue(field as SqlMappedField, source, mapping.scopes)) : empty(column));
  }
  if (mapping.domains !== undefined && "column" in mapping.domains) {
    const { column } = mapping.domains;
    const none = columns.get(column)?.nullable === false ? `${source.org.id}.invalid` : null;
    row.set(column, source.routed[0] ?? none);
  }
  if (mapping.state !== undefined) row.set(mapping.state.column, on ? mapping.state.on : mapping.state.off);
  if (mapping.apiKey !== undefined)
    row.set(mapping.apiKey.column, cell(mapping.apiKey.column, on ? source.apiKeyHash : null));
  return row;
}

function flag(value: boolean, number: boolean, postgres: boolean): Cell {
  return postgres && !number ? String(value) : Number(value);
}

function fieldValue(field: SqlMappedField, { record, org }: RecordSource, scopes: "words" | "json"): Cell | boolean {
  switch (field) {
    case "tenant":
      return org.tenant;
    case "name":
      return org.name;
    case "scopes":
      return scopes === "json" ? record.scopes : (JSON.parse(record.scopes) as string[]).join(" ");
    case "endSession":
      return record.end_session === 1;
    default:
      return record[columnOf[field]];
  }
}

/** Our own column of each field that is written as we keep it. */
const columnOf = {
  issuer: "issuer",
  authorizationEndpoint: "authorization_endpoint",
  tokenEndpoint: "token_endpoint",
  userinfoEndpoint: "userinfo_endpoint",
  jwksUri: "jwks_uri",
  endSessionEndpoint: "end_session_endpoint",
  clientId: "client_id",
  clientSecret: "client_secret",
  clientAuth: "client_auth",
  pkce: "pkce",
  responseMode: "response_mode",
  redirectUri: "redirect_uri",
  acrValues: "acr_values",
  extraParams: "extra_params",
  claims: "claims",
  roles: "roles",
  require: "require",
  provision: "provision",
  session: "session",
} as const satisfies Partial<Record<SqlMappedField, keyof ConnectionRow>>;

/** Text of the row's key column; undefined where the database makes it. */
export function rowKeyOf(
  { mapping }: MappedShape,
  { record, org }: Pick<RecordSource, "record" | "org">,
): string | undefined {
  switch (mapping.key.value) {
    case "id":
      return org.id;
    case "tenant":
      return org.tenant;
    case "connection":
      return record.key;
    case "database":
      return undefined;
    default:
      return mapping.key.value satisfies never;
  }
}
