import { pid } from "node:process";
import { TenantryError } from "../src/errors/failure.ts";
import { createAdminSite, looksOn } from "./admin.ts";
import type { RequestMoment } from "./answering.ts";
import type { Auth0Tenant } from "./auth0/tenant.ts";
import { createAuthority } from "./authority.ts";
import type { SandboxBug } from "./bug.ts";
import { type DataFolder, occupy, openDataFolder, vacate, writeState } from "./data-folder.ts";
import { seededProofs } from "./dns/seed.ts";
import { DnsZone } from "./dns/zone.ts";
import { answerProviderCall } from "./external/admin.ts";
import type { Customers } from "./external/customers.ts";
import { Faults } from "./faults.ts";
import { type FleetMember, rollOut } from "./fleet.ts";
import { checkFolder, removeReady, takeFolder, writeReady, writeValues } from "./folder.ts";
import { InnerCalls } from "./inner-call.ts";
import { Misbehaviours } from "./misbehave/misbehaviours.ts";
import type { OktaOrg } from "./okta/org.ts";
import { answerPage } from "./page/page.ts";
import { answerAppCall, createApps, type PlayedApps } from "./portal/apps.ts";
import { randomToken } from "./random.ts";
import type { RatePlans } from "./rate-plans.ts";
import { type RequestEntry, RequestLog } from "./request-log.ts";
import { Saver } from "./saver.ts";
import { listen, type SandboxServer } from "./server.ts";
import type { Site } from "./site.ts";
import { createStandIns, type StandIn, type StandIns } from "./stand-ins.ts";
import { newWorld, openWorld, sitesOf, type World, type WorldSurroundings } from "./world.ts";
import { withWorldExchange } from "./world-api.ts";
import { readWorld, writeWorld } from "./world-document.ts";

export type { RequestMoment } from "./answering.ts";
export { auth0Plans } from "./auth0/rate-limits.ts";
export { billingClientId, fernhillConnection, foreignOrganization, managementClientId } from "./auth0/seed.ts";
export { describeBug, type SandboxBug } from "./bug.ts";
export { oktaPlans } from "./okta/rate-limits.ts";
export { payrollClientId, serviceClientId } from "./okta/seed.ts";
export type { RatePlans } from "./rate-plans.ts";
export { readReady } from "./ready.ts";
export type { RequestEntry } from "./request-log.ts";
export { auth0Host, oktaHost } from "./world.ts";

export interface SandboxOptions {
  /**
   * The folder that it writes: ca.pem, env, ready.json (0600 in 0700). Emptied at the start, because the sandbox's
   * world is new each time, unless `data` keeps it; refused when it holds what no sandbox has put there.
   */
  readonly dir: string;
  /**
   * A folder in which the world is kept from start to start: what clients made, keys, secrets, tokens, the authority.
   * Made when it is not there; refused when it holds something else.
   */
  readonly data?: string | undefined;
  /** What a new world begins with besides the example; not asked for when the world was kept. */
  readonly fleet?: (() => Iterable<FleetMember>) | undefined;
  /** Told when the world could not be written down; the next change tries again. */
  readonly onUnsaved?: (error: unknown) => void;
  /** 8443 when absent; 0 takes any free one. */
  readonly port?: number;
  /**
   * An IP address of this machine to listen on besides 127.0.0.1, or `0.0.0.0` or `::` for all of them. Whoever reaches
   * it can use everything in the sandbox.
   */
  readonly exposedTo?: string | undefined;
  /** Called once per request, after the answer; `status` is 0 when the connection was cut instead. For a log. */
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Called twice per request, when it has come and when it has been handled, before anything else happens. For a test. */
  readonly onMoment?: (moment: RequestMoment) => void;
  /** Called when the sandbox itself failed, which whoever asked sees as a bare 500. */
  readonly onBug?: (bug: SandboxBug) => void;
  /** Rate limits of the management APIs; none when absent. */
  readonly rateLimits?: RatePlans;
  /** Milliseconds since the epoch; the system's when absent. Sign-in sessions and codes use the system's always. */
  readonly clock?: () => number;
}

