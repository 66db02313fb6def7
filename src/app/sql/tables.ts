/**
 * Tables in the app's database. Dates are ISO 8601 in UTC, lists and maps are JSON text. Columns that the team adds are
 * never touched.
 */
export interface AppTables {
  org: OrgRow;
  org_domain: OrgDomainRow;
  org_domain_claim: { domain: string; org_id: string; created_at: string };
  sso_connection: ConnectionRow;
  sso_connection_previous: ConnectionRow & { kept_at: string };
  tenantry_row: MappedRow;
  tenantry_migration: { name: string; timestamp: string };
}

/** Which row of a table of the team's a record has. */
export interface MappedRow {
  key: string;
  table_name: string;
  /** What stands in the row's key column, as text. */
  row_key: string;
  /** JSON list of the domains that we put into the team's table of domains. */
  domains: string;
  /** SHA-256 of the API key, hexadecimal; null before there is one. */
  api_key_hash: string | null;
  created_at: string;
}

/** Tables that an operation may write, in the order in which they are locked. */
export const writtenTables = [
  "org",
  "org_domain",
  "org_domain_claim",
  "sso_connection",
  "sso_connection_previous",
] as const;

export interface OrgRow {
  /** Public id of the tenant. */
  id: string;
  tenant: string;
  name: string;
  status: string;
  /** `<workspace>/<environment>`; null for a row of the team's own. */
  managed_by: string | null;
  created_at: string;
  updated_at: string;
}

/** A domain that the app routes. One that nobody has proven stands in `org_domain_claim` instead. */
interface OrgDomainRow {
  /** Lower case, A-labels. */
  domain: string;
  org_id: string;
  /** When it was proven or attested first; null for one that was routed before there were proofs. */
  verified_at: string | null;
  /** The value of the DNS record that proved it; `attested`; or `kept` where it was routed before. */
  verification: string;
}

export interface ConnectionRow {
  key: string;
  app: string;
  org_id: string;
  sign_in: string;
  state: "pending" | "active" | "disabled" | "tombstone";
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  userinfo_endpoint: string | null;
  jwks_uri: string;
  end_session_endpoint: string | null;
  client_id: string;
  /** Envelope (see secret/envelope.ts), sealed for `sso_connection`, the key and `client_secret`. */
  client_secret: string | null;
  client_secret_id: string | null;
  client_auth: string;
  pkce: string;
  response_mode: string;
  redirect_uri: string;
  scopes: string;
  acr_values: string;
  extra_params: string;
  claims: string;
  roles: string | null;
  require: string;
  provision: string;
  /** 0 or 1. */
  end_session: number;
  session: string | null;
  spec_digest: string;
  /** `<workspace>/<environment>`; null for a row of the team's own. */
  managed_by: string | null;
  created_at: string;
  updated_at: string;
  activated_at: string | null;
}

/** What a proof and a sign-in depend on: every column but state, owner and times. */
export type ConnectionValues = Omit<
  ConnectionRow,
  "state" | "managed_by" | "created_at" | "updated_at" | "activated_at"
>;

const columns: Readonly<Record<keyof ConnectionRow, true>> = {
  key: true,
  app: true,
  org_id: true,
  sign_in: true,
  state: true,
  issuer: true,
  authorization_endpoint: true,
  token_endpoint: true,
  userinfo_endpoint: true,
  jwks_uri: true,
  end_session_endpoint: true,
  client_id: true,
  client_secret: true,
  client_secret_id: true,
  client_auth: true,
  pkce: true,
  response_mode: true,
  redirect_uri: true,
  scopes: true,
  acr_values: true,
  extra_params: true,
  claims: true,
  roles: true,
  require: true,
  provision: true,
  end_session: true,
  session: true,
  spec_digest: true,
  managed_by: true,
  created_at: true,
  updated_at: true,
  activated_at: true,
};

/** Our columns of `sso_connection`, in order. */
export const connectionColumns = Object.keys(columns) as readonly (keyof ConnectionRow)[];
