import type { SignIn } from "../../tenant/tenant.ts";
import type { SqlApp } from "../../workspace/apps/sql.ts";
import type { SqlMappedField } from "../../workspace/apps/sql-mapping.ts";
import type { AppFinding, AppKind, AppUse } from "../app-kind.ts";
import { canonicalJson } from "../json.ts";

/** What an app of kind `sql` can express. With a `mapping`, what no column takes is found by the audit. */
export const sqlKind: AppKind<"sql"> = {
  kind: "sql",
  gate: "staged",
  tenantRow: true,
  callback: () => "computed",
  lockScope: () => "record",
  secret: () => "sealed",
  capability: {
    name: { as: "applied", note: "`org.name`" },
    domains: { as: "applied", note: "`org_domain`, proven; `org_domain_claim`, not yet" },
    issuer: { as: "applied", note: "`issuer`" },
    endpoints: { as: "applied", note: "`…_endpoint`, `jwks_uri`" },
    clientId: { as: "applied", note: "`client_id`" },
    clientSecret: { as: "applied", note: "`client_secret`, sealed" },
    clientAuth: { as: "applied", note: "`client_auth`" },
    redirectUri: { as: "applied", note: "`redirect_uri`" },
    scopes: { as: "applied", note: "`scopes`" },
    pkce: { as: "applied", note: "`pkce`" },
    responseMode: { as: "applied", note: "`response_mode`" },
    acrValues: { as: "applied", note: "`acr_values`" },
    extraParams: { as: "applied", note: "`extra_params`" },
    claims: { as: "applied", note: "`claims`" },
    roles: { as: "applied", note: "`roles`" },
    require: { as: "applied", note: "`require`" },
    provision: { as: "applied", note: "`provision`" },
    endSession: { as: "applied", note: "`end_session`" },
    session: { as: "applied", note: "`session`" },
    suspended: { as: "applied", note: "`state`" },
  },
  // What the team's row says is compared as a whole, besides the fields that it holds.
  target: ({ app }) => (app.mapping === undefined ? {} : { row: "as written" }),
  audit: (use) => (use.app.mapping === undefined ? [] : [...withoutColumn(use), ...oneRow(use), ...oneDomain(use)]),
  manualSteps: ({ app, tenant }) => {
    const file = app.mapping?.apiKey?.file.replaceAll("{tenant}", tenant.tenant);
    if (file === undefined) return [];
    const text = `the first apply puts the customer's API key into ${file}, once: hand it over and delete the file`;
    return [{ when: "after", text }];
  },
  unique: () => [],
};

/** Fields that an app without a column for them can only do as everybody does, and where the file says them. */
const defaults: Readonly<
  Partial<Record<SqlMappedField, { readonly path: readonly string[]; readonly value: unknown }>>
> = {
  responseMode: { path: ["responseMode"], value: "query" },
  scopes: { path: ["scopes"], value: ["email", "openid", "profile"] },
  acrValues: { path: ["acrValues"], value: [] },
  extraParams: { path: ["extraParams"], value: {} },
  claims: { path: ["claims"], value: { externalId: "sub", email: "email", displayName: "name" } },
  roles: { path: ["roles"], value: undefined },
  require: { path: ["require"], value: {} },
  provision: { path: ["provision"], value: { create: true, update: true } },
  session: { path: ["session"], value: undefined },
};

function withoutColumn({ app, signIn }: AppUse<SqlApp>): readonly AppFinding[] {
  return Object.entries(defaults).flatMap(([field, { path, value }]): readonly AppFinding[] => {
    if (app.mapping?.columns[field as SqlMappedField] !== undefined) return [];
    const said = signIn[field as keyof SignIn];
    const comparable = field === "scopes" ? [...signIn.scopes].sort() : said;
    if (canonicalJson([comparable ?? null]) === canonicalJson([value ?? null])) return [];
    return [
      {
        in: "signIn",
        path,
        code: "RULE_APP_CANNOT",
        message: `\`${path.join(".")}\` has no column in the table that app \`${app.name}\` maps records to`,
        hint: `name one under \`apps.${app.name}.mapping.columns.${field}\` in tenantry.yaml, or take it out here`,
      },
    ];
  });
}

/** A table whose rows are told apart by the tenant has one row for it. */
function oneRow({ app, tenant, signIn }: AppUse<SqlApp>): readonly AppFinding[] {
  const value = app.mapping?.key.value;
  const others = tenant.connections.filter((other) => other.app === app.name);
  const first = others[0];
  const perTenant = value === "id" || value === "tenant" || app.mapping?.domains !== undefined;
  if (!perTenant || others.length < 2 || first === undefined || first.signIn === signIn.name) return [];
  return [
    {
      in: "entry",
      path: ["app"],
      code: "RULE_APP_CANNOT",
      message: `the table that app \`${app.name}\` maps records to has one row for a tenant, and so room for one sign-in`,
      hint: "leave one of the two connections out",
    },
  ];
}

/** A column takes one domain. */
function oneDomain({ app, tenant }: AppUse<SqlApp>): readonly AppFinding[] {
  const { domains } = app.mapping ?? {};
  if (domains === undefined || !("column" in domains) || tenant.domains.length < 2) return [];
  return [
    {
      in: "tenant",
      path: ["domains"],
      code: "RULE_APP_CANNOT",
      message: `the column \`${domains.column}\` that app \`${app.name}\` maps domains to has room for one`,
      hint: `map them to a table of their own: \`domains: { table: …, domain: …, org: … }\``,
    },
  ];
}
