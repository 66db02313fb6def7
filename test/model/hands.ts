import type { Auth0Client } from "../../sandbox/auth0/model.ts";
import type { OktaApp } from "../../sandbox/okta/model.ts";
import { isOurs } from "../crash/foreign.ts";
import type { AppName } from "../crash/serving.ts";
import type { TestWorkspace } from "../support/workspace.ts";
import { appFile } from "./app-file.ts";

// What others do by hand: to what is ours, and beside it. Everything is looked for by what is there at that moment.

/** Something in the way that no apply can take away; somebody has to. */
export interface Obstacle {
  readonly what: string;
  /** Connections, or tenants, that it is in the way of. */
  readonly of: string;
  mend(): void;
}

/** What one hand did. */
export interface Deed {
  readonly what: string;
  readonly obstacle?: Obstacle;
  /** A connection whose secret has to be handed over again: nothing but a proof can see it. */
  readonly handOver?: string;
  /** A connection that somebody has switched on past every proof. */
  readonly letIn?: string;
}

/** What hands do to a client of ours at its provider. */
export const clientDeeds = [
  "callback taken",
  "callback added",
  "switched off",
  "renamed",
  "secret replaced",
  "secret added",
  "way in taken",
  "way in added",
  "proof changed",
  "deleted",
  "organization emptied",
  "organization renamed",
  "organization deleted",
  "ids forgotten",
  "marker taken",
  "marker doubled",
] as const;
export type ClientDeed = (typeof clientDeeds)[number];

/** What hands do to a record of ours. */
export const recordDeeds = [
  "callback",
  "scopes",
  "client id",
  "endpoint",
  "disabled",
  "pending",
  "let in",
  "secret garbled",
  "deleted",
  "tenant renamed",
  "tenant suspended",
  "domain added",
  "domain taken",
  "claimed",
] as const;
export type RecordDeed = (typeof recordDeeds)[number];

/** What others make beside ours. */
export const besideDeeds = [
  "app with our label",
  "app of staging",
  "client with our name",
  "organization",
  "group",
  "tenant's row",
  "organization of a tenant to come",
  "row of a tenant to come",
  "domain of a tenant to come",
] as const;
export type BesideDeed = (typeof besideDeeds)[number];

const staging = (key: string) => ({
  tenantryWorkspace: "acme",
  tenantryEnvironment: "staging",
  tenantryKey: key,
});

/** The only client with the marker of this key; undefined when there is none, or more than one. */
export function clientOf({ sandbox }: TestWorkspace, key: string): OktaApp | Auth0Client | undefined {
  const { okta, auth0 } = sandbox;
  const apps = okta.apps.filter(({ profile }) => isOurs(profile) && profile?.tenantryKey === key);
  const clients = [...auth0.clients.values()].filter(({ settings: { client_metadata: data } }) => {
    return isOurs(data) && data?.tenantryKey === key;
  });
  const all = [...apps, ...clients];
  return all.length === 1 ? all[0] : undefined;
}

export function isApp(client: OktaApp | Auth0Client): client is OktaApp {
  return "assignments" in client;
}

/** Undefined when it cannot be done here. */
export function toClient(workspace: TestWorkspace, deed: ClientDeed, key: string): Deed | undefined {
  const client = clientOf(workspace, key);
  if (client === undefined) return undefined;
  const done = isApp(client) ? toApp(workspace, deed, key, client) : toAuth0(workspace, deed, key, client);
  return done === undefined ? undefined : { ...done, what: `${key}: ${deed}` };
}

