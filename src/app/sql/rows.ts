import { z } from "zod";
import { TenantryError } from "../../errors/failure.ts";
import type { TenantStatus } from "../../tenant/tenant.ts";
import type { ConnectionRow, OrgRow } from "./tables.ts";

// Rows are outside data: other programs and people write to the same database. Columns of theirs are left out.

const text = z.string();
const maybe = z.string().nullable();

const org = z.object({
  id: text,
  tenant: text,
  name: text,
  status: z.enum(["draft", "active", "suspended", "offboarded"]),
  managed_by: maybe,
  created_at: text,
  updated_at: text,
});

const connection = z.object({
  key: text,
  app: text,
  org_id: text,
  sign_in: text,
  state: z.enum(["pending", "active", "disabled", "tombstone"]),
  issuer: text,
  authorization_endpoint: text,
  token_endpoint: text,
  userinfo_endpoint: maybe,
  jwks_uri: text,
  end_session_endpoint: maybe,
  client_id: text,
  client_secret: maybe,
  client_secret_id: maybe,
  client_auth: text,
  pkce: text,
  response_mode: text,
  redirect_uri: text,
  scopes: text,
  acr_values: text,
  extra_params: text,
  claims: text,
  roles: maybe,
  require: text,
  provision: text,
  end_session: z.number(),
  session: maybe,
  spec_digest: text,
  managed_by: maybe,
  created_at: text,
  updated_at: text,
  activated_at: maybe,
});

/** @throws TenantryError SQL_CORRUPT naming the tenant and the column. */
export function readOrg(row: OrgRow): OrgRow & { readonly status: TenantStatus } {
  return parse(org, row, `The row of the tenant ${row.tenant}`);
}

/** @throws TenantryError SQL_CORRUPT naming the key and the column. */
export function readConnection(row: ConnectionRow): ConnectionRow {
  return parse(connection, row, `The record ${row.key}`);
}

function parse<T>(schema: z.ZodType<T>, row: unknown, what: string): T {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  const column = result.error.issues[0]?.path.join(".") ?? "";
  throw new TenantryError("SQL_CORRUPT", `${what} cannot be read: the column ${column} has an unexpected value.`, {
    cause: result.error,
  });
}
