import { expect, test } from "vitest";
import { nextTarget, readPages } from "../../../src/vendor/okta/paging.ts";
import type { OktaTransport } from "../../../src/vendor/okta/transport.ts";

const purpose = { what: "list apps", scope: "okta.apps.read", writes: false };

test.each([
  ['<https://acme.okta.com/api/v1/apps?after=a>; rel="next"', "https://acme.okta.com/api/v1/apps?after=a"],
  ['<https://x.example/1>; rel="self", <https://x.example/2?q=a,b;c>; rel="next"', "https://x.example/2?q=a,b;c"],
  ['<https://x.example/2>; title="a, b"; rel=next', "https://x.example/2"],
  ['<https://x.example/2>; rel="last next"', "https://x.example/2"],
  ['<https://x.example/1>; rel="self"', undefined],
  ['<https://x.example/1>; rel="nextish"', undefined],
  ['<https://x.example/1>; title="rel=next"', undefined],
  [null, undefined],
])("next page of %s", (header, target) => {
  expect(nextTarget(header)).toBe(target);
});

/** A transport that answers from a table of pages; what is not in it fails the test. */
function transport(pages: Record<string, { body: unknown; link?: string }>): OktaTransport {
  return {
    host: "acme.okta.com",
    async send({ path }) {
      const page = pages[path];
      if (page === undefined) throw new Error(`unexpected ${path}`);
      return { body: page.body, headers: new Headers(page.link === undefined ? {} : { link: page.link }) };
    },
    close() {},
  };
}

test("pages are read to the end, in order", async () => {
  const items = await readPages(
    transport({
      "/api/v1/apps?limit=2": { body: [1, 2], link: '<https://acme.okta.com/api/v1/apps?after=x&limit=2>; rel="next"' },
      "/api/v1/apps?after=x&limit=2": { body: [3] },
    }),
    "/api/v1/apps?limit=2",
    purpose,
    (item) => ({ item }),
  );
  expect(items).toEqual([{ item: 1 }, { item: 2 }, { item: 3 }]);
});

test.each([
  ["another host", "https://evil.example/api/v1/apps?after=x"],
  ["another list", "https://acme.okta.com/api/v1/users?after=x"],
  ["no encryption", "http://acme.okta.com/api/v1/apps?after=x"],
  ["itself again", "https://acme.okta.com/api/v1/apps"],
])("a next page with %s is not followed", async (_name, target) => {
  const one = transport({ "/api/v1/apps": { body: [], link: `<${target}>; rel="next"` } });
  await expect(readPages(one, "/api/v1/apps", purpose, String)).rejects.toMatchObject({
    code: "OKTA_UNEXPECTED_ANSWER",
  });
});

test("an answer that is no list is not taken for an empty one", async () => {
  const one = transport({ "/api/v1/apps": { body: { apps: [] } } });
  await expect(readPages(one, "/api/v1/apps", purpose, String)).rejects.toMatchObject({
    code: "OKTA_UNEXPECTED_ANSWER",
  });
});
