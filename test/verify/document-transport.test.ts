import https from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { redirects } from "../../src/verify/checks/d21-redirects.ts";
import { twice } from "../../src/verify/checks/d23-twice.ts";
import { keyCaching } from "../../src/verify/checks/d24-key-cache.ts";
import { certificates } from "../../src/verify/checks/t1-certificates.ts";
import { clock } from "../../src/verify/checks/t2-clock.ts";
import { latency } from "../../src/verify/checks/t3-latency.ts";
import { verifySubject } from "../../src/verify/verify.ts";
import { cases, explicit, noon, type Said } from "./lone-check.ts";
import { discoveryDocument, issuer, type Provider, startProvider } from "./provider.ts";
import { check, ioOf, subjectWith, verify } from "./subject.ts";

const day = 86_400_000;
const discovery = "/.well-known/openid-configuration";

/** Whether a URL is that of the document. */
const isDocument = (url: string): boolean => url.endsWith(discovery);
/** An answer for the document, and the usual one for the rest. */
const document =
  (said: Said) =>
  (url: string): Said | undefined =>
    isDocument(url) ? said : undefined;
const keySet =
  (said: Said) =>
  (url: string): Said | undefined =>
    url.endsWith("/keys") ? said : undefined;

const certificate = (left: number, lived = 60 * day, protocol = "TLSv1.3"): Said => ({
  tls: { protocol, validFrom: noon - lived, validTo: noon + left },
});
const tls = (detail: string): Said => ({ instead: { kind: "tls", detail } });

cases(certificates, [
  { name: "a good certificate", says: () => certificate(60 * day), finds: ["pass"], asks: [discovery, "/keys"] },
  { name: "a connection that tells nothing", finds: ["pass"], tells: "when they end was not seen" },
  {
    name: "29 days left",
    says: () => certificate(29 * day),
    finds: ["fail", "VERIFY_CERTIFICATE_ENDS", "policy"],
    tells: "ends in 29 days (2026-03-30)",
  },
  {
    name: "six days left",
    says: () => certificate(6 * day),
    finds: ["fail", "VERIFY_CERTIFICATE_RUNS_OUT", "must"],
    hint: "Renew the certificate of idp.example",
  },
  {
    name: "six days left at the key set's host only",
    says: (url) => certificate((isDocument(url) ? 60 : 6) * day),
    finds: ["fail", "VERIFY_CERTIFICATE_RUNS_OUT", "must"],
  },
  {
    name: "an end that has passed on our clock",
    says: () => certificate(-day),
    finds: ["fail", "VERIFY_CERTIFICATE_RUNS_OUT", "must"],
    tells: "has ended",
  },
  {
    name: "four days left of a certificate that lives six",
    says: () => certificate(4 * day, 2 * day),
    finds: ["pass"],
  },
  {
    name: "half a day left of a certificate that lives six",
    says: () => certificate(day / 2, 5 * day),
    finds: ["fail", "VERIFY_CERTIFICATE_RUNS_OUT", "must"],
  },
  {
    name: "TLS 1.1",
    says: () => certificate(60 * day, day, "TLSv1.1"),
    finds: ["fail", "VERIFY_TLS_OLD", "must"],
    hint: "TLS 1.2",
  },
  ...[
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "Browsers hide a missing intermediate"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "authority"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "subject alternative names"],
    ["CERT_HAS_EXPIRED", "Renew"],
    ["CERT_NOT_YET_VALID", "clock"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "TLS 1.2"],
  ].map(([code = "", hint = ""]) => ({
    name: code,
    says: () => tls(code),
    finds: ["fail", "VERIFY_TLS_FAILED", "must"] as const,
    hint,
  })),
  {
    name: "a certificate of the key set's host that fails",
    says: (url) => (isDocument(url) ? undefined : tls("CERT_HAS_EXPIRED")),
    finds: ["fail", "VERIFY_TLS_FAILED", "must"],
    tells: "the key set",
  },
  {
    name: "no answer",
    says: () => ({ instead: { kind: "dns", detail: "ENOTFOUND" } }),
    finds: ["inconclusive", "VERIFY_NOT_RUN", "must"],
  },
  {
    name: "an answer that was compressed",
    says: () => ({ instead: { kind: "encoded", detail: "gzip" } }),
    finds: ["pass"],
  },
  {
    name: "endpoints in the file",
    subject: explicit,
    says: () => certificate(60 * day),
    finds: ["pass"],
    asks: ["/keys"],
  },
]);

