import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { managementClientId } from "../../../sandbox/sandbox.ts";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { Auth0Credential } from "../../../src/vendor/auth0/credential.ts";
import { type Bench, organization, startBench, wanted } from "./bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
afterEach(() => {
  vi.unstubAllEnvs();
  bench.reset();
});

const token = (text = bench.sandbox.env.AUTH0_API_TOKEN ?? ""): Auth0Credential => ({ token: new Secret(text) });
const client = (secret: string, clientId = managementClientId): Auth0Credential => ({
  clientId,
  clientSecret: new Secret(secret),
});
const tokens = () => bench.sandbox.auth0.requests.count("POST", /^\/oauth\/token$/);
const look = async (credential: Auth0Credential) => (await bench.adapter({ credential })).observe([wanted()], "single");

/** The failure with everything that printing it in any way could show. */
async function shown(work: Promise<unknown>): Promise<{ error: unknown; text: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const text = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String(error);
  return { error, text };
}

/** Runs with Tenantry's own client having just these scopes. */
async function granted<T>(scopes: readonly string[], work: () => Promise<T>): Promise<T> {
  const grant = ownGrant();
  const before = grant.scopes;
  grant.scopes = scopes;
  try {
    return await work();
  } finally {
    grant.scopes = before;
  }
}

function ownGrant() {
  const grants = [...bench.sandbox.auth0.clientGrants.values()];
  const own = grants.find(({ clientId }) => clientId === managementClientId);
  if (own === undefined) throw new Error("Tenantry's client has no grant");
  return own;
}

describe("client credentials", () => {
  const reading = ["read:clients", "read:connections", "read:organizations", "read:organization_connections"];

  test("one token for calls that start together, and for the next ones", async () => {
    const before = tokens();
    const adapter = await bench.adapter();
    await adapter.observe([wanted()], "deep");
    await adapter.settlePart(organization());
    await adapter.create(wanted());
    expect(tokens() - before).toBe(1);
  });

  test("a run that only looks needs no scope that changes or shows a secret, and gets none", async () => {
    await granted(reading, async () => {
      for (const depth of ["single", "fleet", "deep"] as const) {
        const adapter = await bench.adapter({ access: "read" });
        expect((await adapter.observe([wanted()], depth)).problems).toEqual([]);
      }
    });
    const adapter = await bench.adapter({ access: "read" });
    const { error } = await shown(adapter.settlePart(organization()));
    expect(error).toMatchObject({
      code: "AUTH0_PERMISSION_MISSING",
      exit: 5,
      message: expect.stringContaining("create:organizations"),
    });
    expect(bench.sandbox.auth0.organization("fernhill")).toBeUndefined();
  });

  test("a scope to look that was not granted is named", async () => {
    const adapter = await bench.adapter({ access: "read" });
    const { error } = await granted(["read:clients"], () => shown(adapter.observe([wanted()], "single")));
    expect(error).toMatchObject({
      code: "AUTH0_PERMISSION_MISSING",
      message: expect.stringContaining("read:organizations"),
    });
  });

  test("a scope to change that was not granted is named when it is needed", async () => {
    const adapter = await bench.adapter();
    const { error } = await granted([...reading, "create:organizations"], async () => {
      await adapter.settlePart(organization());
      return shown(adapter.create(wanted()));
    });
    expect(error).toMatchObject({
      code: "AUTH0_PERMISSION_MISSING",
      effect: "none",
      message: expect.stringContaining("create:clients"),
    });
  });

  test("no grant at all is a missing permission, not a wrong secret", async () => {
    const { clientGrants } = bench.sandbox.auth0.state;
    const own = ownGrant();
    clientGrants.delete(own.id);
    const { error } = await shown((await bench.adapter()).observe([wanted()], "single"));
    clientGrants.set(own.id, own);
    expect(error).toMatchObject({ code: "AUTH0_PERMISSION_MISSING" });
  });

  test.each([
    ["a wrong secret", () => client("canary-Zx81LmQ0")],
    ["an unknown client", () => client("canary-Zx81LmQ0", "nobody00000000000000000000000000")],
  ])("%s is refused and shown nowhere", async (_name, credential) => {
    const { error, text } = await shown(look(credential()));
    expect(error).toMatchObject({ code: "AUTH0_CREDENTIALS_REFUSED", exit: 5, effect: "none" });
    expect(text).not.toContain("canary");
  });

  test("a token that is refused is renewed once without a word", async () => {
    const adapter = await bench.adapter();
    await adapter.observe([wanted()], "single");
    const before = tokens();
    bench.sandbox.faults.add({ path: "^/api/v2/organizations/name", effect: "status-before", status: 401 });
    await adapter.observe([wanted()], "single");
    expect(tokens() - before).toBe(1);
    bench.sandbox.faults.add({ path: "^/api/v2/", effect: "status-before", status: 401, times: 9 });
    const { error } = await shown(adapter.observe([wanted()], "single"));
    expect(error).toMatchObject({ code: "AUTH0_CREDENTIALS_REFUSED" });
  });

  test("a cut at the token endpoint before a create is no unclear create", async () => {
    const adapter = await bench.adapter();
    bench.sandbox.faults.add({ path: "/oauth/token$", effect: "reset-after", times: 9 });
    const { error } = await shown(adapter.settlePart(organization()));
    expect(error).toMatchObject({ code: "AUTH0_UNREACHABLE", effect: "none" });
  });
});