function toApp({ sandbox }: TestWorkspace, deed: ClientDeed, key: string, app: OktaApp): Partial<Deed> | undefined {
  const { okta } = sandbox;
  okta.touch(app);
  const someGroup = okta.groups.find(({ id, type }) => type !== "BUILT_IN" && !app.assignments.has(id));
  switch (deed) {
    case "callback taken":
      app.oauth.redirect_uris = ["https://portal.acme.example/elsewhere"];
      return {};
    case "callback added":
      app.oauth.redirect_uris = [...app.oauth.redirect_uris, "https://elsewhere.acme.example/callback"];
      return {};
    case "switched off":
      app.status = "INACTIVE";
      return {};
    case "renamed":
      app.label = `Somebody's ${app.label}`.slice(0, 90);
      return {};
    case "secret replaced":
      if (app.secrets.length === 0) return undefined;
      okta.replaceSecret(app.id);
      return {};
    case "secret added":
      if (app.secrets.length !== 1) return undefined;
      okta.addSecret(app);
      return {};
    case "way in taken":
      if (app.assignments.size === 0) return undefined;
      app.assignments.clear();
      return {};
    case "way in added":
      if (someGroup === undefined) return undefined;
      okta.assign(app, someGroup);
      return {};
    case "proof changed":
      if (!app.authMethod.startsWith("client_secret")) return undefined;
      app.authMethod = app.authMethod === "client_secret_basic" ? "client_secret_post" : "client_secret_basic";
      return {};
    case "deleted":
      okta.removeApp(app.id);
      return {};
    case "marker taken": {
      const { profile } = app;
      app.profile = staging(key);
      const mend = (): void => {
        if (okta.appById(app.id) !== undefined) app.profile = profile;
      };
      return { obstacle: { what: deed, of: key, mend } };
    }
    case "marker doubled": {
      const { id: _id, clientId: _clientId, secrets: _secrets, ...rest } = app;
      const twin = okta.addApp({ ...structuredClone(rest), clientId: "" });
      return { obstacle: { what: deed, of: key, mend: () => okta.removeApp(twin.id) } };
    }
    default:
      return undefined;
  }
}

function toAuth0(
  { sandbox }: TestWorkspace,
  deed: ClientDeed,
  key: string,
  client: Auth0Client,
): Partial<Deed> | undefined {
  const { auth0 } = sandbox;
  const { settings } = client;
  const tenant = key.slice(0, key.indexOf("/"));
  const organization = auth0.organization(tenant);
  const database = auth0.connection("Username-Password-Authentication");
  switch (deed) {
    case "callback taken":
      settings.callbacks = [];
      return {};
    case "callback added":
      settings.callbacks = [...(settings.callbacks ?? []), "https://elsewhere.acme.example/callback"];
      return {};
    case "switched off":
      settings.grant_types = [];
      return {};
    case "renamed":
      settings.name = `Somebody's ${settings.name}`.slice(0, 90);
      return {};
    case "secret replaced":
      auth0.replaceSecret(client.clientId);
      return { handOver: key };
    case "way in taken":
      for (const connection of auth0.connections.values()) connection.clients.delete(client.clientId);
      return {};
    case "way in added":
      database?.clients.add(client.clientId);
      return {};
    case "proof changed":
      if (settings.client_authentication_methods !== undefined) return undefined;
      settings.token_endpoint_auth_method =
        settings.token_endpoint_auth_method === "client_secret_post" ? "client_secret_basic" : "client_secret_post";
      return {};
    case "deleted":
      auth0.removeClient(client.clientId);
      return {};
    case "organization emptied":
      if (organization === undefined) return undefined;
      organization.connections.clear();
      return {};
    case "organization renamed":
      if (organization === undefined) return undefined;
      organization.displayName = "Somebody else";
      return {};
    case "organization deleted":
      if (organization === undefined) return undefined;
      auth0.removeOrganization(organization.id);
      return {};
    case "ids forgotten":
      if (organization === undefined) return undefined;
      for (const name of Object.keys(organization.metadata)) {
        if (name.startsWith("tenantryClients")) delete organization.metadata[name];
      }
      return {};
    // At Auth0 another client is made then, because the id is Auth0's.
    case "marker taken":
      settings.client_metadata = staging(key);
      return {};
    case "marker doubled": {
      const twin = auth0.addClient({ settings: structuredClone(settings) });
      return { obstacle: { what: deed, of: key, mend: () => auth0.removeClient(twin.clientId) } };
    }
    default:
      return undefined;
  }
}