cases(clock, [
  { name: "the same time", finds: ["pass"], asks: [discovery, "/keys"] },
  { name: "twenty seconds", says: () => ({ ahead: 20 }), finds: ["pass"] },
  { name: "a slow answer moves nothing", says: () => ({ took: 9_000 }), finds: ["pass"] },
  {
    name: "a minute ahead",
    says: () => ({ ahead: 60 }),
    finds: ["fail", "VERIFY_CLOCK_DRIFTS", "policy"],
    hint: "NTP",
  },
  {
    name: "ten minutes ahead",
    says: () => ({ ahead: 600 }),
    finds: ["fail", "VERIFY_CLOCK_WRONG", "must"],
    tells: "ahead of the one of runner.example",
    hint: "NTP",
  },
  {
    name: "ten minutes behind, also where nothing is cached",
    says: () => ({ ahead: -600 }),
    finds: ["fail", "VERIFY_CLOCK_WRONG", "must"],
    tells: "behind",
    asks: [discovery, "/keys", "/authorize"],
  },
  {
    name: "a minute behind",
    says: () => ({ ahead: -60 }),
    finds: ["fail", "VERIFY_CLOCK_DRIFTS", "policy"],
  },
  {
    name: "a document that was an hour in a cache, which says so",
    says: () => ({ ahead: -3_600, headers: { age: "3600" } }),
    finds: ["pass"],
    asks: [discovery, "/keys"],
  },
  {
    name: "a document that was an hour in a cache, which does not say so",
    says: (url) => (url.endsWith("/authorize") ? { ahead: 2 } : { ahead: -3_600 }),
    finds: ["pass"],
    tells: "came from a cache",
  },
  {
    name: "a document that was an hour in a cache, and nothing else to ask",
    says: (url) =>
      url.endsWith("/authorize") ? { instead: { kind: "timeout", detail: "headers" } } : { ahead: -3_600 },
    finds: ["inconclusive", "VERIFY_CLOCK_UNSEEN", "policy"],
  },
  {
    name: "no time at all",
    says: () => ({ headers: { date: "" } }),
    finds: ["inconclusive", "VERIFY_CLOCK_UNSEEN", "policy"],
  },
  {
    name: "no time that can be read",
    says: () => ({ headers: { date: "now" } }),
    finds: ["inconclusive", "VERIFY_CLOCK_UNSEEN", "policy"],
  },
  {
    name: "endpoints in the file",
    subject: explicit,
    says: () => ({ ahead: 600 }),
    finds: ["fail", "VERIFY_CLOCK_WRONG", "must"],
    asks: ["/keys"],
  },
]);

cases(latency, [
  { name: "at once", finds: ["pass"] },
  { name: "three seconds", says: () => ({ took: 3_000 }), finds: ["pass"] },
  {
    name: "more than three seconds",
    says: keySet({ took: 3_500 }),
    finds: ["fail", "VERIFY_SLOW", "policy"],
    tells: "3.5 s for the key set",
  },
  {
    name: "no answer",
    says: () => ({ instead: { kind: "timeout", detail: "headers" } }),
    finds: ["inconclusive", "VERIFY_NOT_RUN", "policy"],
  },
]);

