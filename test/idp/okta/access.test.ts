import { generateKeyPairSync } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { serviceClientId } from "../../../sandbox/sandbox.ts";
import type { GroupPart } from "../../../src/desired/connection.ts";
import { addressOf } from "../../../src/desired/key.ts";
import type { OktaAdapter } from "../../../src/idp/okta/adapter.ts";
import { openOkta } from "../../../src/idp/okta/open.ts";
import { registrationFields } from "../../../src/plan/fields.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { OktaCredential } from "../../../src/vendor/okta/credential.ts";
import { type Bench, scope, startBench, wanted, workforce } from "./bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
afterEach(() => {
  vi.unstubAllEnvs();
  bench.sandbox.faults.clear();
});

const pem = () => bench.sandbox.env.OKTA_PRIVATE_KEY ?? "";
const withKey = (privateKey = pem(), clientId = serviceClientId): OktaCredential => ({
  clientId,
  privateKey: new Secret(privateKey),
});
const look = async (credential: OktaCredential) => (await bench.adapter({ credential })).observe([wanted()], "single");

/** The failure with everything that printing it in any way could show. */
async function shown(work: Promise<unknown>): Promise<{ error: unknown; text: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const text = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String(error);
  return { error, text };
}

describe("private key", () => {
  test("does what an API token does, with one token for calls that start together", async () => {
    const before = bench.sandbox.okta.requests.count("POST", /token$/);
    const adapter = await bench.adapter({ credential: withKey() });
    const keys = ["a/portal", "b/portal", "c/portal"].map((key) => wanted({ key: key as never }));
    await Promise.all(keys.map((registration) => adapter.create(registration)));
    const { found } = await adapter.observe(keys, "single");
    expect([...found.values()].map((each) => each.fields)).toEqual(keys.map(registrationFields));
    expect(bench.sandbox.okta.requests.count("POST", /token$/) - before).toBe(1);
    for (const each of found.values()) await adapter.remove(each);
  });

  test("a JWK does as well as PEM", async () => {
    const { createPrivateKey } = await import("node:crypto");
    const jwk = JSON.stringify(createPrivateKey(pem()).export({ format: "jwk" }));
    expect((await look(withKey(jwk))).problems).toEqual([]);
  });

  test("of a stranger is refused", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const foreign = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const { error, text } = await shown(look(withKey(foreign)));
    expect(error).toMatchObject({ code: "OKTA_CREDENTIALS_REFUSED", exit: 5, effect: "none" });
    expect(text).not.toContain("Bearer");
    expect(text).not.toContain(foreign.slice(40, 80));
  });

  test("of an unknown client is refused", async () => {
    const { error } = await shown(look(withKey(pem(), "0oaNobody0000000000")));
    expect(error).toMatchObject({ code: "OKTA_CREDENTIALS_REFUSED" });
  });

  test.each([
    ["no key at all", "not a key"],
    [
      "an elliptic curve",
      generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    ],
  ])("%s is refused before anything is sent", async (_name, key) => {
    const before = bench.sandbox.okta.requests.total;
    const { error, text } = await shown(look(withKey(key)));
    expect(error).toMatchObject({ code: "OKTA_PRIVATE_KEY", exit: 2 });
    expect(text).not.toContain(key);
    expect(bench.sandbox.okta.requests.total).toBe(before);
  });

  test("a scope that was not granted is named", async () => {
    const grants = bench.sandbox.okta.setGrants(serviceClientId, ["okta.apps.manage"]);
    const { error } = await shown(look(withKey()));
    bench.sandbox.okta.setGrants(serviceClientId, grants);
    expect(error).toMatchObject({
      code: "OKTA_PERMISSION_MISSING",
      message: expect.stringContaining("okta.groups.read"),
    });
  });

  describe("what only some files need", () => {
    const before = ["okta.apps.manage", "okta.groups.read"];
    const group: GroupPart = {
      kind: "group",
      address: addressOf.group("workforce", "new"),
      tenant: "whiterabbit",
      state: "active",
      name: "new",
    };

    /** Runs with the service app having just these scopes. */
    async function granted<T>(scopes: readonly string[], work: () => Promise<T>): Promise<T> {
      const grants = bench.sandbox.okta.setGrants(serviceClientId, scopes);
      try {
        return await work();
      } finally {
        bench.sandbox.okta.setGrants(serviceClientId, grants);
      }
    }

    test("is not asked for by those that do not", async () => {
      const { problems } = await granted(before, () => look(withKey()));
      expect(problems).toEqual([]);
    });

    const works: readonly (readonly [string, (adapter: OktaAdapter) => Promise<unknown>])[] = [
      ["okta.policies.read", (adapter) => adapter.observe([wanted({ accessPolicy: "Any two factors" })], "single")],
      ["okta.groups.manage", (adapter) => adapter.settlePart(group)],
    ];

    test.each(works)("is asked for when it is needed, by one token more: %s", async (scope, work) => {
      const tokens = bench.sandbox.okta.requests.count("POST", /token$/);
      const adapter = await bench.adapter({ credential: withKey() });
      await granted([...before, scope], () => work(adapter));
      expect(bench.sandbox.okta.requests.count("POST", /token$/) - tokens).toBe(2);
      if (bench.sandbox.okta.group("new") !== undefined) bench.sandbox.okta.removeGroup("new");
    });

    test.each(works)("is named when it was not granted: %s", async (scope, work) => {
      const adapter = await bench.adapter({ credential: withKey() });
      const { error } = await granted(before, () => shown(work(adapter)));
      expect(error).toMatchObject({
        code: "OKTA_PERMISSION_MISSING",
        message: expect.stringContaining(`the scope ${scope} is not granted`),
      });
    });
  });

  test("a token that has run out is renewed without a word", async () => {
    const adapter = await bench.adapter({ credential: withKey() });
    await adapter.observe([wanted()], "single");
    bench.sandbox.faults.add({ method: "GET", path: "^/api/v1/apps", effect: "status-before", status: 401 });
    const before = bench.sandbox.okta.requests.count("POST", /token$/);
    await adapter.observe([wanted()], "single");
    expect(bench.sandbox.okta.requests.count("POST", /token$/) - before).toBe(1);
  });

  test("a cut at the token endpoint before a create is no unclear create", async () => {
    bench.sandbox.faults.add({ path: "token$", effect: "reset-after", times: 9 });
    const { error } = await shown((await bench.adapter({ credential: withKey() })).create(wanted()));
    expect(error).toMatchObject({ code: "OKTA_UNREACHABLE", effect: "none" });
  });
});