/** A running sandbox. */
export interface Sandbox {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** The certificate authority, PEM. */
  readonly ca: string;
  /** Values of the references that the example workspace uses, as in DIR/env. */
  readonly env: Readonly<Record<string, string>>;
  /** Bearer token of the admin API, as in ready.json. */
  readonly adminToken: string;
  /** The Okta org, to look into and to change as an admin would. */
  readonly okta: OktaOrg;
  /** The Auth0 tenant, to look into and to change as an admin would. */
  readonly auth0: Auth0Tenant;
  /** The customers' own providers, by the tenant's slug, to look into and to change as the customer's admin would. */
  readonly providers: Customers["providers"];
  readonly faults: Faults;
  /** What is wrong with the providers that are played. */
  readonly misbehaviours: Misbehaviours;
  /** The apps of the example, which read what Tenantry writes; told to make mistakes by `mistakes`. */
  readonly apps: PlayedApps;
  /** The other outside systems that apps are reached by. */
  readonly standIns: StandIns;
  /** What its DNS says of the customers' domains, to change as whoever runs that would. */
  readonly dns: DnsZone;
  /** Whether the world was made at this start. */
  readonly isNew: boolean;
  /** The world as a document, and another in its place, as the admin API's `/world`. */
  readonly exchange: { read(): string; replace(document: string): Promise<void> };
  /**
   * Removes ready.json, cuts all connections, stops listening, and writes down a world that is kept. May be called
   * twice. Throws SANDBOX_DATA_UNWRITABLE.
   */
  close(): Promise<void>;
}

