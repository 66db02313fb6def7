import { generateKeyPair, randomBytes } from "node:crypto";
import { pid } from "node:process";
import { promisify } from "node:util";
import { TenantryError } from "../src/errors/failure.ts";
import { createAdminSite } from "./admin.ts";
import { Auth0Access } from "./auth0/access.ts";
import { createAuth0Site } from "./auth0/auth0-site.ts";
import { Auth0RateLimits } from "./auth0/rate-limits.ts";
import { seedTenant } from "./auth0/seed.ts";
import { Auth0Tenant } from "./auth0/tenant.ts";
import { createAuthority } from "./authority.ts";
import { answerProviderCall } from "./external/admin.ts";
import { type Customers, createCustomers } from "./external/customers.ts";
import { Faults } from "./faults.ts";
import { checkFolder, removeReady, resetFolder, writeReady, writeWorld } from "./folder.ts";
import type { JsonObject } from "./json.ts";
import { Access } from "./okta/access.ts";
import { createOktaSite } from "./okta/okta-site.ts";
import { OktaOrg } from "./okta/org.ts";
import { type RateLimitPlan, RateLimits } from "./okta/rate-limits.ts";
import { seedOrg } from "./okta/seed.ts";
import { randomToken } from "./random.ts";
import { type RequestEntry, RequestLog } from "./request-log.ts";
import { listen, type RequestMoment, type SandboxServer, type Site } from "./server.ts";

export { billingClientId, fernhillConnection, foreignOrganization, managementClientId } from "./auth0/seed.ts";
export { answers, readReady } from "./folder.ts";
export { payrollClientId, serviceClientId } from "./okta/seed.ts";
export type { RequestEntry } from "./request-log.ts";
export type { RequestMoment } from "./server.ts";

/** Host name of the sandbox's Okta org. */
export const oktaHost = "acme.okta.com";

/** Host name of the sandbox's Auth0 tenant. */
export const auth0Host = "acme.eu.auth0.com";

export interface SandboxOptions {
  /**
   * The folder that it writes: ca.pem, env, ready.json (0600 in 0700). Emptied at the start, because the sandbox's
   * world is new each time; refused when it holds what no sandbox has put there.
   */
  readonly dir: string;
  /** 8443 when absent; 0 takes any free one. */
  readonly port?: number;
  /** Called once per request, after the answer; `status` is 0 when the connection was cut instead. For a log. */
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Called twice per request, when it has come and when it has been handled, before anything else happens. For a test. */
  readonly onMoment?: (moment: RequestMoment) => void;
  /** Rate limits of the management API; `generous` when absent. */
  readonly rateLimits?: RateLimitPlan;
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
  /** Removes ready.json, cuts all connections and stops listening. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox: one TLS server on loopback that answers for `acme.okta.com`, `acme.eu.auth0.com` and the
 * customers' own providers under their real names, and for itself under `127.0.0.1` and `localhost`. Throws
 * SANDBOX_RUNNING, SANDBOX_FOLDER_FOREIGN or SANDBOX_PORT_TAKEN.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const clock = options.clock ?? Date.now;
  await checkFolder(options.dir);
  const [authority, serviceKey] = await Promise.all([createAuthority(Date.now()), createServiceKey()]);
  const requests = new RequestLog();
  const faults = new Faults();
  const adminToken = randomToken(32);
  const customers = createCustomers(clock);
  const env = {
    ...customers.env,
    OKTA_PRIVATE_KEY: serviceKey.privateKey,
    OKTA_API_TOKEN: `00${randomToken(30)}`,
    AUTH0_MANAGEMENT_SECRET: randomToken(48),
    AUTH0_API_TOKEN: randomToken(64),
    PORTAL_SEALING_KEY: randomBytes(32).toString("base64"),
    PORTAL_DATABASE_URL: "sqlite:.tenantry/sandbox/portal.db",
    ORDERS_SEALING_KEY: randomBytes(32).toString("base64"),
    ORDERS_DATABASE_URL: "sqlite:.tenantry/sandbox/orders.db",
  };
  const okta = new OktaOrg(oktaHost, requests, clock);
  seedOrg(okta, serviceKey.publicKey);
  const access = new Access(okta, env.OKTA_API_TOKEN);
  const auth0 = new Auth0Tenant(auth0Host, requests, clock);
  seedTenant(auth0, env.AUTH0_MANAGEMENT_SECRET);
  const startedAt = new Date(clock()).toISOString();
  const hosts = [oktaHost, auth0Host, ...customers.sites.flatMap((site) => site.hosts)];
  const sites: readonly Site[] = [
    createOktaSite(okta, access, new RateLimits(options.rateLimits ?? "generous", clock)),
    createAuth0Site(
      auth0,
      new Auth0Access(auth0, env.AUTH0_API_TOKEN),
      new Auth0RateLimits(options.rateLimits ?? "generous", clock),
    ),
    ...customers.sites,
    createAdminSite({
      token: adminToken,
      faults,
      requests,
      answerProviderCall: (call) => answerProviderCall(customers.providers, call),
      overview: () => ({
        sandbox: "tenantry",
        startedAt,
        hosts,
        okta: { apps: okta.apps.length, groups: okta.groups.length },
        auth0: { clients: auth0.clients.size, organizations: auth0.organizations.size },
        requests: requests.total,
        faults: faults.counts().length,
      }),
    }),
  ];
  const server = await open(options.port ?? 8443, {
    authority,
    sites,
    faults,
    clock,
    onMoment: options.onMoment,
    onRequest: (entry) => {
      requests.add(entry);
      const { query: _query, ...told } = entry;
      options.onRequest?.(told);
    },
  });
  // Only now, with the port ours, is it sure that no other sandbox lives in the folder.
  resetFolder(options.dir);
  writeWorld(options.dir, authority.certificate, env);
  writeReady(options.dir, { pid, host: "127.0.0.1", port: server.port, adminToken, startedAt, hosts });
  let closing: Promise<void> | undefined;
  return {
    host: "127.0.0.1",
    port: server.port,
    ca: authority.certificate,
    env,
    adminToken,
    okta,
    auth0,
    providers: customers.providers,
    faults,
    close: () => {
      if (closing === undefined) {
        removeReady(options.dir);
        closing = server.close();
      }
      return closing;
    },
  };
}

async function open(port: number, options: Omit<Parameters<typeof listen>[0], "port">): Promise<SandboxServer> {
  try {
    return await listen({ ...options, port });
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES")) {
      throw new TenantryError("SANDBOX_PORT_TAKEN", `Port ${port} of 127.0.0.1 cannot be listened on.`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** The key of the org's service app: PEM (PKCS#8) for the client, JWK for the org. */
async function createServiceKey(): Promise<{ privateKey: string; publicKey: JsonObject }> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const jwk = publicKey.export({ format: "jwk" }) as JsonObject;
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: { id: `pks${randomToken(13).slice(0, 17)}`, status: "ACTIVE", kid: randomToken(16), use: "sig", ...jwk },
  };
}
