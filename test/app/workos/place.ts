import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority } from "../../../sandbox/authority.ts";
import { Faults } from "../../../sandbox/faults.ts";
import { listen } from "../../../sandbox/server.ts";
import { type Exchange, WorkosApi } from "../../../sandbox/workos/api.ts";
import { type ConnectionState, type OrganizationState, WorkosEnvironment } from "../../../sandbox/workos/state.ts";
import type { AppAdapter, RecordWrite } from "../../../src/app/app.ts";
import { openWorkosApp } from "../../../src/app/workos/open.ts";
import type { AppTenant, ConnectionKey, ConnectionRecord } from "../../../src/desired/connection.ts";
import { TenantryError } from "../../../src/errors/failure.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import type { Network } from "../../../src/vendor/network.ts";
import type { WorkosApp } from "../../../src/workspace/apps/workos.ts";
import type { Workspace } from "../../../src/workspace/workspace.ts";
import { tenant as anyTenant, write } from "../sql/records.ts";

export const key = "whiterabbit/crew" as ConnectionKey;
const apiKey = "sk_test_a-key-of-the-stand-in";
const now = Date.UTC(2026, 10, 21, 9);

const certificates = createAuthority(Date.now());

/** A WorkOS environment behind a real TLS server, and adapters on it. */
export interface WorkosTestPlace {
  readonly environment: WorkosEnvironment;
  readonly api: WorkosApi;
  readonly faults: Faults;
  readonly exchanges: Exchange[];
  /** How WorkOS is reached. */
  readonly network: NonNullable<Network["connect"]>;
  /** Folder of the workspace. */
  readonly root: string;
  /** Waits that were asked for. */
  readonly waits: number[];
  adapter(
    change?: Partial<WorkosApp>,
    owner?: { readonly workspace: string; readonly environment: string },
  ): Promise<AppAdapter>;
  /** The tenant's organization. Throws when there is none. */
  organization(tenant?: string): OrganizationState;
  /** The tenant's connection. Throws when there is none. */
  connection(tenant?: string): ConnectionState;
  close(): Promise<void>;
}

export const workosApp: WorkosApp = {
  ...{ kind: "workos", name: "crew", baseUrl: "https://crew.acme.example", callback: "" },
  ...{ postLogout: [], clientAuth: ["client_secret_basic", "client_secret_post"], secretSink: undefined },
  ...{ connections: "auto", organization: "{tenant}", handOff: undefined },
  apiKey: { scheme: "env", name: "CREW_WORKOS_KEY", text: "env:CREW_WORKOS_KEY" },
};

export async function workosPlace(): Promise<WorkosTestPlace> {
  const authority = await certificates;
  const environment = new WorkosEnvironment(() => now);
  const api = new WorkosApi(environment, apiKey);
  const exchanges: Exchange[] = [];
  api.watch = (exchange) => exchanges.push(exchange);
  const faults = new Faults(() => now);
  const server = await listen({ port: 0, authority, sites: [api.site], faults, clock: () => now, onRequest: () => {} });
  const root = mkdtempSync(join(tmpdir(), "tenantry-workos-"));
  const waits: number[] = [];
  const place: WorkosTestPlace = {
    ...{ environment, api, faults, exchanges, root, waits },
    network: { host: "127.0.0.1", port: server.port, ca: authority.certificate },
    adapter(change = {}, owner = { workspace: "acme", environment: "production" }) {
      let time = now;
      const sleep = async (milliseconds: number): Promise<void> => {
        waits.push(milliseconds);
        time += milliseconds;
      };
      return openWorkosApp({
        app: { ...workosApp, ...change },
        workspace: { name: owner.workspace, environment: owner.environment, root } as Workspace,
        access: "manage",
        network: { connect: place.network },
        limiters: createHostLimiters({ clock: () => time, sleep }),
        ...{ clock: () => now, sleep, know: () => {} },
        resolve: () => new Secret(apiKey),
      });
    },
    organization(slug = "whiterabbit") {
      const found = environment.organizationNamed(slug);
      if (found === undefined) throw new Error(`no organization ${slug}`);
      return found;
    },
    connection(slug = "whiterabbit") {
      const [found] = environment.connectionsOf(place.organization(slug).id);
      if (found === undefined) throw new Error(`no connection of ${slug}`);
      return found;
    },
    async close() {
      await server.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return place;
}

export const tenant = (change: Partial<AppTenant> = {}): AppTenant => anyTenant({ app: "crew", ...change });

/** A write of the tenant's connection. */
export function crewWrite(
  secret: string | undefined = "s3cret-one",
  change: Partial<ConnectionRecord> = {},
): RecordWrite {
  const target = { organization: "whiterabbit", ...change.target };
  const given = {
    key,
    app: "crew",
    kind: "workos",
    redirectUri: `https://callback.invalid/${key}`,
    ...change,
    target,
  } as const;
  return { ...write(secret, given), appTenant: tenant(), routed: [] };
}

export const crewRecord = (change: Partial<ConnectionRecord> = {}): ConnectionRecord => crewWrite("s", change).record;

/** Makes the connection and everything before it, as an apply does; the write has the callback that was handed out. */
export async function live(app: AppAdapter, given: RecordWrite = crewWrite()): Promise<RecordWrite> {
  await app.writeTenant(given.appTenant, new Map(given.routed.map((domain) => [domain, "proven"])));
  const handed = await app.handOut?.(given);
  if (handed === undefined || "waiting" in handed) throw new Error("nothing was handed out");
  const whole = { ...given, record: { ...given.record, redirectUri: handed.redirectUri } };
  await app.write(whole);
  await app.activate(whole.record.key);
  await app.settle(whole.record.key);
  return whole;
}

/** The failure of something that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<TenantryError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TenantryError) return error;
  throw error ?? new Error("it did not fail");
}
