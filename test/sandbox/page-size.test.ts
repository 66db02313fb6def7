import { afterAll, beforeAll, expect, test } from "vitest";
import { count, slice } from "../../sandbox/page/list.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";

const many = 10_000;
let at: TestSandbox;

beforeAll(async () => {
  at = await startTestSandbox();
  const { okta, auth0 } = at.sandbox;
  const payroll = okta.app("Payroll");
  if (payroll === undefined) throw new Error("no payroll");
  const { id: _id, secrets: _secrets, assignments: _assignments, ...like } = payroll;
  for (let index = 1; index <= many; index += 1) {
    const group = okta.addGroup(`staff-${index}`);
    // Only what is made anew for each app is left out.
    const app = okta.addApp({ ...like, grants: [], clientId: `client-${index}`, label: `app-${index}` });
    okta.assign(app, group);
    auth0.addOrganization(`organization-${index}`);
  }
});
afterAll(() => at.close());

async function page(path: string): Promise<string> {
  return (await at.fetch("127.0.0.1", path, { headers: { accept: "text/html" } })).text();
}

test("of ten thousand apps fifty are shown, it says how many are not, and leads to the next ones", async () => {
  const text = await page("/okta");
  const total = at.sandbox.okta.apps.length;
  expect(text).toContain(`1 to 50 of ${count(total)}; ${count(total - 50)} apps not shown.`);
  expect(text.match(/<tr role="row" data-key/g)?.length).toBeLessThan(200);
  expect(text.length).toBeLessThan(200_000);
  expect(text).toContain('href="/okta?apps=2#apps"');
  const last = Math.ceil(total / 50);
  const end = await page(`/okta?apps=${last}`);
  expect(end).toContain(`Page ${count(last)} of ${count(last)}`);
  expect(end).toContain(`app-${many}`);
  expect(end).not.toContain(`href="/okta?apps=${last + 1}#apps"`);
});

test("a search leads to one of them, and keeps while paging", async () => {
  expect(await page("/okta?q=TENANTRY+Service")).toContain("<div>Tenantry service</div>");
  const text = await page("/okta?q=APP-9876");
  expect(text).toContain("client-9876");
  expect(text).not.toContain("client-9875");
  expect(text).toContain(
    `1 to 1 of 1 that fit the search, of ${count(many + 2)} altogether; ${count(many + 1)} apps not shown.`,
  );
  expect(await page("/okta?q=app-1")).toContain('href="/okta?q=app-1&amp;apps=2#apps"');
  expect(await page("/auth0?q=organization-777")).toContain("of 11 that fit the search");
});

test("the pages come quickly", async () => {
  for (const path of ["/", "/okta", "/okta?q=app-99", "/auth0"]) {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const started = performance.now();
      await page(path);
      times.push(performance.now() - started);
    }
    // The fastest of five: the machine may be busy with other things.
    expect(Math.min(...times), path).toBeLessThan(250);
  }
});

test.each([
  [null, 1, 1, 50],
  ["3", 3, 101, 120],
  ["4", 3, 101, 120],
  ["0", 1, 1, 50],
  ["x", 1, 1, 50],
])("page %s of 120 rows is %i, rows %i to %i", (wanted, page, first, last) => {
  const items = Array.from({ length: 120 }, (_, index) => String(index + 1));
  const found = slice(items, "", wanted, (item) => [item]);
  expect(found).toMatchObject({ page, pages: 3, first, last, total: 120, matching: 120 });
  expect(found.shown[0]).toBe(String(first));
  expect(slice([], "", wanted, () => [])).toMatchObject({ page: 1, pages: 1, first: 0, last: 0, shown: [] });
});
