import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { Auth0Access } from "./auth0/access.ts";
import { createAuth0Site } from "./auth0/auth0-site.ts";
import { Auth0RateLimits } from "./auth0/rate-limits.ts";
import { seedTenant } from "./auth0/seed.ts";
import type { Auth0State } from "./auth0/state.ts";
import { Auth0Tenant } from "./auth0/tenant.ts";
import {
  type CustomerStates,
  type Customers,
  createCustomers,
  fernhillClientId,
  openCustomers,
} from "./external/customers.ts";
import type { JsonObject } from "./json.ts";
import { Access } from "./okta/access.ts";
import { createOktaSite } from "./okta/okta-site.ts";
import { OktaOrg } from "./okta/org.ts";
import { RateLimits } from "./okta/rate-limits.ts";
import { seedOrg } from "./okta/seed.ts";
import type { OktaState } from "./okta/state.ts";
import { randomToken } from "./random.ts";
import type { RatePlans } from "./rate-plans.ts";
import type { RequestLog } from "./request-log.ts";
import type { Site } from "./site.ts";

/** Host name of the sandbox's Okta org. */
export const oktaHost = "acme.okta.com";

/** Host name of the sandbox's Auth0 tenant. */
export const auth0Host = "acme.eu.auth0.com";

/** All that outlives a restart: plain objects, lists, maps and sets. */
export interface WorldState {
  /** Values of the references that the example's files use. */
  readonly env: Readonly<Record<string, string>>;
  readonly okta: OktaState;
  readonly auth0: Auth0State;
  readonly customers: CustomerStates;
}

/** What the sandbox plays, and what it answers with. */
export interface World {
  readonly state: WorldState;
  readonly okta: OktaOrg;
  readonly auth0: Auth0Tenant;
  readonly providers: Customers["providers"];
  /** Of the same hosts in every world. */
  readonly sites: readonly Site[];
}

/** What is around a world and not of it. */
export interface WorldSurroundings {
  readonly requests: RequestLog;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly rateLimits: RatePlans;
}

/** A new world, with what the example's files speak of. Its secrets are new. */
export async function newWorld(around: WorldSurroundings): Promise<World> {
  const { requests, clock } = around;
  const serviceKey = await createServiceKey();
  const customers = createCustomers(clock);
  const env = {
    ...customers.env,
    OKTA_PRIVATE_KEY: serviceKey.privateKey,
    OKTA_API_TOKEN: `00${randomToken(30)}`,
    AUTH0_MANAGEMENT_SECRET: randomToken(48),
    AUTH0_API_TOKEN: randomToken(64),
    PORTAL_SEALING_KEY: randomBytes(32).toString("base64"),
    PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
    PORTAL_DATABASE_URL: "sqlite:.tenantry/sandbox/portal.db",
    ORDERS_SEALING_KEY: randomBytes(32).toString("base64"),
    ORDERS_DATABASE_URL: "sqlite:.tenantry/sandbox/orders.db",
  };
  const okta = new OktaOrg(oktaHost, requests, clock);
  seedOrg(okta, serviceKey.publicKey);
  const auth0 = new Auth0Tenant(auth0Host, requests, clock);
  const { fernhill } = customers.providers;
  seedTenant(auth0, env.AUTH0_MANAGEMENT_SECRET, {
    document: fernhill.document(),
    clientId: fernhillClientId,
    clientSecret: fernhill.client(fernhillClientId)?.secret ?? "",
    people: fernhill.people,
  });
  return assemble(env, okta, auth0, customers, around);
}

/** The world of this state, which it goes on to change. */
export function openWorld(state: WorldState, around: WorldSurroundings): World {
  const { requests, clock } = around;
  const okta = new OktaOrg(oktaHost, requests, clock, state.okta);
  const auth0 = new Auth0Tenant(auth0Host, requests, clock, state.auth0);
  return assemble(state.env, okta, auth0, openCustomers(state.customers, clock), around);
}

function assemble(
  env: WorldState["env"],
  okta: OktaOrg,
  auth0: Auth0Tenant,
  customers: Omit<Customers, "env">,
  { clock, rateLimits }: WorldSurroundings,
): World {
  const { providers } = customers;
  const states = Object.fromEntries(Object.entries(providers).map(([name, { state }]) => [name, state]));
  return {
    state: { env, okta: okta.state, auth0: auth0.state, customers: states as CustomerStates },
    okta,
    auth0,
    providers,
    sites: [
      createOktaSite(
        okta,
        new Access(okta, env.OKTA_API_TOKEN ?? ""),
        new RateLimits(rateLimits.okta ?? "none", clock, rateLimits.oktaTokenShare),
      ),
      createAuth0Site(
        auth0,
        new Auth0Access(auth0, env.AUTH0_API_TOKEN ?? ""),
        new Auth0RateLimits(rateLimits.auth0 ?? "none", clock),
      ),
      ...customers.sites,
    ],
  };
}

/** The sites of the world that there is at each moment: one may be put in the place of another. */
export function sitesOf(world: () => World): readonly Site[] {
  return world().sites.map((first, index) => {
    const site = (): Site => world().sites[index] ?? first;
    const { tokens } = first;
    return {
      ...first,
      handle: (request) => site().handle(request),
      problem: (status, until) => site().problem(status, until),
      logsQuery: (path) => site().logsQuery(path),
      ...(tokens === undefined
        ? {}
        : {
            tokens: {
              expire: () => site().tokens?.expire(),
              refusal: () => (site().tokens ?? tokens).refusal(),
            },
          }),
    };
  });
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
