import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAuthority } from "../../sandbox/authority.ts";
import { CustomerProvider } from "../../sandbox/external/customer-provider.ts";
import { createExternalSite } from "../../sandbox/external/external-site.ts";
import { oidcProvider } from "../../sandbox/external/vendors/oidc-provider.ts";
import { Faults } from "../../sandbox/faults.ts";
import { allMisbehaviours } from "../../sandbox/misbehave/all.ts";
import { Misbehaviours } from "../../sandbox/misbehave/misbehaviours.ts";
import { listen, type SandboxServer } from "../../sandbox/server.ts";
import { ask, type Door, type Heard, handshake } from "./misbehave.ts";

const host = "id.customer.example";
const redirectUri = "https://portal.acme.example/callback/7vk2";
const secret = "secret with +/% in it";
const now = Date.UTC(2026, 5, 1);

let door: Door;
let server: SandboxServer;
/** What is answered when nothing is wrong. */
let sound: Readonly<Record<string, unknown>>;
const misbehaviours = new Misbehaviours();

beforeAll(async () => {
  const authority = await createAuthority(Date.now());
  const provider = new CustomerProvider(oidcProvider(host));
  provider.register({
    clientId: "acme",
    method: "client_secret_basic",
    redirectUris: [redirectUri],
    postLogoutUris: ["https://portal.acme.example/"],
    secret,
  });
  server = await listen({
    port: 0,
    authority,
    sites: [createExternalSite(provider, () => now)],
    faults: new Faults(),
    misbehaviours,
    clock: () => now,
    onRequest: () => {},
  });
  door = { port: server.port, ca: authority.certificate };
  sound = await answers();
});
afterAll(() => server.close());
beforeEach(() => {
  misbehaviours.clear();
});

const base = `https://${host}`;
const basic = (value: string): Readonly<Record<string, string>> => ({
  authorization: `Basic ${Buffer.from(`acme:${encodeURIComponent(value)}`).toString("base64")}`,
  "content-type": "application/x-www-form-urlencoded",
});
const asked = (uri: string): string =>
  `${new URLSearchParams({
    ...{ client_id: "acme", response_type: "code", redirect_uri: uri, scope: "openid email", prompt: "none" },
    ...{ state: "the-State", nonce: "n", code_challenge: "c".repeat(43), code_challenge_method: "S256" },
  })}`;
const code = `${new URLSearchParams({ grant_type: "authorization_code", code: "none", redirect_uri: redirectUri })}`;
const away = (uri: string): string =>
  `${base}/session/end?${new URLSearchParams({ client_id: "acme", post_logout_redirect_uri: uri })}`;

const document = `${base}/.well-known/openid-configuration`;

/** What is asked of a provider to see whether it is changed. */
const questions: Readonly<Record<string, () => Promise<Heard>>> = {
  document: () => ask(door, document),
  "document again": () => ask(door, document),
  keys: () => ask(door, `${base}/jwks`),
  authorization: () => ask(door, `${base}/auth?${asked(redirectUri)}`),
  "authorization below": () => ask(door, `${base}/auth?${asked(`${redirectUri}/below`)}`),
  "authorization elsewhere": () => ask(door, `${base}/auth?${asked("https://nobody.invalid/")}`),
  token: () => ask(door, `${base}/token`, { method: "POST", headers: basic(secret), body: code }),
  "token with another secret": () =>
    ask(door, `${base}/token`, { method: "POST", headers: basic("other"), body: code }),
  pushed: () => ask(door, `${base}/request`, { method: "POST", headers: basic(secret), body: asked(redirectUri) }),
  "pushed elsewhere": () =>
    ask(door, `${base}/request`, { method: "POST", headers: basic(secret), body: asked("https://nobody.invalid/") }),
  logout: () => ask(door, away("https://portal.acme.example/")),
  "logout elsewhere": () => ask(door, away("https://nobody.invalid/")),
};

/** What is new in each answer is left out. */
const steady = ({ status, headers, body }: Heard): unknown => ({
  status,
  headers: Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(set-cookie|etag|content-length)$/.test(name)),
  ),
  body: body.replaceAll(/"request_uri":"[^"]*"|value="[^"]*"|"expires_in":\d+/g, ""),
});

async function answers(): Promise<Readonly<Record<string, unknown>>> {
  const found: Record<string, unknown> = {};
  for (const [name, question] of Object.entries(questions)) found[name] = steady(await question());
  return found;
}