/**
 * Starts a sandbox: one TLS server on loopback that answers for `acme.okta.com`, `acme.eu.auth0.com` and the
 * customers' own providers under their real names, and for itself under `127.0.0.1` and `localhost`. Throws
 * SANDBOX_RUNNING, SANDBOX_FOLDER_FOREIGN or SANDBOX_PORT_TAKEN, and with `data` also SANDBOX_DATA_FOREIGN,
 * SANDBOX_DATA_UNWRITABLE, SANDBOX_WORLD_INVALID or SANDBOX_WORLD_NEWER.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const clock = options.clock ?? Date.now;
  await checkFolder(options.dir);
  const data = options.data === undefined ? undefined : await openDataFolder(options.data, Date.now(), options.dir);
  const requests = new RequestLog();
  const around: WorldSurroundings = { requests, clock, rateLimits: options.rateLimits ?? {} };
  const [authority, first] = await Promise.all([
    data?.authority ?? createAuthority(Date.now()),
    data?.state === undefined ? newWorld(around) : openWorld(data.state, around),
  ]);
  let world = first;
  const isNew = data?.state === undefined;
  if (isNew && options.fleet !== undefined) await rollOut(world, options.fleet());
  const faults = new Faults(clock);
  const misbehaviours = new Misbehaviours();
  const zone = new DnsZone(seededProofs);
  const adminToken = randomToken(32);
  const startedAt = new Date(clock()).toISOString();
  const calls = new InnerCalls();
  const apps = createApps({ dir: options.dir, env: () => world.state.env, calls, clock });
  const standIns = createStandIns({ dir: options.dir, clock, calls });
  const outside = Object.values<StandIn>(standIns);
  const appSites = [...Object.values(apps).map(({ site }) => site), ...outside.flatMap(({ sites }) => sites)];
  const standInEnv = Object.assign({}, ...outside.map(({ env }) => env)) as Readonly<Record<string, string>>;
  const valuesNow = () => ({ ...standInEnv, ...world.state.env });
  const hosts = [...world.sites, ...appSites].flatMap((site) => site.hosts);
  const played = sitesOf(() => world);
  const saver = saverOf(data, () => world, options.onUnsaved);
  const exchange = {
    read: () => writeWorld(world.state),
    replace: async (document: string): Promise<void> => {
      const next = openWorld(await readWorld(document, "the document"), around);
      next.auth0.calls.open({ port: server.port, ca: authority.certificate, hosts });
      world = next;
      await writeValues(options.dir, authority.certificate, valuesNow());
      await saver?.now();
    },
  };
  const admin = createAdminSite({
    exposedTo: options.exposedTo,
    sites: played,
    token: adminToken,
    faults,
    misbehaviours,
    requests,
    zone,
    answerProviderCall: (call) => answerProviderCall(world.providers, call),
    answerAppCall: (method, path, body) => answerAppCall(apps, method, path, body),
    page: (request, path, query) => {
      const { okta, auth0, providers } = world;
      return answerPage(
        { startedAt, hosts, okta, auth0, providers, requests, faults, misbehaviours },
        request,
        path,
        query,
      );
    },
    overview: () => ({
      sandbox: "tenantry",
      startedAt,
      hosts,
      okta: { apps: world.okta.state.apps.size, groups: world.okta.state.groups.size },
      auth0: { clients: world.auth0.clients.size, organizations: world.auth0.organizations.size },
      requests: requests.total,
      faults: faults.counts().length,
      misbehaviours: misbehaviours.switched.length,
    }),
  });
  const sites: readonly Site[] = [...played, ...appSites, withWorldExchange(admin, { token: adminToken, ...exchange })];
  const server = await open(options.port ?? 8443, {
    exposedTo: options.exposedTo,
    authority,
    sites,
    zone,
    faults,
    misbehaviours,
    clock,
    onMoment: options.onMoment,
    onBug: options.onBug,
    onRequest: (entry) => {
      if (mayHaveChanged(entry)) saver?.changed();
      if (looksOn(entry, options.exposedTo)) return;
      requests.add({ ...entry, at: new Date(clock()).toISOString() });
      const { query: _query, ...told } = entry;
      options.onRequest?.(told);
    },
  });
  world.auth0.calls.open({ port: server.port, ca: authority.certificate, hosts });
  calls.open({ port: server.port, ca: authority.certificate, hosts });
  const running = { pid, host: "127.0.0.1", port: server.port, adminToken, startedAt, hosts };
  try {
    if (data !== undefined) {
      await occupy(data.dir, running);
      if (isNew) await saver?.now();
    }
    // Only now, with the port ours, is it sure that no other sandbox lives in the folder.
    takeFolder(options.dir, { certificate: authority.certificate, keptIn: data?.dir });
    await writeValues(options.dir, authority.certificate, valuesNow());
    await writeReady(options.dir, running);
  } catch (error) {
    await server.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    removeReady(options.dir);
    await server.close();
    await saver?.close();
    if (data !== undefined) vacate(data.dir);
  };
  let closing: Promise<void> | undefined;
  return {
    host: "127.0.0.1",
    port: server.port,
    ca: authority.certificate,
    adminToken,
    get env() {
      return valuesNow();
    },
    get okta() {
      return world.okta;
    },
    get auth0() {
      return world.auth0;
    },
    get providers() {
      return world.providers;
    },
    faults,
    misbehaviours,
    apps,
    standIns,
    dns: zone,
    isNew,
    exchange,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function saverOf(
  data: DataFolder | undefined,
  world: () => World,
  failed: (error: unknown) => void = () => {},
): Saver | undefined {
  return data === undefined ? undefined : new Saver(() => writeState(data.dir, world().state), failed);
}

/** Reads of a management API change nothing. Those of a sign-in half can: keys are made when they are first asked for. */
function mayHaveChanged({ method, path }: RequestEntry): boolean {
  return !((method === "GET" || method === "HEAD") && path.startsWith("/api/"));
}

/** Free ports that are tried: one may be free for TCP and taken for UDP. */
const freePorts = 5;

async function open(
  port: number,
  options: Omit<Parameters<typeof listen>[0], "port">,
  left = freePorts,
): Promise<SandboxServer> {
  try {
    return await listen({ ...options, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (port === 0 && code === "EADDRINUSE" && left > 1) return open(port, options, left - 1);
    const { exposedTo } = options;
    if (code === "EADDRINUSE" || code === "EACCES") {
      const where = exposedTo === undefined ? "127.0.0.1" : `127.0.0.1 or ${exposedTo}`;
      throw new TenantryError("SANDBOX_PORT_TAKEN", `Port ${port} of ${where} cannot be listened on.`, {
        cause: error,
      });
    }
    if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" || code === "EINVAL") {
      throw new TenantryError("SANDBOX_ADDRESS_FOREIGN", `${exposedTo} is no address of this machine.`, {
        cause: error,
      });
    }
    throw error;
  }
}
