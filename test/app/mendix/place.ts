import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { AppAdapter, RecordWrite } from "../../../src/app/app.ts";
import { openMendixApp } from "../../../src/app/mendix/open.ts";
import type { AppOpenOptions, KeptValues } from "../../../src/app/open-options.ts";
import type { AppUse } from "../../../src/desired/app-kind.ts";
import { mendixKind } from "../../../src/desired/apps/mendix.ts";
import type { Address, ConnectionKey, ConnectionRecord, Digest } from "../../../src/desired/connection.ts";
import type { Json } from "../../../src/desired/json.ts";
import type { DiscoverySnapshot } from "../../../src/plan/observed.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { MendixEntry } from "../../../src/tenant/apps/mendix.ts";
import type { SignIn } from "../../../src/tenant/tenant.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import type { Network } from "../../../src/vendor/network.ts";
import { type MendixApp, mendixApp, resolveMendixApp } from "../../../src/workspace/apps/mendix.ts";
import type { Reference } from "../../../src/workspace/reference.ts";

/** Everything of a Mendix app in `tenantry.yaml`, as the schema takes it. */
export function appOf(written: Readonly<Record<string, unknown>>): MendixApp {
  const parsed = mendixApp.parse({ kind: "mendix", baseUrl: "https://service.acme.example", ...written });
  return resolveMendixApp("service", parsed);
}

/** What the customers' sign-in says when a file says no more. */
const usual: SignIn = {
  name: "default",
  idp: "workforce",
  scopes: ["openid", "email", "profile"],
  pkce: "S256",
  responseMode: "query",
  acrValues: [],
  extraParams: {},
  claims: { externalId: "sub", email: "email", displayName: "name" },
  require: {},
  provision: { create: true, update: true },
  logout: { endSession: true },
};

/** One entry of `connections:` on an app, as the kind's functions are asked about it. */
export function useOf(
  app: MendixApp,
  entry: MendixEntry = {},
  signIn: Partial<SignIn> = {},
  tenant = "whiterabbit",
): AppUse<MendixApp> {
  const position = { file: `tenants/${tenant}.yaml`, line: 1, column: 1 };
  return {
    app,
    tenant: { tenant, id: tenant.padEnd(20, "2").slice(0, 20) } as AppUse["tenant"],
    signIn: { ...usual, ...signIn },
    entry: { app: app.name, signIn: "default", mendix: entry, position } as AppUse["entry"],
    environment: "production",
    workspace: "acme",
  };
}

const discovery: DiscoverySnapshot = {
  issuer: "https://acme.okta.com",
  authorizationEndpoint: "https://acme.okta.com/oauth2/v1/authorize",
  tokenEndpoint: "https://acme.okta.com/oauth2/v1/token",
  userinfoEndpoint: "https://acme.okta.com/oauth2/v1/userinfo",
  jwksUri: "https://acme.okta.com/oauth2/v1/keys",
  endSessionEndpoint: "https://acme.okta.com/oauth2/v1/logout",
};

/** What is written for an entry. */
export function writeOf(
  app: MendixApp,
  options: {
    readonly entry?: MendixEntry;
    readonly signIn?: Partial<SignIn>;
    readonly tenant?: string;
    readonly secret?: string;
    readonly change?: Partial<ConnectionRecord>;
    readonly discovery?: DiscoverySnapshot;
  } = {},
): RecordWrite {
  const { entry, signIn = {}, tenant = "whiterabbit", secret = "s3cret", change = {} } = options;
  const use = useOf(app, entry, signIn, tenant);
  const merged = use.signIn;
  const key = `${tenant}/service` as ConnectionKey;
  const record: ConnectionRecord = {
    address: `app/service/record/${key}` as Address,
    app: "service",
    kind: "mendix",
    key,
    marker: { workspace: "acme", environment: "production", key },
    state: "active",
    tenant,
    signIn: "default",
    issuer: "https://acme.okta.com",
    clientId: `client-of-${tenant}`,
    redirectUri: app.baseUrl + app.callback,
    clientAuth: merged.clientAuth ?? app.clientAuth[0] ?? "client_secret_basic",
    pkce: merged.pkce,
    responseMode: merged.responseMode,
    scopes: merged.scopes,
    acrValues: merged.acrValues,
    extraParams: merged.extraParams,
    claims: merged.claims,
    roles: merged.roles,
    require: merged.require,
    provision: merged.provision,
    endSession: merged.logout.endSession,
    target: mendixKind.target(use),
    ...change,
  };
  return {
    record,
    discovery: options.discovery ?? discovery,
    specDigest: "ab".repeat(32) as Digest,
    appTenant: {
      address: `app/service/tenant/${tenant}` as Address,
      app: "service",
      tenant,
      id: tenant.padEnd(20, "2").slice(0, 20),
      name: "Whiterabbit Foods",
      status: "active",
      domains: [],
    },
    routed: [],
    ...(record.clientAuth.startsWith("client_secret")
      ? { secret: { id: `ocs-${secret.length}`, value: new Secret(secret) } }
      : {}),
  };
}

/** A store's kept values, which outlive an adapter. */
export function keptInMemory(): KeptValues & { readonly all: Map<string, Json> } {
  const all = new Map<string, Json>();
  return {
    all,
    keep: async (key, values) => {
      all.set(key, values);
    },
    read: async (key) => all.get(key),
    forget: async (key) => {
      all.delete(key);
    },
  };
}

export interface FilePlace {
  readonly root: string;
  readonly app: MendixApp;
  readonly kept: ReturnType<typeof keptInMemory>;
  read(file?: string): string;
  put(text: string, file?: string): void;
  adapter(change?: Partial<AppOpenOptions<MendixApp>>): Promise<AppAdapter>;
}

/** A folder with the file that a carrier names. */
export function placeOf(
  app: MendixApp,
  options: { readonly secrets?: Readonly<Record<string, string>> } = {},
): FilePlace {
  const root = mkdtempSync(join(tmpdir(), "tenantry-mendix-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const kept = keptInMemory();
  const file = app.carrier.kind === "deployApi" ? "" : app.carrier.file;
  return {
    root,
    app,
    kept,
    read: (name = file) => readFileSync(join(root, name), "utf8"),
    put: (text, name = file) => writeFileSync(join(root, name), text),
    async adapter(change = {}) {
      const adapter = await openMendixApp({ ...openOptions(app, root, options.secrets ?? {}), kept, ...change });
      onTestFinished(() => adapter.close());
      return adapter;
    },
  };
}

/** What opening takes, with everything on this machine. */
export function openOptions(
  app: MendixApp,
  root: string,
  secrets: Readonly<Record<string, string>>,
  network: Network = {},
): AppOpenOptions<MendixApp> {
  let ahead = 0;
  const clock = (): number => Date.now() + ahead;
  const sleep = async (milliseconds: number): Promise<void> => {
    ahead += milliseconds;
  };
  return {
    app,
    workspace: { name: "acme", environment: "production", root } as AppOpenOptions["workspace"],
    access: "manage",
    network,
    limiters: createHostLimiters({ clock, sleep }),
    clock,
    sleep,
    resolve: (reference: Reference) => new Secret(secrets[reference.text] ?? ""),
    know: () => {},
    isIgnored: async () => "ignored",
  };
}