describe("API token", () => {
  test("a wrong one is refused and shown nowhere", async () => {
    const canary = "00canary-Zx81LmQ0";
    const { error, text } = await shown(look({ apiToken: new Secret(canary) }));
    expect(error).toMatchObject({ code: "OKTA_CREDENTIALS_REFUSED", exit: 5 });
    expect(text).not.toContain(canary);
  });

  test.each(["", "two\nlines-canary", "ümlaut-canary"])(
    "one that no header can hold is refused before it is sent: %j",
    async (token) => {
      const { error, text } = await shown(look({ apiToken: new Secret(token) }));
      expect(error).toMatchObject({ code: "OKTA_CREDENTIALS_REFUSED" });
      expect(text).not.toContain("canary");
    },
  );

  test("a missing permission names the scope", async () => {
    bench.sandbox.faults.add({ method: "POST", path: "^/api/v1/apps$", effect: "status-before", status: 403 });
    const { error } = await shown((await bench.adapter()).create(wanted()));
    expect(error).toMatchObject({
      code: "OKTA_PERMISSION_MISSING",
      message: expect.stringContaining("okta.apps.manage"),
    });
  });
});

describe("secrets", () => {
  test("no client secret is in what create, update, observe or a failure say", async () => {
    const adapter = await bench.adapter();
    const created = await adapter.create(wanted());
    const secret = bench.sandbox.okta.app(created.id)?.secrets[0]?.value ?? "";
    expect(secret.length).toBeGreaterThan(20);
    const updated = await adapter.update(wanted({ pkce: "off" }), created);
    const observed = await adapter.observe([wanted()], "deep");
    bench.sandbox.faults.add({ method: "PUT", effect: "status-after", status: 400 });
    const { text } = await shown(adapter.update(wanted(), updated));
    const handed = await adapter.secretOf(updated);
    const all = inspect([created, updated, [...observed.found], observed, handed, adapter.calls()], {
      depth: 20,
      showHidden: true,
    });
    expect(all + JSON.stringify([created, updated, handed]) + text).not.toContain(secret);
    expect(handed?.secret.reveal()).toBe(secret);
    await adapter.remove(created);
  });
});

