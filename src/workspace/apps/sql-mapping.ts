import { z } from "zod";

// Records in a table that the team already has: which column takes what.

/** What of a record, and of its tenant, a column can take. In the order of docs. */
export const sqlMappedFields = [
  "tenant",
  "name",
  "issuer",
  "authorizationEndpoint",
  "tokenEndpoint",
  "userinfoEndpoint",
  "jwksUri",
  "endSessionEndpoint",
  "clientId",
  "clientSecret",
  "clientAuth",
  "pkce",
  "responseMode",
  "redirectUri",
  "scopes",
  "acrValues",
  "extraParams",
  "claims",
  "roles",
  "require",
  "provision",
  "endSession",
  "session",
] as const;

export type SqlMappedField = (typeof sqlMappedFields)[number];

/** Where the app finds a tenant's e-mail domains: a column of the row (one domain), or a table (any number). */
export type SqlMappedDomains =
  | { readonly column: string }
  | { readonly table: string; readonly domain: string; readonly org: string };

/** A table of the team's own that records land in, one row for each connection. */
export interface SqlMapping {
  readonly table: string;
  /** The column that tells rows apart, and what stands in it; `database`: the database makes it (a number that counts up). */
  readonly key: { readonly column: string; readonly value: "id" | "tenant" | "connection" | "database" };
  readonly columns: Readonly<Partial<Record<SqlMappedField, string | undefined>>>;
  /** How scopes are written: words with spaces between, or a JSON list. */
  readonly scopes: "words" | "json";
  readonly domains?: SqlMappedDomains | undefined;
  /** A column that says whether the row is on, with its two values. Values are taken out of a row that is off besides. */
  readonly state?: { readonly column: string; readonly on: string; readonly off: string } | undefined;
  /** The column for the SHA-256 of the tenant's API key, and the file that a new key is put into, once. */
  readonly apiKey?: { readonly column: string; readonly file: string } | undefined;
}

/** A table or column, as it is spelt in the database: PostgreSQL cuts what is longer. */
const identifier = z
  .string()
  .min(1, "must name a table or column")
  .refine((text) => Buffer.byteLength(text) <= 63, "must have at most 63 bytes")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\x00-\x1f\x7f]*$/, "must hold no control characters");

const table = identifier.refine((text) => !/^(tenantry_|sqlite_|pg_)/i.test(text), {
  error: "must be a table of the team's own: names with `tenantry_`, `sqlite_` and `pg_` belong to others",
});

export const sqlMapping = z
  .strictObject({
    table,
    key: z.strictObject({
      column: identifier,
      value: z.enum(["id", "tenant", "connection", "database"]).default("id"),
    }),
    columns: z.strictObject({
      ...(Object.fromEntries(sqlMappedFields.map((name) => [name, identifier.optional()])) as Record<
        SqlMappedField,
        z.ZodOptional<typeof identifier>
      >),
      issuer: identifier,
      clientId: identifier,
    }),
    scopes: z.enum(["words", "json"]).default("words"),
    domains: z
      .union(
        [z.strictObject({ column: identifier }), z.strictObject({ table, domain: identifier, org: identifier })],
        "must be `{ column: … }` or `{ table: …, domain: …, org: … }`",
      )
      .optional(),
    state: z.strictObject({ column: identifier, on: z.string().max(100), off: z.string().max(100) }).optional(),
    apiKey: z
      .strictObject({
        column: identifier,
        file: z
          .string()
          .regex(
            /^(?![/~])(?!.*\.\.)[A-Za-z0-9._{}/-]{1,300}$/,
            "must be a path inside the workspace's folder; `{tenant}` is filled in",
          )
          .refine((text) => text.includes("{tenant}"), "must hold `{tenant}`: each tenant has a key of its own")
          .default(".tenantry/api-keys/{tenant}.key"),
      })
      .optional(),
  })
  .refine((mapping) => new Set(usedColumns(mapping)).size === usedColumns(mapping).length, {
    error: "must not name a column twice",
  });

/** Every column of the row that the mapping names. */
function usedColumns(mapping: SqlMapping): readonly string[] {
  const { key, columns, domains, state, apiKey } = mapping;
  const all = [
    key.column,
    ...Object.values(columns),
    domains !== undefined && "column" in domains ? domains.column : undefined,
    state?.column,
    apiKey?.column,
  ];
  return all.filter((column): column is string => column !== undefined);
}
