import type { Auth0Connection } from "../../../sandbox/auth0/model.ts";
import type { JsonObject } from "../../../sandbox/json.ts";
import { auth0Host, managementClientId, type Sandbox, type SandboxOptions } from "../../../sandbox/sandbox.ts";
import type { AppAdapter, RecordWrite } from "../../../src/app/app.ts";
import { openAuth0App } from "../../../src/app/auth0/open.ts";
import type { KeptValues } from "../../../src/app/open-options.ts";
import type { Address, AppTenant, ConnectionKey, ConnectionRecord, Digest } from "../../../src/desired/connection.ts";
import type { Json } from "../../../src/desired/json.ts";
import type { DiscoverySnapshot } from "../../../src/plan/observed.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import type { Auth0App } from "../../../src/workspace/apps/auth0.ts";
import type { Workspace } from "../../../src/workspace/workspace.ts";
import { customers } from "../../idp/auth0/bench.ts";
import { Browser, callback } from "../../sandbox/auth0/browser.ts";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";

/** The company that signs in: the sandbox's provider of Fernhill, at which our Auth0 tenant has a client. */
export const editor = "editor@fernhill.example";
export const key = "fernhill/people" as ConnectionKey;
export const name = "fernhill";

/** Client ids of the platform's applications, and of the one for proofs. */
export const ids = { portal: "P".repeat(32), reports: "R".repeat(32), probe: "Q".repeat(32) };

export const probe = { clientId: ids.probe, redirectUri: "https://probe.acme.example/done" };

export function app(change: Partial<Auth0App> = {}): Auth0App {
  return {
    kind: "auth0",
    name: "people",
    identityProvider: "customers",
    baseUrl: `https://${auth0Host}`,
    callback: "/login/callback",
    postLogout: [],
    clientAuth: ["client_secret_post", "none"],
    connectionName: "{tenant}",
    strategy: "oidc",
    clients: ["Portal"],
    showAsButton: false,
    membership: true,
    ...change,
  };
}

const provider = "https://login.fernhill.example";

export const discovery: DiscoverySnapshot = {
  issuer: provider,
  authorizationEndpoint: `${provider}/oauth2/auth`,
  tokenEndpoint: `${provider}/oauth2/token`,
  userinfoEndpoint: `${provider}/userinfo`,
  jwksUri: `${provider}/.well-known/jwks.json`,
  endSessionEndpoint: `${provider}/oauth2/sessions/logout`,
};

export function tenant(change: Partial<AppTenant> = {}): AppTenant {
  return {
    address: "app/people/tenant/fernhill" as Address,
    app: "people",
    tenant: "fernhill",
    id: "w2mq7xk9d4tzr6vhc8nb",
    name: "Fernhill Media",
    status: "active",
    domains: ["fernhill.example"],
    ...change,
  };
}

const defaultTarget = {
  name,
  strategy: "oidc",
  channel: "back",
  displayName: "Fernhill Media",
  showAsButton: false,
  icon: null,
  clients: ["Portal"],
  homeRealm: true,
  membership: true,
  claimsFrom: "idToken",
} satisfies Record<string, Json>;

export function record(
  change: Partial<ConnectionRecord> = {},
  target: Readonly<Record<string, Json>> = {},
): ConnectionRecord {
  const of = change.key ?? key;
  return {
    address: `app/people/record/${of}` as Address,
    app: "people",
    kind: "auth0",
    key: of,
    marker: { workspace: "acme", environment: "sandbox", key: of },
    state: "active",
    tenant: "fernhill",
    signIn: "default",
    issuer: discovery.issuer,
    clientId: "acme-auth0",
    redirectUri: `https://${auth0Host}/login/callback`,
    clientAuth: "client_secret_post",
    pkce: "S256",
    responseMode: "query",
    scopes: ["openid", "email", "profile"],
    acrValues: [],
    extraParams: {},
    claims: { externalId: "sub", email: "email", displayName: "name" },
    require: {},
    provision: { create: true, update: true },
    endSession: true,
    target: { ...defaultTarget, ...target },
    ...change,
  };
}

export interface Bench {
  readonly test: TestSandbox;
  readonly sandbox: Sandbox;
  /** What adapters keep for later runs. */
  readonly kept: Map<string, Json>;
  adapter(change?: Partial<Auth0App>, access?: "read" | "manage", environment?: string): Promise<AppAdapter>;
  /** A write of the record, with the secret that the provider has for our Auth0 tenant. */
  write(change?: Partial<ConnectionRecord>, target?: Readonly<Record<string, Json>>): RecordWrite;
  /** Takes a write the whole way. */
  live(adapter: AppAdapter, write?: RecordWrite): Promise<RecordWrite>;
  connection(called?: string): Auth0Connection | undefined;
  options(called?: string): JsonObject;
  /** Whether somebody of Fernhill comes in at an application by our connection. */
  visit(clientId?: string, called?: string): Promise<"in" | "out">;
  /** The management calls while something is done, as `METHOD path`, ids shortened. */
  callsOf(work: () => Promise<unknown>): Promise<readonly string[]>;
  /** Puts the Auth0 tenant back to how it was seeded, with three applications. */
  reset(): void;
  close(): Promise<void>;
}