const inAnswers = allMisbehaviours.filter(
  ({ layer, name }) => layer !== undefined && !["slow-key-set", "no-answer", "drip"].includes(name),
);

/** What changes nothing here: the client is registered for Basic, and the issuer has no final slash. */
const forOthers = new Set([
  ...["auth-method-basic-only", "client-key-unregistered", "client-not-public", "issuer-slash-missing"],
]);

describe("a misbehaviour", () => {
  test.each(inAnswers.map(({ name }) => name).filter((name) => !forOthers.has(name)))(
    "%s changes what is answered",
    async (name) => {
      misbehaviours.add(host, name);
      expect(await answers()).not.toEqual(sound);
    },
  );

  test("changes nothing any more once it is turned off", async () => {
    for (const { name } of inAnswers) misbehaviours.add(host, name);
    expect(misbehaviours.clear(host, "discovery-404")).toBe(1);
    expect(misbehaviours.clear(host)).toBe(inAnswers.length - 1);
    expect(await answers()).toEqual(sound);
  });

  test("takes the slash from an issuer that has one", async () => {
    misbehaviours.add(host, "issuer-slash-missing");
    misbehaviours.add(host, "issuer-slash-added");
    expect(JSON.parse((await ask(door, document)).body).issuer).toBe(`${base}/`);
    misbehaviours.clear(host, "issuer-slash-missing");
    misbehaviours.add(host, "issuer-slash-missing");
    expect(JSON.parse((await ask(door, document)).body).issuer).toBe(base);
  });

  test("leaves other hosts alone", async () => {
    misbehaviours.add("other.example", "discovery-404");
    expect(await answers()).toEqual(sound);
  });

  test("goes with others: the newest is the nearest to the client", async () => {
    misbehaviours.add(host, "issuer-slash-added");
    misbehaviours.add(host, "discovery-text-plain");
    misbehaviours.add(host, "clock-fast");
    const { headers, body } = await ask(door, document);
    expect(JSON.parse(body).issuer).toBe(`${base}/`);
    expect(headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      date: new Date(now + 600_000).toUTCString(),
    });
  });

  test("drip: the answer is announced, and comes by and by", async () => {
    misbehaviours.add(host, "drip");
    await expect(ask(door, document, { patience: 300 })).rejects.toMatchObject({ code: "ABORT_ERR" });
  });

  test("no-answer: nothing comes", async () => {
    misbehaviours.add(host, "no-answer");
    await expect(ask(door, document, { patience: 300 })).rejects.toMatchObject({ code: "ABORT_ERR" });
  });

  test("no two have one name, and each says in a sentence what it is", () => {
    const names = allMisbehaviours.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(45);
    for (const { name, about } of allMisbehaviours) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(about).toMatch(/^[A-Z].*\.$/);
    }
  });

  test("stands in docs/sandbox.md, with its sentence", () => {
    const page = readFileSync(fileURLToPath(new URL("../../docs/sandbox.md", import.meta.url)), "utf8");
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    for (const { name, about } of allMisbehaviours) expect(rows).toContain(`| \`${name}\` | ${about} |`);
  });
});

describe("a certificate", () => {
  test.each([
    ["certificate-expired", "CERT_HAS_EXPIRED"],
    ["certificate-not-yet-valid", "CERT_NOT_YET_VALID"],
    ["certificate-wrong-host", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["certificate-self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["certificate-incomplete-chain", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ])("%s is %s to a client, until it is turned off", async (name, code) => {
    misbehaviours.add(host, name);
    await expect(ask(door, document)).rejects.toMatchObject({ code });
    misbehaviours.clear();
    expect((await ask(door, document)).status).toBe(200);
  });

  test("that expires soon is good until then", async () => {
    misbehaviours.add(host, "certificate-soon-expiring");
    expect((await ask(door, document)).status).toBe(200);
    const { certificate } = await handshake(door, host);
    const days = (Date.parse(certificate.valid_to) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(2);
    expect(days).toBeLessThan(4);
  });
});

test("tls-1-1: a client of today is refused, an old one is let in", async () => {
  misbehaviours.add(host, "tls-1-1");
  await expect(ask(door, document)).rejects.toThrow("alert protocol version");
  expect(await handshake(door, host, { maxVersion: "TLSv1.1" })).toMatchObject({ protocol: "TLSv1.1" });
  misbehaviours.clear();
  expect((await handshake(door, host)).protocol).toBe("TLSv1.3");
});
