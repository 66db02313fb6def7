import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDocuments, type DocumentCache } from "../../src/verify/documents.ts";
import { boundTo, createFetcher, type Fetcher } from "../../src/verify/fetch/fetcher.ts";
import { verifySubject } from "../../src/verify/verify.ts";
import { html, issuer, json, type Provider, startProvider } from "./provider.ts";
import { ioOf, subjectWith } from "./subject.ts";

let provider: Provider;
let fetcher: Fetcher;
beforeAll(async () => {
  provider = await startProvider();
  fetcher = await createFetcher({ network: provider.network, allowPrivate: [], deadline: 2_000 });
});
afterAll(async () => {
  await fetcher.close();
  await provider.close();
});
beforeEach(() => provider.behave());

const documentsOf = (cache: DocumentCache, asker = fetcher) => createDocuments(asker, "runner.example", cache);
const times = (path: string): number => provider.seen.filter((one) => one.path === path).length;
const discoveryPath = "/.well-known/openid-configuration";

test("connections that ask for a document at the same moment share one request", async () => {
  const cache: DocumentCache = new Map();
  const reads = await Promise.all(
    Array.from({ length: 1_000 }, async () => {
      const documents = documentsOf(cache);
      return [await documents.discovery(issuer), await documents.keys(`${issuer}/keys`)];
    }),
  );
  expect(reads.flat().every(({ ok }) => ok)).toBe(true);
  expect([times(discoveryPath), times("/keys")]).toEqual([1, 1]);
});

test("connections that ask one after the other share it too", async () => {
  const cache: DocumentCache = new Map();
  for (let round = 0; round < 3; round += 1) await documentsOf(cache).discovery(issuer);
  expect(times(discoveryPath)).toBe(1);
});

test.each([
  ["missing", () => html(404, "no")],
  ["too busy", () => json(503, {})],
  ["never there", () => ({ raw: () => {} })],
])("a document that is %s is waited for once in a run, and asked again in the next", async (_, discovery) => {
  provider.behave({ discovery });
  const quick = await createFetcher({ network: provider.network, allowPrivate: [], deadline: 200 });
  const cache: DocumentCache = new Map();
  const reads = await Promise.all(Array.from({ length: 1_000 }, () => documentsOf(cache, quick).discovery(issuer)));
  expect(reads.every(({ ok }) => !ok)).toBe(true);
  expect(await documentsOf(cache, quick).discovery(issuer)).toBe(reads[0]);
  expect(times(discoveryPath)).toBe(1);
  provider.behave();
  expect((await documentsOf(new Map(), quick).discovery(issuer)).ok).toBe(true);
  await quick.close();
});

test("what was not asked because the run was stopped is not taken for an answer", async () => {
  const cache: DocumentCache = new Map();
  const stopped = documentsOf(cache, boundTo(fetcher, AbortSignal.abort()));
  expect((await stopped.discovery(issuer)).ok).toBe(false);
  expect((await documentsOf(cache).discovery(issuer)).ok).toBe(true);
});

test("two issuers, and a document and a key set at one URL, are not mixed up", async () => {
  const documents = documentsOf(new Map());
  const one = await documents.discovery(issuer);
  const other = await documents.discovery("https://keys.example");
  expect([one.ok, other.ok, one === other]).toEqual([true, true, false]);
  const asKeys = await documents.keys(`${issuer}${discoveryPath}`);
  expect(asKeys.ok).toBe(false);
});

test("verifications of one run share their documents and their connections", async () => {
  const io = { ...ioOf(provider), fetcher: async () => fetcher };
  const documents: DocumentCache = new Map();
  const options = { secretProbe: true, wrongSecretControl: true, documents };
  const [first] = await Promise.all([verifySubject(subjectWith(), io, options)]);
  const before = [times(discoveryPath), times("/keys")];
  await Promise.all(Array.from({ length: 20 }, () => verifySubject(subjectWith(), io, options)));
  expect(first?.verdict).toBe("pass");
  expect([times(discoveryPath), times("/keys")]).toEqual(before);
});