const leadsTo = (location: string): Said => ({ status: 301, text: "", headers: { location } });
cases(redirects, [
  { name: "none", finds: ["pass"] },
  ...[
    ["https to http", `http://idp.example${discovery}`, "public base URL to https"],
    ["another host", `https://www.idp.example${discovery}?x=secret`, "probably https://www.idp.example"],
    ["a sign-in page", "/login?next=secret", "let /.well-known/openid-configuration at idp.example be read by anyone"],
    ["a slash", `${discovery}/`, `${issuer}${discovery}/`],
    ["nowhere", "https://", "what stands in front"],
  ].map(([name = "", location = "", hint = ""]) => ({
    name,
    says: document(leadsTo(location)),
    finds: ["fail", "VERIFY_DOCUMENT_REDIRECTED", "policy"] as const,
    hint,
    asks: [discovery],
  })),
  {
    name: "the key set's",
    says: keySet(leadsTo("https://cdn.example/keys")),
    finds: ["fail", "VERIFY_DOCUMENT_REDIRECTED", "policy"],
    tells: "The key set redirects (301) to https://cdn.example/keys",
  },
  {
    name: "the key set's, where the endpoints stand in the file",
    subject: explicit,
    says: keySet(leadsTo("/login")),
    finds: ["fail", "VERIFY_DOCUMENT_REDIRECTED", "policy"],
    asks: ["/keys"],
  },
  {
    name: "no answer",
    says: () => ({ instead: { kind: "dns", detail: "ENOTFOUND" } }),
    finds: ["inconclusive", "VERIFY_NOT_RUN", "policy"],
  },
]);

/** What is said from the second reading on. */
const later =
  (said: Said) =>
  (url: string, nth: number): Said | undefined =>
    isDocument(url) && nth > 0 ? said : undefined;
cases(twice, [
  { name: "the same twice", finds: ["pass"], tells: "Read twice", asks: [discovery, discovery] },
  {
    name: "another order of members and of lists",
    says: later({
      json: Object.fromEntries(
        Object.entries(discoveryDocument())
          .reverse()
          .map(([name, value]) => [name, Array.isArray(value) ? value.toReversed() : value]),
      ),
    }),
    finds: ["pass"],
  },
  {
    name: "members that change each time",
    says: later({ json: { ...discoveryDocument(), generated_at: 2, request_id: "x", vendor: { a: 1 } } }),
    finds: ["pass"],
  },
  {
    name: "an http issuer the second time",
    says: later({ json: { ...discoveryDocument(), issuer: "http://idp.example" } }),
    finds: ["fail", "VERIFY_DISCOVERY_VARIES"],
    tells: "issuer",
    hint: "Several servers",
  },
  {
    name: "a member less the second time",
    says: later({ json: { ...discoveryDocument(), end_session_endpoint: undefined } }),
    finds: ["fail", "VERIFY_DISCOVERY_VARIES"],
    tells: "end_session_endpoint",
  },
  {
    name: "no document the second time",
    says: later({ status: 404, text: "no" }),
    finds: ["fail", "VERIFY_DISCOVERY_VARIES"],
  },
  {
    name: "a rate limit the second time",
    says: later({ status: 429, text: "slow down" }),
    finds: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"],
  },
  {
    name: "two addresses, the same",
    addresses: ["2001:db8::1", "192.0.2.1", "192.0.2.2"],
    finds: ["pass"],
    tells: "Read 3 times, from two addresses",
    asks: [discovery, discovery, discovery],
  },
  {
    name: "two addresses, one with another issuer",
    addresses: ["192.0.2.1", "192.0.2.2"],
    says: (url, _, address) =>
      isDocument(url) && address === "192.0.2.2"
        ? { json: { ...discoveryDocument(), issuer: "https://node2.example" } }
        : undefined,
    finds: ["fail", "VERIFY_DISCOVERY_VARIES"],
    tells: "issuer",
  },
  {
    name: "many addresses, of which this machine reaches IPv4 only",
    addresses: ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2"],
    says: (_, __, address) =>
      address?.includes(":") === true ? { instead: { kind: "transport", detail: "ENETUNREACH" } } : undefined,
    finds: ["pass"],
    tells: "from two addresses",
  },
  {
    name: "two addresses, one out of reach",
    addresses: ["192.0.2.1", "2001:db8::1"],
    says: (_, __, address) =>
      address?.includes(":") === true ? { instead: { kind: "transport", detail: "ENETUNREACH" } } : undefined,
    finds: ["pass"],
    tells: "Read twice",
  },
  {
    name: "two addresses, one with a bad certificate",
    addresses: ["192.0.2.1", "192.0.2.2"],
    says: (_, __, address) => (address === "192.0.2.2" ? tls("CERT_HAS_EXPIRED") : undefined),
    finds: ["fail", "VERIFY_DISCOVERY_VARIES"],
  },
  { name: "endpoints in the file", subject: explicit, finds: ["skipped"], asks: [] },
]);

