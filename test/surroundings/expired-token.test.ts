import { once } from "node:events";
import { request } from "node:https";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { auth0Host, managementClientId, oktaHost } from "../../sandbox/sandbox.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { expectConverges, told } from "./told.ts";

const hour = 3_600_000;

let workspace: TestWorkspace;
let tokens: string[];
beforeEach(async () => {
  tokens = [];
  vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true });
  workspace = await openTestWorkspace({
    whole: true,
    clock: () => Date.now(),
    onRequest: ({ host, path }) => {
      if (path === "/oauth2/v1/token") tokens.push(host);
    },
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await workspace.close();
});

/** Lets time pass, for our machine and for the identity providers, as when the machine sleeps. */
function sleepFor(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
}

const whiterabbit = (...args: readonly string[]) => workspace.tenantry(...args, "--only", "whiterabbit");
const fernhill = (...args: readonly string[]) => workspace.tenantry(...args, "--only", "fernhill/portal");

describe("an access token that ends in the middle of an apply", () => {
  it.each([
    ["a client is made", "POST", "^/api/v1/apps$"],
    ["people are assigned", "PUT", "^/api/v1/apps/[^/]+/groups/"],
    ["a secret is read", "GET", "/credentials/secrets$"],
  ])("at Okta, before %s, is renewed, and nobody notices", async (_, method, path) => {
    let asleep = 0;
    const fault = { host: oktaHost, method, path, effect: "delay", milliseconds: 0 } as const;
    workspace.sandbox.faults.add({
      ...fault,
      onHit: () => {
        asleep += 1;
        sleepFor(2 * hour);
      },
    });
    const applied = await whiterabbit("apply", "--yes");
    expect([applied.exit, asleep], applied.err + applied.out).toEqual([0, 1]);
    // One for the usual scopes, one for a scope that is needed rarely, and the new one.
    expect(tokens.filter((host) => host === oktaHost)).toHaveLength(3);
    await expectConverges(workspace, whiterabbit);
  });

  it.each([
    ["an organization is made", "POST", "^/api/v2/organizations$"],
    ["a client is made", "POST", "^/api/v2/clients$"],
  ])("at Auth0, before %s, is renewed, and nobody notices", async (_, method, path) => {
    let asleep = 0;
    const clients = workspace.sandbox.auth0.clients.size;
    workspace.sandbox.faults.add({
      host: auth0Host,
      method,
      path,
      effect: "delay",
      milliseconds: 0,
      onHit: () => {
        asleep += 1;
        sleepFor(25 * hour);
      },
    });
    const applied = await fernhill("apply", "--yes");
    expect([applied.exit, asleep], applied.err + applied.out).toEqual([0, 1]);
    expect((await fernhill("plan", "--exit-code")).exit).toBe(0);
    expect(workspace.sandbox.auth0.clients.size).toBe(clients + 1);
  });

  it.each([
    ["Okta", oktaHost, "^/api/v1/", whiterabbit],
    ["Auth0", auth0Host, "^/api/v2/", fernhill],
  ] as const)("because it was revoked at %s is renewed once", async (_, host, path, run) => {
    for (const skip of [0, 2, 4])
      workspace.sandbox.faults.add({ host, path, effect: "status-before", status: 401, skip });
    const applied = await run("apply", "--yes");
    expect(applied.exit, applied.err + applied.out).toBe(0);
    expect(workspace.sandbox.faults.counts().map(({ hits }) => hits)).toEqual([1, 1, 1]);
    expect((await run("plan", "--exit-code")).exit).toBe(0);
  });
});

describe("a token of the workspace that has ended", () => {
  /** A token of the Management API, as somebody would copy it from the dashboard. */
  async function managementToken(): Promise<string> {
    const { host, port, ca, env } = workspace.sandbox;
    const headers = { host: auth0Host, "content-type": "application/json" };
    const asking = request({ host, port, ca, servername: auth0Host, method: "POST", path: "/oauth/token", headers });
    asking.end(
      JSON.stringify({
        grant_type: "client_credentials",
        client_id: managementClientId,
        client_secret: env.AUTH0_MANAGEMENT_SECRET,
        audience: `https://${auth0Host}/api/v2/`,
      }),
    );
    const [reply] = await once(asking, "response");
    return ((await json(reply)) as { access_token: string }).access_token;
  }

  it("is told of, with what to do", async () => {
    const token = await managementToken();
    workspace.edit(
      "tenantry.yaml",
      /credentials: \{ clientId: Tenantry.*\}/,
      "credentials: { token: env:AUTH0_DAY_TOKEN }",
    );
    const run = (...args: readonly string[]) =>
      workspace.tenantryWith({ AUTH0_DAY_TOKEN: token }, ...args, "--only", "fernhill/portal");
    expect((await run("plan")).exit).toBe(0);
    sleepFor(25 * hour);
    const failed = await run("apply", "--yes");
    expect(told(workspace, failed)).toEqual({
      exit: 5,
      code: "AUTH0_CREDENTIALS_REFUSED",
      message:
        "Auth0 (acme.eu.auth0.com) refused the credentials: Expired token received for JSON Web Token validation",
      mend: "Get a new Management API token of this Auth0 tenant, which lives for a day at most; or name a machine-to-machine application by `credentials: { clientId, clientSecret }`, whose tokens are renewed by themselves.",
    });
    expect(failed.err + failed.out).not.toContain(token);
    expect(workspace.portal("select * from sso_connection")).toEqual([]);
  });
});
