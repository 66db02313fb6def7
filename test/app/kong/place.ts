import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kongAdminHost, kongGatewayHost } from "../../../sandbox/kong/hosts.ts";
import type { AppAdapter, RecordWrite } from "../../../src/app/app.ts";
import { openKongApp } from "../../../src/app/kong/open.ts";
import type { KeptValues } from "../../../src/app/open-options.ts";
import type { AppUse } from "../../../src/desired/app-kind.ts";
import { kongKind } from "../../../src/desired/apps/kong.ts";
import type { Address, ConnectionKey, ConnectionRecord, Digest } from "../../../src/desired/connection.ts";
import type { Json } from "../../../src/desired/json.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { KongEntry } from "../../../src/tenant/apps/kong.ts";
import type { SignIn } from "../../../src/tenant/tenant.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import type { Network } from "../../../src/vendor/network.ts";
import { type KongApp, kongApp, resolveKongApp } from "../../../src/workspace/apps/kong.ts";
import type { Workspace } from "../../../src/workspace/workspace.ts";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";

export { kongGatewayHost };

export const key = "whiterabbit/gateway" as ConnectionKey;

/** The app as a file would say it, with changes. */
export function kong(change: Readonly<Record<string, unknown>> = {}): KongApp {
  const carrier =
    "deck" in change
      ? {}
      : { adminApi: { url: `https://${kongAdminHost}`, token: "env:KONG_ADMIN_TOKEN", propagation: "0s" } };
  const written = kongApp.parse({
    kind: "kong",
    baseUrl: `https://${kongGatewayHost}`,
    callback: "/{tenant}/callback",
    postLogout: ["/goodbye"],
    ...carrier,
    ...change,
  });
  return resolveKongApp("gateway", written);
}

/** The app with decK's file, whose secret comes from a variable. */
export function deckKong(change: Readonly<Record<string, unknown>> = {}): KongApp {
  return kong({
    deck: { file: "kong/sso.yaml", selectTags: ["sso"], lookupTags: { routes: ["app-routes"] } },
    secretReference: { deckEnvironment: "DECK_SSO_{tenant}" },
    ...change,
  });
}

export function signIn(change: Partial<SignIn> = {}): SignIn {
  return {
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
    ...change,
  };
}

export interface WriteOptions {
  readonly entry?: KongEntry;
  readonly signIn?: Partial<SignIn>;
  readonly record?: Partial<ConnectionRecord>;
  readonly secret?: string | undefined;
}

/** A use of the app, as the rules see it. */
export function use(app: KongApp, options: WriteOptions = {}): AppUse<KongApp> {
  return {
    app,
    tenant: { tenant: "whiterabbit", id: "7vk2m9qhx4rw8t3nbcd5" } as AppUse["tenant"],
    signIn: signIn(options.signIn),
    entry: { kong: options.entry ?? { route: "api-whiterabbit" } },
    environment: "production",
    workspace: "acme",
  };
}

/** The write of a connection, as compile and apply would make it. */
export function writeFor(app: KongApp, options: WriteOptions = {}): RecordWrite {
  const signedIn = signIn(options.signIn);
  const record: ConnectionRecord = {
    address: `app/gateway/record/${key}` as Address,
    app: "gateway",
    kind: "kong",
    key,
    marker: { workspace: "acme", environment: "production", key },
    state: "active",
    tenant: "whiterabbit",
    signIn: "default",
    issuer: "https://acme.okta.com",
    clientId: "0oa1whiterabbit",
    redirectUri: `https://${kongGatewayHost}/whiterabbit/callback`,
    clientAuth: "client_secret_basic",
    pkce: signedIn.pkce,
    responseMode: signedIn.responseMode,
    scopes: signedIn.scopes,
    acrValues: signedIn.acrValues,
    extraParams: signedIn.extraParams,
    claims: signedIn.claims,
    roles: signedIn.roles,
    require: signedIn.require,
    provision: signedIn.provision,
    endSession: true,
    session: signedIn.session,
    target: kongKind.target(use(app, options)),
    ...options.record,
  };
  const secret = "secret" in options ? options.secret : "plain-secret-1";
  return {
    record,
    discovery: {
      issuer: record.issuer,
      authorizationEndpoint: `${record.issuer}/oauth2/v1/authorize`,
      tokenEndpoint: `${record.issuer}/oauth2/v1/token`,
      jwksUri: `${record.issuer}/oauth2/v1/keys`,
    },
    specDigest: "ab".repeat(32) as Digest,
    appTenant: {
      address: "app/gateway/tenant/whiterabbit" as Address,
      app: "gateway",
      tenant: "whiterabbit",
      id: "7vk2m9qhx4rw8t3nbcd5",
      name: "Whiterabbit Foods",
      status: "active",
      domains: ["whiterabbit.example"],
    },
    routed: [],
    ...(secret === undefined ? {} : { secret: { id: "first/secret", value: new Secret(secret) } }),
  };
}

/** A gateway of its own, with a folder for decK's file and a place for kept values. */
export interface KongWorld {
  readonly box: TestSandbox;
  readonly root: string;
  readonly keptValues: Map<string, Json>;
  /** Secrets that an adapter has told of. */
  readonly known: string[];
  /** Milliseconds that an adapter has waited. */
  readonly waits: number[];
  /** What the machine's references hold. */
  readonly values: Map<string, string>;
  adapter(app: KongApp): Promise<AppAdapter>;
  deckFile(): string;
  writeDeckFile(text: string): void;
  close(): Promise<void>;
}

/** @param played whether everything goes to the sandbox; otherwise to where the addresses say */
export async function openKongWorld(
  clock: () => number = Date.now,
  played = true,
  onPath: (path: string) => void = () => {},
): Promise<KongWorld> {
  const box = await startTestSandbox({ clock, onRequest: ({ path }) => onPath(path) });
  const root = mkdtempSync(join(tmpdir(), "tenantry-kong-"));
  const keptValues = new Map<string, Json>();
  const kept: KeptValues = {
    keep: async (of, value) => {
      if (!keptValues.has(of)) keptValues.set(of, JSON.parse(JSON.stringify(value)) as Json);
    },
    read: async (of) => keptValues.get(of),
    forget: async (of) => {
      keptValues.delete(of);
    },
  };
  const { host, port, ca, env } = box.sandbox;
  const network: Network = played ? { connect: { host, port, ca } } : {};
  const known: string[] = [];
  const waits: number[] = [];
  const values = new Map(Object.entries(env));
  const sleep = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
  };
  const path = join(root, "kong/sso.yaml");
  return {
    ...{ box, root, keptValues, known, waits, values },
    adapter: (app) =>
      openKongApp({
        app,
        workspace: { name: "acme", environment: "production", root } as Workspace,
        access: "manage",
        network,
        limiters: createHostLimiters({ clock: Date.now, sleep }),
        clock,
        sleep,
        resolve: (reference) => {
          const value = reference.scheme === "env" ? values.get(reference.name) : undefined;
          if (value === undefined) throw new Error(`${reference.text} is not set`);
          return new Secret(value);
        },
        know: (secret) => known.push(secret.reveal()),
        kept,
      }),
    deckFile: () => (existsSync(path) ? readFileSync(path, "utf8") : ""),
    writeDeckFile: (text) => {
      writeFileSync(path, text);
    },
    async close() {
      await box.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A key pair for client assertions, as an app has it. */
export function clientKeyPair(): { readonly publicKey: Json; readonly pem: string } {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = createPublicKey(privateKey).export({ format: "jwk" });
  return {
    publicKey: { ...(jwk as Readonly<Record<string, string>>), kid: "gateway-1" },
    pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