cases(keyCaching, [
  { name: "nothing is said", finds: ["pass"], tells: "Nothing says" },
  {
    name: "ten minutes",
    says: keySet({ headers: { "cache-control": "public, max-age=600" } }),
    finds: ["pass"],
    tells: "600 s",
  },
  {
    name: "a month",
    says: keySet({ headers: { "cache-control": "max-age=2592000" } }),
    finds: ["pass"],
    tells: "30 days",
  },
  {
    name: "not at all",
    says: keySet({ headers: { "cache-control": "no-store" } }),
    finds: ["pass"],
    tells: "may not be kept",
  },
  {
    name: "until a day",
    says: keySet({ headers: { expires: new Date(noon + 7_200_000).toUTCString() } }),
    finds: ["pass"],
    tells: "7200 s",
  },
  { name: "until no day", says: keySet({ headers: { expires: "0" } }), finds: ["pass"], tells: "0 s" },
  { name: "no key set", says: keySet({ status: 500, text: "" }), finds: ["inconclusive", "VERIFY_NOT_RUN"] },
]);

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

test("a certificate that fails is T1's, and nothing else is sent or called fine", async () => {
  const leaf = await provider.authority.issue(["other.example"]);
  const server = https.createServer({ cert: leaf.cert, key: leaf.key });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const network = { connect: { host: "127.0.0.1", port, ca: provider.authority.ca } };
  const verification = await verifySubject(subjectWith(), ioOf({ network }), {
    secretProbe: true,
    wrongSecretControl: true,
  });
  await new Promise((resolve) => server.close(resolve));
  const musts = verification.checks.filter(({ level }) => level === "must");
  expect(musts.filter(({ verdict }) => verdict === "fail").map(({ id }) => id)).toEqual(["T1"]);
  expect(musts.filter(({ verdict }) => verdict === "pass").map(({ id }) => id)).toEqual(["D4"]);
  expect(check(verification, "D1")).toMatchObject({ code: "VERIFY_NOT_RUN", hint: "Mend T1 first." });
});

test("the end of a certificate is seen on a real connection", async () => {
  provider.behave();
  const left = (
    await verifySubject(
      subjectWith(),
      { ...ioOf(provider), clock: () => Date.now() + 24 * day },
      { secretProbe: true, wrongSecretControl: true },
    )
  ).checks;
  expect(left.find(({ id }) => id === "T1")).toMatchObject({ verdict: "fail", code: "VERIFY_CERTIFICATE_RUNS_OUT" });
});

test("a clock that is ten minutes wrong fails the verification by name, and only by that", async () => {
  const date = new Date(Date.now() + 600_000).toUTCString();
  provider.behave({
    discovery: (json) => ({
      status: 200,
      headers: { "content-type": "application/json", date },
      body: JSON.stringify(json),
    }),
  });
  const verification = await verify(provider);
  expect(verification.verdict).toBe("fail");
  const failed = verification.checks.filter(({ level, verdict }) => level === "must" && verdict === "fail");
  expect(failed.map(({ id, code }) => [id, code])).toEqual([["T2", "VERIFY_CLOCK_WRONG"]]);
});

test("the document is read twice and the key set once for all connections of a run", async () => {
  provider.behave();
  const documents = new Map();
  await verify(provider, {}, { documents });
  await verify(provider, {}, { documents });
  const asked = provider.seen.map(({ path }) => path);
  expect(asked.filter((path) => path === discovery)).toHaveLength(2);
  expect(asked.filter((path) => path === "/keys")).toHaveLength(1);
});
