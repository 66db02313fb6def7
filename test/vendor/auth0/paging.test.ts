import { expect, test } from "vitest";
import type { CallPurpose } from "../../../src/vendor/auth0/failure.ts";
import { readByCheckpoint, readByOffset, readWhole } from "../../../src/vendor/auth0/paging.ts";
import type { Auth0Transport } from "../../../src/vendor/auth0/transport.ts";

const purpose: CallPurpose = { what: "list things", scope: "read:things", writes: false };

/** A transport that answers from a function of the query. */
function answering(answer: (query: URLSearchParams) => unknown): { transport: Auth0Transport; paths: string[] } {
  const paths: string[] = [];
  const transport: Auth0Transport = {
    host: "acme.eu.auth0.com",
    async send({ path }) {
      paths.push(path);
      return answer(new URL(path, "https://x/").searchParams);
    },
    close: async () => {},
  };
  return { transport, paths };
}

const offset = (count: number) => (query: URLSearchParams) => {
  const start = Number(query.get("page")) * 100;
  const things = Array.from({ length: Math.max(0, Math.min(100, count - start)) }, (_, n) => start + n);
  return { things, start, limit: 100, total: count };
};

test.each([
  [0, 1],
  [99, 1],
  [100, 1],
  [101, 2],
  [1_000, 10],
])("%i by offset take %i calls", async (count, calls) => {
  const { transport, paths } = answering(offset(count));
  const { items, total } = await readByOffset(transport, "things?fields=a", "things", purpose);
  expect([items.length, total, paths.length]).toEqual([count, count, calls]);
  expect(paths[0]).toBe("things?fields=a&page=0&per_page=100&include_totals=true");
});

test("beyond 1,000 offset says how many there are and asks for no more", async () => {
  const { transport, paths } = answering(offset(1_234));
  const { items, total } = await readByOffset(transport, "things", "things", purpose);
  expect([items.length, total, paths.length]).toEqual([1_000, 1_234, 10]);
});

test("a whole list of more is read by checkpoint", async () => {
  const { transport, paths } = answering((query) => {
    if (!query.has("take")) return offset(1_020)(query);
    const start = Number(query.get("from") ?? 0);
    const things = Array.from({ length: Math.min(50, 1_020 - start) }, (_, n) => start + n);
    return { things, ...(start + 50 < 1_020 ? { next: String(start + 50) } : {}) };
  });
  expect(await readWhole(transport, "things", "things", purpose)).toHaveLength(1_020);
  expect(paths).toHaveLength(10 + 21);
});

test("the pages of a cursor may be short or empty before the last", async () => {
  const pages = [{ things: [1], next: "a" }, { things: [], next: "b" }, { things: [2] }];
  const { transport, paths } = answering(() => pages.shift());
  expect(await readByCheckpoint(transport, "things", "things", purpose)).toEqual([1, 2]);
  expect(paths).toEqual(["things?take=50", "things?take=50&from=a", "things?take=50&from=b"]);
});

test("a cursor that goes round in a circle is noticed", async () => {
  const { transport } = answering(() => ({ things: [1], next: "a" }));
  await expect(readByCheckpoint(transport, "things", "things", purpose)).rejects.toMatchObject({
    code: "AUTH0_UNEXPECTED_ANSWER",
    message: expect.stringContaining("circle"),
  });
});

test.each([[{}], [undefined], ["x"], [{ things: {} }]])("%j is no list", async (body) => {
  const { transport } = answering(() => body);
  await expect(readByOffset(transport, "things", "things", purpose)).rejects.toMatchObject({
    code: "AUTH0_UNEXPECTED_ANSWER",
  });
});
