import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AppAdapter, RecordWrite } from "../../../src/app/app.ts";
import { openFileApp } from "../../../src/app/file/open.ts";
import type { GitSight } from "../../../src/app/plain-secret.ts";
import type { AppUse } from "../../../src/desired/app-kind.ts";
import { fileKind } from "../../../src/desired/apps/file.ts";
import type { Address, ConnectionKey, ConnectionRecord, Digest } from "../../../src/desired/connection.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import { type FileApp, fileApp, resolveFileApp } from "../../../src/workspace/apps/file.ts";
import type { Workspace } from "../../../src/workspace/workspace.ts";

export const key = "whiterabbit/legacy" as ConnectionKey;

/** The app as a file would say it, with changes. */
export function fileOf(change: Readonly<Record<string, unknown>> = {}): FileApp {
  const written = fileApp.parse({
    kind: "file",
    baseUrl: "https://legacy.acme.example",
    callback: "/sso/{tenant}/callback",
    path: "sso/{tenant}.json",
    format: "json",
    ...("secretSink" in change ? {} : { plainSecrets: true }),
    ...change,
  });
  return resolveFileApp("legacy", written);
}

/** The write of a connection, as compile and apply would make it. */
export function writeFor(app: FileApp, change: Partial<ConnectionRecord> = {}, secret = "plain-secret-1"): RecordWrite {
  const use = {
    app,
    tenant: { tenant: "whiterabbit", id: "7vk2m9qhx4rw8t3nbcd5" },
    signIn: { name: "default" },
    entry: {},
    environment: "production",
    workspace: "acme",
  } as AppUse<FileApp>;
  const record: ConnectionRecord = {
    address: `app/legacy/record/${key}` as Address,
    app: "legacy",
    kind: "file",
    key,
    marker: { workspace: "acme", environment: "production", key },
    state: "active",
    tenant: "whiterabbit",
    signIn: "default",
    issuer: "https://acme.okta.com/oauth2/default",
    clientId: "0oa1whiterabbit",
    redirectUri: "https://legacy.acme.example/sso/whiterabbit/callback",
    clientAuth: "client_secret_basic",
    pkce: "S256",
    responseMode: "query",
    scopes: ["openid", "email", "profile"],
    acrValues: [],
    extraParams: {},
    claims: { externalId: "sub", email: "email", displayName: "name" },
    require: { hd: "whiterabbit.example" },
    provision: { create: true, update: true },
    endSession: true,
    target: fileKind.target(use),
    ...change,
  };
  return {
    record,
    discovery: {
      issuer: record.issuer,
      authorizationEndpoint: `${record.issuer}/v1/authorize`,
      tokenEndpoint: `${record.issuer}/v1/token`,
      jwksUri: `${record.issuer}/v1/keys`,
    },
    specDigest: "ab".repeat(32) as Digest,
    appTenant: {
      address: "app/legacy/tenant/whiterabbit" as Address,
      app: "legacy",
      tenant: "whiterabbit",
      id: "7vk2m9qhx4rw8t3nbcd5",
      name: "Whiterabbit Foods",
      status: "active",
      domains: ["whiterabbit.example"],
    },
    routed: ["whiterabbit.example"],
    secret: { id: "ocs1", value: new Secret(secret) },
  };
}

/** A workspace's folder of its own. */
export interface FileWorld {
  readonly root: string;
  adapter(app: FileApp): Promise<AppAdapter>;
  read(path: string): string;
  write(path: string, text: string): void;
  mode(path: string): number;
  close(): void;
}

export function openFileWorld(
  options: {
    readonly isIgnored?: ((path: string) => Promise<GitSight>) | undefined;
    readonly environment?: string;
  } = {},
): FileWorld {
  const root = mkdtempSync(join(tmpdir(), "tenantry-file-"));
  const { isIgnored = async () => "ignored" as const, environment = "production" } = options;
  const workspace = { name: "acme", environment, root } as Workspace;
  const sleep = async (): Promise<void> => {};
  return {
    root,
    adapter: (app) =>
      openFileApp({
        ...{ app, workspace, sleep, isIgnored },
        access: "manage",
        network: {},
        limiters: createHostLimiters({ clock: Date.now, sleep }),
        clock: () => Date.parse("2026-11-20T09:00:00Z"),
        resolve: () => {
          throw new Error("nothing is resolved");
        },
        know: () => {},
      }),
    read: (path) => readFileSync(join(root, path), "utf8"),
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    mode: (path) => statSync(join(root, path)).mode & 0o777,
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}