export async function startBench(options: Omit<SandboxOptions, "dir" | "port"> = {}): Promise<Bench> {
  let ahead = 0;
  const clock = () => Date.now() + ahead;
  const test = await startTestSandbox({ ...options, clock });
  const { sandbox } = test;
  const { auth0 } = sandbox;
  const seeded = {
    clients: new Set(auth0.clients.keys()),
    organizations: new Set(auth0.organizations.keys()),
    connections: new Set(auth0.connections.keys()),
  };
  const open: AppAdapter[] = [];
  const kept = new Map<string, Json>();
  const keeps: KeptValues = {
    async keep(of, values) {
      kept.set(of, values);
    },
    read: async (of) => kept.get(of),
    async forget(of) {
      kept.delete(of);
    },
  };
  const sleep = async (milliseconds: number) => {
    ahead += milliseconds;
  };
  const settings = (called: string, at: string): JsonObject => ({
    ...auth0.clients.get(managementClientId)?.settings,
    name: called,
    app_type: "regular_web",
    callbacks: [at],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "client_secret_post",
    organization_usage: "allow",
  });
  const addClients = () => {
    auth0.addClient({ clientId: ids.portal, settings: settings("Portal", callback) as never });
    auth0.addClient({ clientId: ids.reports, settings: settings("Reports", callback) as never });
    auth0.addClient({ clientId: ids.probe, settings: settings("Trials", probe.redirectUri) as never });
  };
  addClients();
  const connection = (called = name) => auth0.connection(called);
  const bench: Bench = {
    ...{ test, sandbox, kept, connection },
    async adapter(change = {}, access = "manage", environment = "sandbox") {
      const adapter = await openAuth0App({
        app: app(change),
        workspace: {
          ...{ name: "acme", environment },
          identityProviders: new Map([["customers", customers]]),
        } as unknown as Workspace,
        access,
        network: { connect: { host: sandbox.host, port: sandbox.port, ca: sandbox.ca } },
        limiters: createHostLimiters({ clock, sleep }),
        ...{ clock, sleep },
        resolve: () => new Secret(sandbox.env.AUTH0_MANAGEMENT_SECRET ?? ""),
        know: () => undefined,
        kept: keeps,
      });
      open.push(adapter);
      return adapter;
    },
    write(change = {}, target = {}) {
      const wanted = record(change, target);
      const secret = sandbox.providers.fernhill.client("acme-auth0")?.secret ?? "";
      return {
        record: wanted,
        discovery,
        specDigest: "ab".repeat(32) as Digest,
        appTenant: tenant(),
        routed: ["fernhill.example"],
        ...(wanted.clientAuth === "none" ? {} : { secret: { id: "first", value: new Secret(secret) } }),
      };
    },
    async live(adapter, write = bench.write()) {
      await adapter.writeTenant(write.appTenant, new Map(write.routed.map((domain) => [domain, "proven"])));
      await adapter.write(write);
      await adapter.activate(write.record.key);
      await adapter.settle(write.record.key);
      return write;
    },
    options: (called = name) => (connection(called)?.settings.options ?? {}) as JsonObject,
    async visit(clientId = ids.portal, called = name) {
      const redirectUri = clientId === ids.probe ? probe.redirectUri : callback;
      const query = new URLSearchParams({
        ...{ client_id: clientId, redirect_uri: redirectUri, response_type: "code", scope: "openid email" },
        ...{ state: "state-0123456789abcdef", nonce: "n", connection: called },
        ...{ code_challenge: "c".repeat(43), code_challenge_method: "S256" },
      });
      const back = await new Browser(test).signIn(query.toString(), editor).catch(() => undefined);
      return back?.searchParams.get("code") == null ? "out" : "in";
    },
    async callsOf(work) {
      const before = auth0.requests.entries.length;
      await work();
      return auth0.requests.entries
        .slice(before)
        .filter(({ path }) => path.startsWith("/api/v2/"))
        .map(({ method, path }) => `${method} ${path.replace("/api/v2/", "")}`)
        .map((call) => call.replaceAll(/(?<=clients\/)\w{32}/g, "CLIENT").replaceAll(/(con|org|ord)_\w+/g, "$1"));
    },
    reset() {
      for (const id of auth0.clients.keys()) if (!seeded.clients.has(id)) auth0.removeClient(id);
      for (const id of auth0.organizations.keys()) if (!seeded.organizations.has(id)) auth0.removeOrganization(id);
      for (const id of auth0.connections.keys()) if (!seeded.connections.has(id)) auth0.removeConnection(id);
      sandbox.faults.clear();
      kept.clear();
      addClients();
    },
    async close() {
      for (const adapter of open) await adapter.close();
      await test.close();
    },
  };
  return bench;
}
