import { generateKeyPairSync } from "node:crypto";
import { fernhillConnection, managementClientId, type Sandbox, type SandboxOptions } from "../../../sandbox/sandbox.ts";
import type { ConnectionKey, OrganizationPart, Registration } from "../../../src/desired/connection.ts";
import { addressOf } from "../../../src/desired/key.ts";
import type { Auth0Adapter } from "../../../src/idp/auth0/adapter.ts";
import { openAuth0 } from "../../../src/idp/auth0/open.ts";
import { partFields, registrationFields } from "../../../src/plan/fields.ts";
import type { Fields } from "../../../src/plan/observed.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { Auth0Access, Auth0Credential } from "../../../src/vendor/auth0/credential.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import type { Auth0IdentityProvider, PublicKey } from "../../../src/workspace/workspace.ts";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";

export const scope = { workspace: "acme", environment: "sandbox" };

export const customers: Auth0IdentityProvider = {
  kind: "auth0",
  name: "customers",
  domain: "acme.eu.auth0.com",
  organizationName: "{tenant}",
  engine: "direct",
  credentials: {
    clientId: managementClientId,
    clientSecret: { scheme: "env", name: "AUTH0_MANAGEMENT_SECRET", text: "env:AUTH0_MANAGEMENT_SECRET" },
  },
  limits: { share: 1 },
};

/** The organization of a tenant, with what the test is about changed. */
export function organization(change: Partial<OrganizationPart> = {}): OrganizationPart {
  const tenant = change.tenant ?? "fernhill";
  return {
    kind: "organization",
    address: addressOf.organization("customers", tenant),
    tenant,
    state: "active",
    name: tenant,
    displayName: "Fernhill Media",
    enabledConnections: [fernhillConnection],
    ...change,
  };
}

/** A registration of `fernhill/portal`, with what the test is about changed; its organization follows its state. */
export function wanted(change: Partial<Registration> & { readonly key?: ConnectionKey } = {}): Registration {
  const key = change.key ?? ("fernhill/portal" as ConnectionKey);
  const tenant = key.slice(0, key.indexOf("/"));
  const { state = "active", enabledConnections = [fernhillConnection] } = change;
  return {
    kind: "auth0",
    parts: [organization({ tenant, state, enabledConnections: state === "active" ? enabledConnections : [] })],
    address: addressOf.client("customers", key),
    idp: "customers",
    key,
    marker: { ...scope, key },
    label: `${key} Fernhill Media (sandbox)`,
    clientId: "",
    state,
    redirectUris: ["https://portal.acme.example/openid/callback/w2mq7xk9d4tzr6vhc8nb"],
    postLogoutRedirectUris: ["https://portal.acme.example/"],
    grantTypes: ["authorization_code"],
    responseTypes: ["code"],
    clientAuth: "client_secret_post",
    pkce: "S256",
    enabledConnections,
    ...change,
  };
}

/** The fields that Auth0 can show of a registration, with the client id that it gave. */
export function shownFields(registration: Registration, clientId: string): Fields {
  // What is off is observed whole, though not all of it is compared.
  const { pkce: _pkce, responseTypes: _types, ...fields } = registrationFields({ ...registration, state: "active" });
  return { ...fields, active: registration.state === "active", clientId };
}

export function shownPart(part: OrganizationPart): Fields {
  return partFields(part);
}

/** An RSA key whose public half can be registered. */
export function clientKey(kid: string): PublicKey {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: "jwk" });
  return { kty: "RSA", kid, alg: "RS256", n, e };
}

export interface Bench {
  readonly test: TestSandbox;
  readonly sandbox: Sandbox;
  /** Milliseconds that were asked of the sleep, which does not sleep. */
  readonly slept: number[];
  adapter(change?: {
    credential?: Auth0Credential;
    scope?: typeof scope;
    share?: number;
    access?: Auth0Access;
  }): Promise<Auth0Adapter>;
  /** The answer to a call of the Management API with an administrator's token. */
  api(method: string, path: string, body?: unknown): Promise<string>;
  /** The management calls while something is done, as `METHOD path`, ids shortened. */
  callsOf<T>(work: () => Promise<T>): Promise<{ result: T; calls: readonly string[] }>;
  /** Puts the Auth0 tenant back to how it was seeded, and forgets faults and sleeps. */
  reset(): void;
  close(): Promise<void>;
}

/** A sandbox and adapters that reach it; time stands still but for sleeps, which move it on at once. */
export async function startBench(options: Omit<SandboxOptions, "dir" | "port"> = {}): Promise<Bench> {
  let ahead = 0;
  const clock = () => Date.now() + ahead;
  const slept: number[] = [];
  const test = await startTestSandbox({ ...options, clock });
  const { sandbox } = test;
  const { auth0 } = sandbox;
  const seeded = {
    clients: new Set(auth0.clients.keys()),
    organizations: new Set(auth0.organizations.keys()),
    connections: new Set(auth0.connections.keys()),
  };
  const open: Auth0Adapter[] = [];
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds);
    ahead += milliseconds;
  };
  return {
    test,
    sandbox,
    slept,
    async adapter(change = {}) {
      const secret = new Secret(sandbox.env.AUTH0_MANAGEMENT_SECRET ?? "");
      const adapter = await openAuth0({
        idp: { ...customers, limits: { share: change.share ?? 1 } },
        credential: change.credential ?? { clientId: managementClientId, clientSecret: secret },
        access: change.access ?? "manage",
        network: { connect: { host: sandbox.host, port: sandbox.port, ca: sandbox.ca } },
        clock,
        sleep,
        scope: change.scope ?? scope,
        limiters: createHostLimiters({ clock, sleep }),
      });
      open.push(adapter);
      return adapter;
    },
    async api(method, path, body) {
      const headers = {
        authorization: `Bearer ${sandbox.env.AUTH0_API_TOKEN}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      return (await test.fetch(customers.domain, `/api/v2/${path}`, init)).text();
    },
    async callsOf(work) {
      const before = auth0.requests.entries.length;
      const result = await work();
      const calls = auth0.requests.entries
        .slice(before)
        .map(({ method, path }) => `${method} ${path.replace("/api/v2/", "")}`)
        .map((call) => call.replaceAll(/(?<=clients\/)\w{32}/g, "CLIENT").replaceAll(/(con|org|cred)_\w+/g, "$1"));
      return { result, calls };
    },
    reset() {
      for (const id of auth0.clients.keys()) if (!seeded.clients.has(id)) auth0.removeClient(id);
      for (const id of auth0.organizations.keys()) if (!seeded.organizations.has(id)) auth0.removeOrganization(id);
      for (const id of auth0.connections.keys()) if (!seeded.connections.has(id)) auth0.removeConnection(id);
      sandbox.faults.clear();
      slept.length = 0;
    },
    async close() {
      for (const adapter of open) await adapter.close();
      await test.close();
    },
  };
}
