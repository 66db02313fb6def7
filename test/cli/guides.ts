import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// A workspace with tenants of every kind that a guide differs by.

const workspace = `version: 1
workspace: acme
environment: production
references:
  tenants: ["env:TENANT_{TENANT}__*"]
  hosts: [inline.okta.com]
identityProviders:
  workforce:
    kind: okta
    domain: acme.okta.com
    authorizationServer: default
    engine: direct
    credentials: { clientId: 0oa1tenantryservice0, privateKey: env:OKTA_PRIVATE_KEY }
apps:
  portal:
    kind: sql
    baseUrl: https://portal.acme.example
    callback: /openid/callback/{id}
    start: /openid/start/{id}
    postLogout: [/]
    clientAuth: [client_secret_basic, client_secret_post, private_key_jwt]
    clientKey:
      publicKey:
        kty: EC
        kid: portal-1
        crv: P-256
        x: fUhZTeerrurlov2s37w1Ct-qoWJH93pa4xev3HcmAEU
        y: Jdg35AGWJO1rs79lAkefcUSdyekdSAsNyY7Yg0eKeMU
      privateKey: env:PORTAL_CLIENT_KEY
    database: env:PORTAL_DATABASE_URL
    sealing: { keys: [env:PORTAL_SEALING_KEY] }
  orders:
    kind: sql
    baseUrl: https://orders.acme.example
    callback: /sso/{tenant}/{signIn}
    clientAuth: [client_secret_post]
    database: env:ORDERS_DATABASE_URL
    sealing: { keys: [env:ORDERS_SEALING_KEY] }
  workos:
    kind: workos
    baseUrl: https://app.acme.example
    apiKey: env:WORKOS_API_KEY
store: { url: env:TENANTRY_STORE }
`;

const tenants: Readonly<Record<string, string>> = {
  "draft-co": `tenant: draft-co
id: q5zr8cn3h7wtk2xmv9bd
name: Draft & Co
status: draft
domains: [draft-co.example, second.example]
contacts: [{ role: it, email: it@draft-co.example }]
signIn:
  external: {}
  scopes: [openid, email, profile, groups]
  clientAuth: client_secret_basic
  roles: { claim: groups, map: { portal-admins: admin }, default: member }
connections:
  - app: portal
`,
  keyed: `tenant: keyed
id: c7xv5tq8m2kzw4rhb9nd
name: Keyed
status: active
domains: [keyed.example]
signIn:
  external:
    issuer: https://id.keyed.example/realms/staff
    clientId: acme-portal
  clientAuth: private_key_jwt
  roles: { claim: [realm_access, roles], map: { portal-admin: admin } }
connections:
  - app: portal
`,
  googled: `tenant: googled
id: h8wq3rzk6v2pmx9tnc4d
name: Googled
status: active
domains: [googled.example]
signIn:
  external:
    issuer: https://accounts.google.com
    clientId: 482917365012-q7v3m9x2k5t8w4z6.apps.googleusercontent.com
    clientSecret: env:TENANT_GOOGLED__CLIENT_SECRET
  clientAuth: client_secret_post
  require: { hd: googled.example }
  logout: { endSession: false }
connections:
  - app: portal
`,
  whiterabbit: `tenant: whiterabbit
id: 7vk2m9qhx4rw8t3nbcd5
name: Whiterabbit Foods
status: active
domains: [whiterabbit.example]
signIn:
  idp: workforce
  groups: [whiterabbit-staff]
  clientAuth: client_secret_basic
connections:
  - app: portal
`,
  "inline-co": `tenant: inline-co
id: w2mq7xk9d4tzr6vhc8nb
name: Inline & Co
status: active
domains: [inline-co.example]
signIn:
  okta:
    domain: inline.okta.com
    credentials: { apiToken: env:TENANT_INLINE_CO__OKTA_TOKEN }
  everyone: true
  clientAuth: client_secret_basic
connections:
  - app: portal
`,
  "two-ways": `tenant: two-ways
id: t9kd2wx7v4qmb6zhn8rc
name: Two Ways
status: active
domains: [two-ways.example]
signIns:
  default:
    external:
      issuer: https://id.two-ways.example
      clientId: portal
      clientSecret: env:TENANT_TWO_WAYS__CLIENT_SECRET
    clientAuth: client_secret_basic
  partners:
    external:
      issuer: https://partners.two-ways.example
      clientId: orders
      clientSecret: env:TENANT_TWO_WAYS__PARTNERS_SECRET
    clientAuth: client_secret_post
connections:
  - app: portal
  - app: orders
    signIn: partners
`,
  handed: `tenant: handed
id: m4tz8kq2w9hxc5vbn7rj
name: Handed
status: draft
domains: [handed.example]
signIn:
  external: {}
  clientAuth: client_secret_post
connections:
  - app: workos
`,
};

/** Writes the workspace and all its tenants. */
export function guideWorkspace(root: string): void {
  mkdirSync(join(root, "tenants"), { recursive: true });
  writeFileSync(join(root, "tenantry.yaml"), workspace);
  for (const slug of Object.keys(tenants)) addTenant(root, slug, (text) => text);
}

/** Writes one of the tenants again, changed; throws when the change changes nothing that was there. */
export function addTenant(root: string, slug: string, change: (text: string) => string): void {
  const file = join(root, "tenants", `${slug}.yaml`);
  const text = change(tenants[slug] ?? "");
  writeFileSync(file, text);
  if (readFileSync(file, "utf8") === "") throw new Error(`there is no tenant ${slug}`);
}
