import type { TestWorkspace } from "../support/workspace.ts";

// The folder as the model knows it: what its files say, and how an edit changes them. The files are written from this
// alone; what they come to is told by `compile`, not by the model.

/** `deleted`: off-boarded, and its grace is over. */
export type Status = "draft" | "active" | "suspended" | "offboarded" | "deleted";

/** One tenant's file. */
export interface TenantFile {
  readonly slug: string;
  readonly idp: "okta" | "auth0" | "external";
  readonly status: Status;
  readonly name: string;
  readonly domains: readonly string[];
  readonly orders: boolean;
  /** The connection to the orders app has a status of its own. */
  readonly ordersSuspended: boolean;
  readonly auth: "client_secret_basic" | "client_secret_post" | "private_key_jwt";
  readonly pkce: "S256" | "off";
  readonly offline: boolean;
  readonly displayName: "name" | "nickname";
  /** Which groups (Okta) or connections (Auth0). */
  readonly ways: number;
}

/** All files of the folder that the model changes. */
export interface Folder {
  readonly tenants: readonly TenantFile[];
  /** Which callback the portal has. */
  readonly callback: number;
}

export const callbacks = ["/openid/callback/{id}", "/sso/{id}", "/oidc/{tenant}/answer"] as const;

/** Tenants that may come, in this order. The last two bring an identity provider of their own. */
const slugs = ["otter", "heron", "lynx", "marten", "stoat"] as const;
const external = {
  "northwind-rail": { id: "m4tz8kq2w9hxc5vbn7rj", domain: "northwindrail.example", auth: "client_secret_post" },
  tannberg: { id: "c7xv5tq8m2kzw4rhb9nd", domain: "tannberg.example", auth: "private_key_jwt" },
} as const;

const groups = (slug: string): readonly string[] => [
  "groups: [whiterabbit-staff]",
  "groups: [whiterabbit-admins]",
  "groups: [whiterabbit-staff, whiterabbit-admins]",
  `groups: [{ name: ${slug}-people, create: true }]`,
  "everyone: true",
];

const connections = (slug: string): readonly string[] => [
  `enabledConnections: [${slug}-oidc]`,
  `enabledConnections: [${slug}-saml]`,
  `enabledConnections: [${slug}-oidc, ${slug}-saml]`,
];

/** What an edit of the files is about. */
export const editKinds = [
  "add",
  "status",
  "status",
  "delete",
  "name",
  "domain",
  "domain",
  "move domain",
  "callback",
  "scopes",
  "client authentication",
  "pkce",
  "ways in",
  "ways in",
  "claims",
  "orders",
  "orders status",
  "move",
] as const;

/** An edit; the numbers choose among what is possible. */
export interface Edit {
  readonly kind: (typeof editKinds)[number];
  readonly who: number;
  readonly what: number;
}

/** The folder of a sequence's beginning: so many tenants, one kind after another. */
export function firstFolder(count: number): Folder {
  let folder: Folder = { tenants: [], callback: 0 };
  for (let index = 0; index < count; index += 1)
    folder = edited(folder, { kind: "add", who: index, what: 0 }) ?? folder;
  return folder;
}

/** The folder after the edit; undefined when there is nothing that it could be made on. */
export function edited(folder: Folder, { kind, who, what }: Edit): Folder | undefined {
  if (kind === "add") return withAnother(folder, who, what);
  if (kind === "callback") return { ...folder, callback: other(folder.callback, what, callbacks.length) };
  const living = folder.tenants.filter(({ status }) => status !== "deleted");
  const tenant = living[who % Math.max(1, living.length)];
  if (tenant === undefined) return undefined;
  if (kind === "move domain") return withDomainMoved(folder, tenant, living, what);
  const changed = changedTenant(tenant, kind, what);
  return changed === undefined
    ? undefined
    : { ...folder, tenants: folder.tenants.map((each) => (each === tenant ? changed : each)) };
}

