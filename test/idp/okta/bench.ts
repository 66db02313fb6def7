import type { Sandbox, SandboxOptions } from "../../../sandbox/sandbox.ts";
import { chosenClientId } from "../../../src/desired/client-id.ts";
import type { ConnectionKey, Registration } from "../../../src/desired/connection.ts";
import { addressOf } from "../../../src/desired/key.ts";
import type { OktaAdapter } from "../../../src/idp/okta/adapter.ts";
import { openOkta } from "../../../src/idp/okta/open.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { OktaCredential } from "../../../src/vendor/okta/credential.ts";
import type { OktaIdentityProvider } from "../../../src/workspace/workspace.ts";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";

export const scope = { workspace: "acme", environment: "sandbox" };

export const workforce: OktaIdentityProvider = {
  kind: "okta",
  name: "workforce",
  domain: "acme.okta.com",
  authorizationServer: "org",
  engine: "direct",
  credentials: { apiToken: { scheme: "env", name: "OKTA_API_TOKEN", text: "env:OKTA_API_TOKEN" } },
  limits: { share: 1 },
};

/** A registration of `whiterabbit/portal`, with what the test is about changed. */
export function wanted(change: Partial<Registration> & { readonly key?: ConnectionKey } = {}): Registration {
  const key = change.key ?? ("whiterabbit/portal" as ConnectionKey);
  const marker = { ...scope, key };
  return {
    kind: "okta",
    parts: [],
    address: addressOf.client("workforce", key),
    idp: "workforce",
    key,
    marker,
    label: `${key} Whiterabbit Foods (sandbox)`,
    clientId: chosenClientId(marker),
    state: "active",
    redirectUris: ["https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5"],
    postLogoutRedirectUris: ["https://portal.acme.example/"],
    grantTypes: ["authorization_code"],
    responseTypes: ["code"],
    clientAuth: "client_secret_basic",
    pkce: "S256",
    assignment: { everyone: false, groups: ["whiterabbit-staff"] },
    ...change,
  };
}

export interface Bench {
  readonly test: TestSandbox;
  readonly sandbox: Sandbox;
  /** Milliseconds that were asked of the sleep, which does not sleep. */
  readonly slept: number[];
  adapter(change?: { credential?: OktaCredential; scope?: typeof scope; share?: number }): Promise<OktaAdapter>;
  token(): OktaCredential;
  /** The app as the management API shows it, byte for byte. */
  raw(reference: string): Promise<string>;
  close(): Promise<void>;
}

/** A sandbox and adapters that reach it; time stands still but for sleeps, which move it on at once. */
export async function startBench(options: Omit<SandboxOptions, "dir" | "port"> = {}): Promise<Bench> {
  let ahead = 0;
  const clock = () => Date.now() + ahead;
  const slept: number[] = [];
  const test = await startTestSandbox({ ...options, clock });
  const { sandbox } = test;
  const open: OktaAdapter[] = [];
  const token = () => ({ apiToken: new Secret(sandbox.env.OKTA_API_TOKEN ?? "") });
  return {
    test,
    sandbox,
    slept,
    token,
    async adapter(change = {}) {
      const adapter = await openOkta({
        idp: { ...workforce, limits: { share: change.share ?? 1 } },
        credential: change.credential ?? token(),
        network: { connect: { host: sandbox.host, port: sandbox.port, ca: sandbox.ca } },
        clock,
        sleep: async (milliseconds) => {
          slept.push(milliseconds);
          ahead += milliseconds;
        },
        scope: change.scope ?? scope,
      });
      open.push(adapter);
      return adapter;
    },
    async raw(reference) {
      const id = sandbox.okta.app(reference)?.id;
      const headers = { authorization: `SSWS ${sandbox.env.OKTA_API_TOKEN}` };
      return (await test.fetch("acme.okta.com", `/api/v1/apps/${id}`, { headers })).text();
    },
    async close() {
      for (const adapter of open) await adapter.close();
      await test.close();
    },
  };
}