/** Undefined when it cannot be done here. */
export function toRecord(workspace: TestWorkspace, deed: RecordDeed, app: AppName, key: string): Deed | undefined {
  const db = appFile(workspace, app);
  const row = db.get("select * from sso_connection where key = ?", key);
  const tenant = key.slice(0, key.indexOf("/"));
  if (row === undefined || row.managed_by !== "acme/sandbox" || row.state === "tombstone") return undefined;
  const what = `record of ${key}: ${deed}`;
  const set = (column: string, value: string): Deed => {
    db.run(`update sso_connection set ${column} = ? where key = ?`, value, key);
    return { what };
  };
  switch (deed) {
    case "callback":
      return set("redirect_uri", "https://portal.acme.example/elsewhere");
    case "scopes":
      return set("scopes", '["openid"]');
    case "client id":
      return set("client_id", "elsewhere");
    case "endpoint":
      return set("jwks_uri", `${String(row.jwks_uri)}-elsewhere`);
    case "disabled":
      return set("state", "disabled");
    case "pending":
      return set("state", "pending");
    case "let in":
      return row.state === "active" ? undefined : { ...set("state", "active"), letIn: key };
    case "secret garbled":
      return row.client_secret === null ? undefined : { ...set("client_secret", "garbled"), handOver: key };
    case "deleted":
      db.run("delete from sso_connection where key = ?", key);
      return { what };
    case "tenant renamed":
      db.run("update org set name = 'Somebody else' where tenant = ?", tenant);
      return { what };
    case "tenant suspended":
      db.run("update org set status = 'suspended' where tenant = ?", tenant);
      return { what };
    case "domain added":
      db.run(
        "insert or ignore into org_domain(domain, org_id, verified_at) values (?, ?, null)",
        `by-hand.${tenant}.example`,
        String(row.org_id),
      );
      return { what };
    case "domain taken":
      db.run("delete from org_domain where org_id = ?", String(row.org_id));
      return { what };
    case "claimed": {
      db.run("update sso_connection set managed_by = null where key = ?", key);
      const mend = (): void => db.run("update sso_connection set managed_by = 'acme/sandbox' where key = ?", key);
      return { what, obstacle: { what: deed, of: key, mend } };
    }
    default:
      return deed satisfies never;
  }
}

/**
 * @param name something that nobody had before
 * @param key of ours, that it looks like
 * @param next a tenant that may come
 */
export function beside(
  workspace: TestWorkspace,
  deed: BesideDeed,
  { name, key, next }: { readonly name: string; readonly key: string; readonly next: string },
): Deed | undefined {
  const { okta, auth0 } = workspace.sandbox;
  const payroll = okta.app("Payroll");
  const billing = auth0.client("Billing");
  if (payroll === undefined || billing === undefined) throw new Error("the sandbox has no foreign objects");
  const { id: _id, clientId: _clientId, secrets: _secrets, ...app } = payroll;
  const like = { ...structuredClone(app), clientId: "" };
  const db = appFile(workspace, "portal");
  const now = "2026-01-01T00:00:00.000Z";
  const addRow = (tenant: string): void =>
    db.run("insert into org values (?, ?, 'Somebody else', 'active', null, ?, ?)", `id${name}`, tenant, now, now);
  const what = `somebody's ${deed}`;
  switch (deed) {
    case "app with our label":
      okta.addApp({ ...like, label: key, profile: undefined });
      return { what };
    case "app of staging":
      okta.addApp({ ...like, label: `${key} (staging)`, profile: staging(key) });
      return { what };
    case "client with our name":
      auth0.addClient({
        settings: { ...structuredClone(billing.settings), name: key, client_metadata: staging(key) },
      });
      return { what };
    case "organization":
      auth0.addOrganization(name, { metadata: { owner: "billing" } });
      return { what };
    case "group": {
      const group = `${next}-people`;
      if (okta.group(group) !== undefined) return undefined;
      okta.addGroup(group, "Somebody's");
      return { what };
    }
    case "tenant's row":
      addRow(name);
      db.run("insert into org_domain(domain, org_id, verified_at) values (?, ?, null)", `${name}.example`, `id${name}`);
      return { what };
    case "organization of a tenant to come": {
      if (auth0.organization(next) !== undefined) return undefined;
      const { id } = auth0.addOrganization(next, { metadata: { owner: "billing" } });
      return { what, obstacle: { what: deed, of: next, mend: () => auth0.removeOrganization(id) } };
    }
    case "row of a tenant to come": {
      if (db.get("select id from org where tenant = ?", next) !== undefined) return undefined;
      addRow(next);
      const mend = (): void => db.run("delete from org where id = ?", `id${name}`);
      return { what, obstacle: { what: deed, of: next, mend } };
    }
    case "domain of a tenant to come": {
      const domain = `${next}.example`;
      const known =
        "select domain from org_domain where domain = ? union select domain from org_domain_claim where domain = ?";
      if (db.get(known, domain, domain) !== undefined) return undefined;
      addRow(name);
      db.run("insert into org_domain(domain, org_id, verified_at) values (?, ?, null)", domain, `id${name}`);
      const mend = (): void => db.run("delete from org_domain where domain = ?", domain);
      return { what, obstacle: { what: deed, of: next, mend } };
    }
    default:
      return deed satisfies never;
  }
}