function changedTenant(tenant: TenantFile, kind: Edit["kind"], what: number): TenantFile | undefined {
  const own = tenant.idp !== "external";
  switch (kind) {
    case "status":
      return { ...tenant, status: nextStatus(tenant.status, what) };
    case "delete":
      return tenant.status === "draft" ? undefined : { ...tenant, status: "deleted" };
    case "name":
      return { ...tenant, name: `Customer ${tenant.slug} ${what % 100}` };
    case "domain": {
      const domain = `${tenant.slug}-${what % 2}.example`;
      const others = tenant.domains.filter((each) => each !== domain);
      return { ...tenant, domains: others.length < tenant.domains.length ? others : [...tenant.domains, domain] };
    }
    case "scopes":
      return own ? { ...tenant, offline: !tenant.offline } : undefined;
    case "client authentication": {
      const possible = authsOf(tenant).filter((auth) => auth !== tenant.auth);
      const auth = possible[what % Math.max(1, possible.length)];
      return auth === undefined ? undefined : { ...tenant, auth };
    }
    case "pkce":
      return { ...tenant, pkce: tenant.pkce === "S256" ? "off" : "S256" };
    case "ways in":
      return own ? { ...tenant, ways: other(tenant.ways, what, waysOf(tenant).length) } : undefined;
    case "claims":
      return { ...tenant, displayName: tenant.displayName === "name" ? "nickname" : "name" };
    case "orders":
      // A connection that is there is never just taken out.
      return own && !tenant.orders ? { ...tenant, orders: true, auth: "client_secret_post" } : undefined;
    case "orders status":
      return tenant.orders ? { ...tenant, ordersSuspended: !tenant.ordersSuspended } : undefined;
    case "move": {
      if (!own) return undefined;
      const moved: TenantFile = { ...tenant, idp: tenant.idp === "okta" ? "auth0" : "okta", ways: 0 };
      return authsOf(moved).includes(moved.auth) ? moved : { ...moved, auth: "client_secret_post" };
    }
    default:
      return undefined;
  }
}

function withAnother(folder: Folder, who: number, what: number): Folder | undefined {
  const all = [...slugs, ...Object.keys(external)].filter((slug) => !folder.tenants.some((each) => each.slug === slug));
  const slug = all[who % Math.max(1, all.length)];
  if (slug === undefined) return undefined;
  const theirs = slug in external ? external[slug as keyof typeof external] : undefined;
  const idp =
    theirs === undefined ? (slugs.indexOf(slug as (typeof slugs)[number]) % 2 === 0 ? "okta" : "auth0") : "external";
  const tenant: TenantFile = {
    slug,
    idp,
    status: what % 7 === 6 ? "draft" : "active",
    name: `Customer ${slug}`,
    domains: [theirs?.domain ?? `${slug}.example`],
    orders: idp === "auth0" && what % 2 === 0,
    ordersSuspended: false,
    auth: theirs?.auth ?? (idp === "auth0" ? "client_secret_post" : "client_secret_basic"),
    pkce: "S256",
    offline: false,
    displayName: "name",
    ways: 0,
  };
  return { ...folder, tenants: [...folder.tenants, tenant] };
}

/** A domain of one tenant becomes another's; its first one stays. */
function withDomainMoved(
  folder: Folder,
  to: TenantFile,
  living: readonly TenantFile[],
  what: number,
): Folder | undefined {
  const givers = living.filter((each) => each !== to && each.domains.length > 1);
  const from = givers[what % Math.max(1, givers.length)];
  const domain = from?.domains.at(-1);
  if (from === undefined || domain === undefined) return undefined;
  const tenants = folder.tenants.map((each) => {
    if (each === from) return { ...each, domains: each.domains.filter((one) => one !== domain) };
    return each === to ? { ...each, domains: [...each.domains, domain] } : each;
  });
  return { ...folder, tenants };
}

function nextStatus(status: Status, what: number): Status {
  switch (status) {
    case "active":
      return what % 3 === 2 ? "offboarded" : "suspended";
    case "deleted":
      return "deleted";
    default:
      return "active";
  }
}