describe("surroundings", () => {
  test("neither OKTA_CLIENT_* nor a proxy of the environment has a say", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://127.0.0.1:1");
    vi.stubEnv("https_proxy", "http://127.0.0.1:1");
    vi.stubEnv("OKTA_CLIENT_ORGURL", "https://elsewhere.example");
    vi.stubEnv("OKTA_CLIENT_TOKEN", "wrong");
    vi.stubEnv("OKTA_CLIENT_AUTHORIZATIONMODE", "PrivateKey");
    vi.stubEnv("OKTA_CLIENT_KEYID", "wrong");
    vi.stubEnv("OKTA_CLIENT_SCOPES", "wrong");
    expect((await look(bench.token())).problems).toEqual([]);
    expect((await look(withKey())).problems).toEqual([]);
  });

  test("a change by somebody else is seen at once, nothing is cached", async () => {
    const adapter = await bench.adapter();
    const created = await adapter.create(wanted());
    await adapter.observe([wanted()], "single");
    bench.sandbox.okta.edit(created.id, (app) => {
      app.pkceRequired = false;
    });
    const { found } = await adapter.observe([wanted()], "single");
    expect(found.get(wanted().key)?.fields.pkce).toBe("off");
    await adapter.remove(created);
  });

  const open = (connect: { host: string; port: number; ca: string }) =>
    openOkta({
      idp: workforce,
      credential: bench.token(),
      network: { connect },
      clock: Date.now,
      sleep: async () => {},
      scope,
    });

  test("a certificate of another authority is not accepted, and nothing is sent", async () => {
    const other = await startBench();
    const { host, port } = bench.sandbox;
    const adapter = await open({ host, port, ca: other.sandbox.ca });
    const { error } = await shown(adapter.observe([wanted()], "single"));
    await other.close();
    expect(error).toMatchObject({ code: "OKTA_UNREACHABLE", message: expect.stringContaining("certificate") });
  });

  test("an address where nobody listens is unreachable", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const adapter = await open({ host: "127.0.0.1", port, ca: bench.sandbox.ca });
    const { error } = await shown(adapter.observe([wanted()], "single"));
    expect(error).toMatchObject({
      code: "OKTA_UNREACHABLE",
      message: expect.stringContaining("refused the connection"),
    });
  });
});

describe("rate limits", () => {
  test("a 429 is obeyed and repeated", async () => {
    const own = await startBench();
    const adapter = await own.adapter();
    await adapter.observe([wanted()], "single");
    own.sandbox.faults.add({ method: "POST", path: "^/api/v1/apps$", effect: "status-before", status: 429 });
    await adapter.create(wanted());
    await own.close();
    // The sandbox names the second after next; Date and reset are whole seconds.
    expect(own.slept).toHaveLength(1);
    expect(own.slept[0]).toBeGreaterThanOrEqual(1_000);
    expect(own.slept[0]).toBeLessThanOrEqual(2_000);
    expect(adapter.calls()).toContainEqual(expect.objectContaining({ bucket: "/api/v1/apps", refused: 1 }));
  });

  test("patience ends", async () => {
    bench.sandbox.faults.add({ effect: "status-before", status: 429, times: 50 });
    const { error } = await shown((await bench.adapter()).observe([wanted()], "single"));
    expect(error).toMatchObject({ code: "OKTA_RATE_LIMITED", exit: 5 });
  });

  test("half of the smallest plan is kept to while ten clients are made, with one list for all, without one refusal", async () => {
    const small = await startBench({ rateLimits: { okta: "integrator", oktaTokenShare: 1 } });
    const adapter = await small.adapter({ share: 0.5 });
    const keys = Array.from({ length: 10 }, (_, n) => wanted({ key: `tenant${n}/portal` as never }));
    await Promise.all(keys.map((registration) => adapter.create(registration)));
    expect(adapter.calls()).toContainEqual({ bucket: "/api/v1/apps", calls: 31, refused: 0, allowed: 10 });
    expect(small.sandbox.okta.apps).toHaveLength(12);
    // Four windows of ten calls: three are waited for.
    expect(adapter.budget([])).toContainEqual({
      ...{ bucket: "acme.okta.com /api/v1/apps", calls: 31, perMinute: 10, minutes: 3 },
    });
    await small.close();
  });
});
