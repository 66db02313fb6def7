import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createFetcher } from "../../src/verify/fetch/fetcher.ts";
import { verifySubject } from "../../src/verify/verify.ts";
import { type LoopbackWatch, watchLoopback } from "./loopback-watch.ts";
import { clientSecret, discoveryDocument, json, type Provider, startProvider } from "./provider.ts";
import { check, ioOf, subjectWith } from "./subject.ts";

// A tenant's issuer is reached; what its document names leads elsewhere. No secret may follow, and nothing may be connected.

const trusted = getCACertificates("default");
let provider: Provider;
let watch: LoopbackWatch;
beforeAll(async () => {
  provider = await startProvider();
  watch = await watchLoopback();
  setDefaultCACertificates([...trusted, provider.authority.ca]);
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await watch.close();
  await provider.close();
});
beforeEach(() => watch.reset());

/** What names lead to. Only the issuer's own host is allowed to be private. */
const names: Readonly<Record<string, readonly string[]>> = {
  "idp.example": ["127.0.0.1"],
  "inside.example": ["127.0.0.1"],
  "inside6.example": ["::1"],
  "metadata.example": ["169.254.169.254"],
  "mixed.example": ["8.8.8.8", "127.0.0.1"],
  "mapped.example": ["::ffff:127.0.0.1"],
  "empty.example": [],
};

const endpoints: readonly string[] = [
  "https://127.0.0.1:PORT/token",
  "https://127.0.0.1/token",
  "https://[::1]:PORT/token",
  "https://2130706433/token",
  "https://0x7f.1/token",
  "https://127.0.0.1./token",
  "https://[::ffff:127.0.0.1]/token",
  "https://169.254.169.254/token",
  "https://idp.example@127.0.0.1/token",
  "https://idp.example:PORT/token",
  "http://127.0.0.1:PORT/token",
  "http://idp.example/token",
  "//127.0.0.1/token",
  "https://localhost/token",
  "https://localhost:PORT/token",
  "https://jenkins/token",
  "https://inside.example/token",
  "https://inside6.example/token",
  "https://metadata.example/token",
  "https://mixed.example/token",
  "https://mapped.example/token",
  "https://empty.example/token",
  // Public when D6 looks, private when it is dialled.
  "https://rebinding.example/token",
];

/** Proves a client whose document names this endpoint, names being resolved as above. */
async function prove(member: string, endpoint: string) {
  const issuer = `https://idp.example:${provider.port}`;
  let looksAtRebinding = 0;
  const fetcher = await createFetcher({
    network: {},
    allowPrivate: [`idp.example:${provider.port}`],
    deadline: 1_000,
    resolve: async (hostname) => {
      if (hostname === "rebinding.example") looksAtRebinding += 1;
      const rebound = looksAtRebinding < 2 ? "8.8.8.8" : "127.0.0.1";
      const found = hostname === "rebinding.example" ? [rebound] : (names[hostname] ?? []);
      return found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    },
  });
  provider.behave({
    discovery: () =>
      json(200, {
        ...Object.fromEntries(
          Object.entries(discoveryDocument()).map(([name, value]) => [
            name,
            typeof value === "string" ? value.replace("https://idp.example", issuer) : value,
          ]),
        ),
        [member]: endpoint,
      }),
  });
  const io = { ...ioOf({ network: {} }), fetcher: async () => fetcher };
  const options = { secretProbe: true, wrongSecretControl: true };
  const verification = await verifySubject(subjectWith({ issuer }), io, options);
  await fetcher.close();
  return verification;
}

/** All that the provider and the listeners were sent, as text. */
function secretsSeen(): boolean {
  const sent = JSON.stringify(provider.seen.map(({ form, headers }) => [form.toString(), headers]));
  const basic = Buffer.from(`tnclient:${clientSecret}`).toString("base64");
  return sent.includes(clientSecret) || sent.includes(basic);
}

describe("a document that names a token endpoint elsewhere", () => {
  test("proves the stand-in sound: with its own endpoint the secret arrives", async () => {
    const verification = await prove("token_endpoint", `https://idp.example:${provider.port}/token`);
    expect(check(verification, "D6").verdict).toBe("pass");
    expect(provider.seen.some(({ path }) => path === "/token")).toBe(true);
  });

  test.each(endpoints)("%s gets no secret and no connection", async (template) => {
    const verification = await prove("token_endpoint", template.replace("PORT", String(watch.port)));
    expect(verification.verdict).not.toBe("pass");
    expect(check(verification, "S1").verdict).not.toBe("pass");
    expect(secretsSeen()).toBe(false);
    expect(provider.seen.filter(({ path }) => path === "/token")).toEqual([]);
    expect(watch.connections()).toBe(0);
    expect(JSON.stringify(verification.checks)).not.toMatch(/8\.8\.8\.8|::1\b(?!\])/);
  });
});

describe("a document that names another endpoint elsewhere", () => {
  test.each(["authorization_endpoint", "jwks_uri", "userinfo_endpoint"])("%s is not asked", async (member) => {
    for (const template of ["https://127.0.0.1:PORT/x", "https://inside.example/x", "https://metadata.example/x"]) {
      const verification = await prove(member, template.replace("PORT", String(watch.port)));
      expect(check(verification, "D6")).toMatchObject({ verdict: "fail", code: "VERIFY_ENDPOINT_INVALID" });
      // The secret waits for every endpoint to be in order.
      expect(secretsSeen()).toBe(false);
      expect(watch.connections()).toBe(0);
    }
  });

  test("the words are the same whatever the name leads to", async () => {
    const said = new Set<string>();
    for (const host of ["inside.example", "inside6.example", "metadata.example", "mixed.example", "empty.example"]) {
      const verification = await prove("token_endpoint", `https://${host}/token`);
      const { message, hint, actual, expected } = check(verification, "D6");
      said.add(JSON.stringify([message, hint, actual, expected]).replaceAll(host, "HOST"));
    }
    expect([...said]).toHaveLength(1);
  });
});
