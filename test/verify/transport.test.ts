import https from "node:https";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifySubject } from "../../src/verify/verify.ts";
import { createAuthority } from "./authority.ts";
import { discoveryDocument, html, json, type Provider, type Reply, startProvider } from "./provider.ts";
import { check, ioOf, subjectWith, verify } from "./subject.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

const options = { secretProbe: true, wrongSecretControl: true };

/** Breaks the connection off instead of answering. */
const reset: Reply = { raw: (response) => response.destroy() };

/** Sends a byte now and then, for ever. */
const drip: Reply = {
  raw: (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const timer = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(timer));
  },
};

const silence: Reply = { raw: () => {} };

for (const [name, reply] of [
  ["a document that drips", drip],
  ["a document that never comes", silence],
] as const) {
  test(`${name} is given up at the deadline`, async () => {
    provider.behave({ discovery: () => reply });
    const verification = await verifySubject(subjectWith(), ioOf(provider, { deadline: 250 }), options);
    expect(check(verification, "D1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_TIMEOUT" });
    expect(verification.verdict).toBe("inconclusive");
    expect(provider.seen).toHaveLength(1);
  });
}

test("a document of 5 MB is read up to the cap only", async () => {
  let written = 0;
  provider.behave({
    discovery: () => ({
      raw: (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.on("close", () => {
          written = response.socket?.bytesWritten ?? written;
        });
        response.end(JSON.stringify({ ...discoveryDocument(), padding: "x".repeat(5_000_000) }));
      },
    }),
  });
  const verification = await verify(provider);
  expect(check(verification, "D1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_ANSWER_TOO_LARGE" });
  expect(check(verification, "D1").evidence.bytes).toBe(1_000_000);
});

test("a compressed document is not unpacked", async () => {
  provider.behave({
    discovery: (document) => ({
      status: 200,
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: gzipSync(JSON.stringify(document)),
    }),
  });
  const verification = await verify(provider);
  expect(check(verification, "D1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_ANSWER_ENCODED" });
});

test("a GET whose connection breaks off is tried once more", async () => {
  let broken = 0;
  provider.behave({
    discovery: (document) => {
      broken += 1;
      return broken === 1 ? reset : document;
    },
  });
  expect((await verify(provider)).verdict).toBe("pass");
  // Once more for D23, which reads the document a second time.
  expect(broken).toBe(3);
});

test("a GET whose connection always breaks off is inconclusive after two tries", async () => {
  provider.behave({ discovery: () => reset });
  const verification = await verify(provider);
  expect(check(verification, "D1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_UNREACHABLE" });
  expect(check(verification, "D1").message).toContain("runner.example");
  expect(provider.seen).toHaveLength(2);
});

test("a secret whose connection breaks off is not sent again", async () => {
  provider.behave({ token: () => reset });
  const verification = await verify(provider);
  expect(check(verification, "S1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_UNREACHABLE" });
  expect(provider.seen.filter((one) => one.path === "/token")).toHaveLength(1);
});

test("status and error of the second try are what counts", async () => {
  let calls = 0;
  provider.behave({
    discovery: () => {
      calls += 1;
      return calls === 1 ? reset : html(404, "no");
    },
  });
  expect(check(await verify(provider), "D1").code).toBe("VERIFY_DISCOVERY_MISSING");
});

test("a stopped run says so by throwing the reason", async () => {
  const stop = new AbortController();
  const reason = new Error("stopped by the user");
  provider.behave({
    discovery: () => {
      stop.abort(reason);
      return silence;
    },
  });
  await expect(verify(provider, {}, { signal: stop.signal })).rejects.toBe(reason);
  await expect(verify(provider, {}, { signal: stop.signal })).rejects.toBe(reason);
});

test("a server that refuses connections is unreachable", async () => {
  const network = { connect: { host: "127.0.0.1", port: 1, ca: provider.authority.ca } };
  const verification = await verifySubject(subjectWith(), ioOf({ network }), options);
  expect(check(verification, "D1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_UNREACHABLE" });
});

test("a proxy of the environment is not used", async () => {
  process.env.HTTPS_PROXY = "http://127.0.0.1:1";
  try {
    provider.behave();
    expect((await verify(provider)).verdict).toBe("pass");
  } finally {
    delete process.env.HTTPS_PROXY;
  }
});

test("documents are shared by the connections of one run, whatever came of them", async () => {
  provider.behave();
  const documents = new Map();
  await verify(provider, {}, { documents });
  await verify(provider, {}, { documents });
  const asked = provider.seen.map(({ path }) => path).filter((path) => !["/authorize", "/token"].includes(path));
  expect(asked.sort()).toEqual(["/.well-known/openid-configuration", "/.well-known/openid-configuration", "/keys"]);
  provider.behave({ discovery: () => json(500, {}) });
  const fresh = new Map();
  await verify(provider, {}, { documents: fresh });
  await verify(provider, {}, { documents: fresh });
  expect(provider.seen).toHaveLength(1);
});

test("certificates that do not hold are named with their mend", async () => {
  const { authority } = provider;
  const stranger = await createAuthority();
  const day = 86_400_000;
  const past = { notBefore: new Date(Date.now() - 9 * day), notAfter: new Date(Date.now() - day) };
  const cases = [
    [await authority.issueBehindGap(["idp.example"]), "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "Browsers hide a missing"],
    [await authority.issue(["other.example"]), "ERR_TLS_CERT_ALTNAME_INVALID", "subject alternative names"],
    [await authority.issue(["idp.example"], past), "CERT_HAS_EXPIRED", "Renew"],
    [await stranger.issue(["idp.example"]), "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "NODE_EXTRA_CA_CERTS"],
  ] as const;
  for (const [leaf, reason, hint] of cases) {
    const server = https.createServer({ cert: leaf.cert, key: leaf.key });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const network = { connect: { host: "127.0.0.1", port, ca: authority.ca } };
    const found = check(await verifySubject(subjectWith(), ioOf({ network }), options), "T1");
    expect(found).toMatchObject({ verdict: "fail", code: "VERIFY_TLS_FAILED", evidence: { reason } });
    expect(found.hint).toContain(hint);
    await new Promise((resolve) => server.close(resolve));
  }
});