describe("a token", () => {
  test("does what client credentials do, without a token request", async () => {
    const before = tokens();
    const adapter = await bench.adapter({ credential: token() });
    await adapter.settlePart(organization());
    const created = await adapter.create(wanted());
    expect((await adapter.secretOf(created))?.id).toBe(created.id);
    expect(tokens() - before).toBe(0);
  });

  test("a wrong one is refused and shown nowhere", async () => {
    const { error, text } = await shown(look(token("canary-Zx81LmQ0")));
    expect(error).toMatchObject({ code: "AUTH0_CREDENTIALS_REFUSED", exit: 5 });
    expect(text).not.toContain("canary");
  });

  test.each(["", "two\nlines-canary", "ümlaut-canary"])(
    "one that no header can hold is refused before it is sent: %j",
    async (text) => {
      const before = bench.sandbox.auth0.requests.total;
      const { error, text: all } = await shown(look(token(text)));
      expect(error).toMatchObject({ code: "AUTH0_CREDENTIALS_REFUSED" });
      expect(all).not.toContain("canary");
      expect(bench.sandbox.auth0.requests.total).toBe(before);
    },
  );
});

describe("secrets", () => {
  test("no client secret is in what create, update, observe or a failure say", async () => {
    const adapter = await bench.adapter();
    await adapter.settlePart(organization());
    const created = await adapter.create(wanted());
    const secret = bench.sandbox.auth0.client(created.id)?.secret ?? "";
    expect(secret.length).toBeGreaterThan(20);
    const updated = await adapter.update(wanted({ label: "other" }), created);
    const observed = await adapter.observe([wanted()], "deep");
    bench.sandbox.faults.add({ method: "PATCH", effect: "status-after", status: 400 });
    const { text } = await shown(adapter.update(wanted(), updated));
    expect(text).toContain("AUTH0_REJECTED");
    const handed = await adapter.secretOf(updated);
    const all = inspect([created, updated, [...observed.found], observed, handed, adapter.calls()], {
      depth: 20,
      showHidden: true,
    });
    expect(all + JSON.stringify([created, updated, handed]) + text).not.toContain(secret);
    expect(handed?.secret.reveal()).toBe(secret);
  });

  test("that these credentials may not see are told by the scope that it takes", async () => {
    const adapter = await bench.adapter();
    await adapter.settlePart(organization());
    const created = await adapter.create(wanted());
    const { error } = await granted(["read:clients"], async () => shown((await bench.adapter()).secretOf(created)));
    expect(error).toMatchObject({ code: "AUTH0_SECRET_MISSING", hint: expect.stringContaining("read:client_keys") });
  });
});

describe("surroundings", () => {
  test("a proxy of the environment has no say", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://127.0.0.1:1");
    vi.stubEnv("https_proxy", "http://127.0.0.1:1");
    expect((await look(token())).problems).toEqual([]);
  });

  test("a rate limit is waited for and then obeyed", async () => {
    bench.sandbox.faults.add({ path: "^/api/v2/", effect: "status-before", status: 429 });
    const adapter = await bench.adapter({ credential: token() });
    expect((await adapter.observe([wanted()], "single")).problems).toEqual([]);
    expect(bench.slept).toHaveLength(1);
    bench.sandbox.faults.add({ path: "^/api/v2/", effect: "status-before", status: 429, times: 99 });
    const { error } = await shown(adapter.observe([wanted()], "single"));
    expect(error).toMatchObject({ code: "AUTH0_RATE_LIMITED", exit: 5 });
  });

  test.each(["enterprise", "free"] as const)(
    "40 tenants at the limits of the plan %s get no 429 but at the start",
    async (plan) => {
      const limited = await startBench({ rateLimits: { auth0: plan } });
      const fleet = Array.from({ length: 40 }, (_, n) => wanted({ key: `tenant${n}/portal` as ConnectionKey }));
      const adapter = await limited.adapter({ share: 0.5 });
      for (const registration of fleet) {
        for (const part of registration.parts) await adapter.settlePart(part);
        await adapter.create(registration);
      }
      const { found } = await adapter.observe(fleet, "deep");
      await limited.close();
      expect(found.size).toBe(40);
      const refused = adapter.calls().reduce((sum, each) => sum + each.refused, 0);
      expect(refused).toBeLessThanOrEqual(3);
    },
  );

  test("what a plan has called tells the subscription, and with it the pace", async () => {
    const free = await startBench({ rateLimits: { auth0: "free" } });
    const adapter = await free.adapter({ share: 0.5 });
    await adapter.observe([wanted()], "single");
    const [pool, ...others] = adapter.budget([]).filter(({ bucket }) => !bucket.endsWith(" tokens"));
    // Two calls at once and two a second, whatever they are of; half of that is ours.
    expect(pool).toMatchObject({ bucket: "acme.eu.auth0.com management", perMinute: 60 });
    expect(others).toEqual([]);
    await free.close();
  });
});