function authsOf({ idp, orders, auth }: TenantFile): readonly TenantFile["auth"][] {
  if (idp === "external") return [auth];
  if (orders) return ["client_secret_post"];
  // The portal's key is one that Auth0 does not take.
  return ["client_secret_basic", "client_secret_post", ...(idp === "okta" ? (["private_key_jwt"] as const) : [])];
}

function waysOf({ slug, idp }: TenantFile): readonly string[] {
  return idp === "okta" ? groups(slug) : connections(slug);
}

/** Another number below `count` than this one. */
function other(now: number, what: number, count: number): number {
  return (now + 1 + (what % (count - 1))) % count;
}

/** The public id of a tenant. */
function idOf(slug: string): string {
  if (slug in external) return external[slug as keyof typeof external].id;
  return slug.padEnd(20, "k");
}

/** Makes what the tenants of the model need at the identity providers. */
export function prepareProviders({ sandbox }: TestWorkspace): void {
  for (const slug of slugs) {
    sandbox.auth0.addConnection(`${slug}-oidc`, "oidc");
    sandbox.auth0.addConnection(`${slug}-saml`, "samlp");
  }
  // The customers' admins have registered every callback that the portal may come to have.
  for (const slug of Object.keys(external) as (keyof typeof external)[]) {
    const all = callbacks.map((path) => path.replace("{id}", idOf(slug)).replace("{tenant}", slug));
    for (const { clientId } of sandbox.providers[slug].clients) {
      sandbox.providers[slug].setRedirectUris(
        clientId,
        all.map((path) => `https://portal.acme.example${path}`),
      );
    }
  }
}

/** Writes every file of the folder. `externals` holds the sign-ins of those with a provider of their own. */
export function writeFolder(workspace: TestWorkspace, folder: Folder, externals: ReadonlyMap<string, string>): void {
  workspace.write(
    "tenantry.yaml",
    workspace
      .read("tenantry.yaml")
      .replace(/( portal:\n(?: {4}.*\n)*? {4}callback: ).*/, `$1${callbacks[folder.callback]}`),
  );
  for (const tenant of folder.tenants) {
    workspace.write(`tenants/${tenant.slug}.yaml`, textOf(tenant, externals.get(tenant.slug)));
  }
}

function textOf(tenant: TenantFile, theirs: string | undefined): string {
  const { slug, idp, status } = tenant;
  const source =
    idp === "external"
      ? [theirs ?? ""]
      : [`  idp: ${idp === "okta" ? "workforce" : "customers"}`, `  ${waysOf(tenant)[tenant.ways]}`];
  return [
    `tenant: ${slug}`,
    `id: ${idOf(slug)}`,
    `name: ${tenant.name}`,
    ...(status === "deleted" ? ["status: offboarded", "deleteAfter: 2020-01-31"] : [`status: ${status}`]),
    `domains: [${tenant.domains.join(", ")}]`,
    `contacts: [{ role: it, email: identity@${tenant.domains[0]} }]`,
    "signIn:",
    ...source,
    `  scopes: [openid, email, profile${tenant.offline ? ", offline_access" : ""}]`,
    `  clientAuth: ${tenant.auth}`,
    `  pkce: "${tenant.pkce}"`,
    `  claims: { externalId: sub, email: email, displayName: ${tenant.displayName} }`,
    "connections:",
    "  - app: portal",
    ...(tenant.orders ? [`  - app: orders${tenant.ordersSuspended ? "\n    status: suspended" : ""}`] : []),
    "",
  ].join("\n");
}

/** The lines of a tenant's file that say who its provider is, as the example has them. */
export function providerLines(file: string): string {
  const lines = file.split("\n");
  const from = lines.indexOf("  external:");
  const to = lines.findIndex((line, index) => index > from && !line.startsWith("    "));
  return lines.slice(from, to).join("\n");
}
