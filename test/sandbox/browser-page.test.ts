import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { oktaHost, payrollClientId } from "../../sandbox/sandbox.ts";
import { chromiumPath, startChromium } from "../support/chromium.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { cutOff, faintTexts } from "./browser-look.ts";
import { call, webApp } from "./okta-caller.ts";

describe.skipIf(chromiumPath === undefined)("the page in Chromium", () => {
  const paths = ["/", "/okta", "/auth0", "/providers", "/requests", "/faults"];
  let at: TestSandbox;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  /** Errors of scripts and of the content security policy, and every address that was asked for. */
  const errors: string[] = [];
  const asked: URL[] = [];

  beforeAll(async () => {
    at = await startTestSandbox();
    browser = await startChromium(at);
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    at.sandbox.faults.clear();
    expect(errors.splice(0)).toEqual([]);
    expect(
      asked.splice(0).filter(({ hostname, protocol }) => hostname !== "127.0.0.1" && protocol !== "data:"),
    ).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await at.close();
  });

  /** A page at this path. Time stands still for its script unless the test lets it run. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    contexts.push(context);
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("dialog", (dialog) => errors.push(`dialog ${dialog.message()}`));
    page.on("request", (request) => asked.push(new URL(request.url())));
    if (options.javaScriptEnabled !== false) await page.clock.install();
    await page.goto(`https://127.0.0.1:${at.sandbox.port}${path}`);
    return page;
  }

  /** Lets the page refresh itself once. */
  async function refresh(page: Page): Promise<void> {
    const answered = page.waitForResponse((response) => response.request().resourceType() === "fetch");
    await page.clock.runFor(2000);
    await (await answered).finished();
  }

  const texts = (page: Page, region: string): Promise<string[]> => page.locator(`#${region} tbody tr`).allInnerTexts();
  const row = (page: Page, region: string, text: string) =>
    page.locator(`#${region}`).getByRole("row").filter({ hasText: text });

  test("shows what is there, and leads everywhere by its links", async () => {
    const page = await open("/");
    expect(await page.title()).toBe("Overview · Tenantry sandbox");
    const card = page.getByRole("listitem").filter({ hasText: "acme.okta.com" });
    expect(await card.textContent()).toContain(String(at.sandbox.okta.apps.length));
    for (const name of ["Okta", "Auth0", "Providers", "Requests", "Faults", "Overview"]) {
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await page.title()).toBe(`${name} · Tenantry sandbox`);
    }
    await page.getByRole("link", { name: "Customers’ providers" }).click();
    expect(await page.getByRole("heading", { level: 2 }).allInnerTexts()).toContain("bluefin-studios");
    expect(await page.getByText("admin@bluefin.example").count()).toBe(1);
  });

  test("a new app appears by itself, as text whatever its label, and goes again", async () => {
    const page = await open("/okta");
    const label = `<img src="x" onerror="alert(1)"><b>evil</b>`;
    const { json } = await call(at, "POST", "/api/v1/apps", webApp(label));
    await refresh(page);
    await row(page, "apps", label).waitFor();
    expect(await page.locator("main img, main b").count()).toBe(0);
    await call(at, "POST", `/api/v1/apps/${json.id}/lifecycle/deactivate`);
    await refresh(page);
    await row(page, "apps", label).filter({ hasText: "INACTIVE" }).waitFor();
    await call(at, "DELETE", `/api/v1/apps/${json.id}`);
    await refresh(page);
    await row(page, "apps", label).waitFor({ state: "detached" });
  });

  test("a request appears by itself, the newest first, and the page's own do not", async () => {
    const page = await open("/requests");
    await call(at, "GET", "/api/v1/groups?q=one");
    await call(at, "GET", "/api/v1/apps/0oanobody");
    await refresh(page);
    await row(page, "requests", "0oanobody").waitFor();
    const [first = "", second = ""] = await texts(page, "requests");
    expect(first).toMatch(/GET acme\.okta\.com\/api\/v1\/apps\/0oanobody\s+404\s+\d\d:\d\d:\d\d\.\d{3}\s+\d+ ms/);
    expect(second).toContain("/api/v1/groups?q=one");
    await refresh(page);
    expect((await texts(page, "requests")).join()).not.toContain("127.0.0.1");
  });

  test("requests are filtered by host and status", async () => {
    await call(at, "GET", "/api/v1/apps/0oanobody");
    await (await at.fetch("accounts.google.com", "/.well-known/openid-configuration")).text();
    const page = await open("/requests");
    await page.getByLabel("Host").selectOption("accounts.google.com");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/host=accounts/);
    const google = await texts(page, "requests");
    expect(google.length).toBeGreaterThan(0);
    expect(google.filter((text) => !text.includes("accounts.google.com"))).toEqual([]);
    await page.getByRole("link", { name: "Show all" }).click();
    await page.getByLabel("Status").selectOption({ label: "4xx, refused" });
    await page.getByLabel("Text").fill("0oanobody");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=0oanobody/);
    expect((await texts(page, "requests")).every((text) => /0oanobody\s+404/.test(text))).toBe(true);
    expect(await page.getByLabel("Status").inputValue()).toBe("4");
  });

  test("a fault appears with what it strikes, and its hits are counted", async () => {
    const page = await open("/");
    await page.getByText("No request goes wrong on purpose.").waitFor();
    at.sandbox.faults.add({ host: oktaHost, path: "^/api/v1/groups$", effect: "status-before", status: 503, times: 2 });
    await refresh(page);
    const rule = page.getByRole("row").filter({ hasText: "status-before" });
    await rule.waitFor();
    expect(await rule.getByRole("cell").allInnerTexts()).toEqual(expect.arrayContaining(["0", "2"]));
    expect((await call(at, "GET", "/api/v1/groups")).status).toBe(503);
    await refresh(page);
    await expect.poll(() => rule.getByRole("cell").allInnerTexts()).toEqual(expect.arrayContaining(["1"]));
    // Ids and times of other rows may hold the same digits.
    const struck = page.getByRole("row").filter({ hasText: /\/api\/v1\/groups\$?\s*(status\s*)?503/ });
    expect(await struck.count()).toBe(2);
  });

  test("a search finds an app among many, keeps its words, and can be taken back", async () => {
    const page = await open("/okta");
    await page.getByRole("searchbox").fill("payROLL");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL(/q=payROLL/);
    expect(await page.getByRole("searchbox").inputValue()).toBe("payROLL");
    expect(await page.locator("#apps tbody tr").count()).toBe(1);
    await row(page, "apps", payrollClientId).waitFor();
    await page.getByText("None of the groups fits the search.").waitFor();
    await page.getByRole("link", { name: "Show all" }).click();
    expect(await page.locator("#apps tbody tr").count()).toBe(at.sandbox.okta.apps.length);
  });

  test("refreshing keeps the row that is read where it is on the screen, and the focus", async () => {
    for (let index = 0; index < 60; index += 1) await call(at, "GET", `/api/v1/apps/0oaolder${index}`);
    const page = await open("/requests");
    await page.getByRole("searchbox").focus();
    const read = row(page, "requests", "0oaolder30 ");
    await read.evaluate((element) => element.scrollIntoView({ block: "center", behavior: "instant" }));
    const { y } = (await read.boundingBox()) ?? { y: Number.NaN };
    for (let index = 0; index < 7; index += 1) await call(at, "GET", `/api/v1/apps/0oanewer${index}`);
    await refresh(page);
    await row(page, "requests", "0oanewer6").waitFor();
    const now = await read.boundingBox();
    expect(Math.abs((now?.y ?? Number.NaN) - y)).toBeLessThan(2);
    expect(await page.getByRole("searchbox").and(page.locator(":focus")).count()).toBe(1);
  });

  test("nothing changes under a selection or while it is paused", async () => {
    const page = await open("/requests");
    await page.getByRole("button", { name: "Pause refreshing" }).click();
    const before = asked.length;
    await page.clock.runFor(20_000);
    expect(asked.length).toBe(before);
    await page.reload();
    await page.clock.runFor(20_000);
    expect(asked.filter(({ pathname }) => pathname === "/requests")).toHaveLength(2);
    await page.getByRole("button", { name: "Refresh by itself" }).click();
    await page.getByText(/refreshed \d\d:\d\d:\d\d/).waitFor();
    await page.evaluate('getSelection().selectAllChildren(document.querySelector("h1"))');
    const selected = asked.length;
    await page.clock.runFor(20_000);
    expect(asked.length).toBe(selected);
  });

  test("says so when the sandbox does not answer, and goes on when it does again", async () => {
    const page = await open("/requests");
    await page.route("**/requests", (route) => route.abort("connectionrefused"));
    await page.clock.runFor(2000);
    await page.getByRole("status").filter({ hasText: "the sandbox does not answer" }).waitFor();
    await page.unroute("**/requests");
    await refresh(page);
    await expect.poll(() => page.getByRole("status").textContent()).toBe("");
    errors.splice(0, errors.length, ...errors.filter((error) => !error.includes("ERR_CONNECTION_REFUSED")));
  });

  test("can be read and searched without scripts", async () => {
    const page = await open("/okta", { javaScriptEnabled: false });
    await row(page, "apps", "Payroll").waitFor();
    expect(await page.getByRole("button").allInnerTexts()).toEqual(["Search"]);
    await page.getByRole("searchbox").fill("whiterabbit-staff");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=whiterabbit-staff/);
    expect(await page.locator("#groups tbody tr").count()).toBe(1);
  });

  test.each(paths)("%s fits into 360 pixels, and every row still says what is what", async (path) => {
    await call(at, "GET", `/api/v1/apps/${"0oalong".repeat(30)}`);
    at.sandbox.faults.add({ host: oktaHost, path: "x".repeat(300), effect: "delay", milliseconds: 10 });
    const page = await open(path, { viewport: { width: 360, height: 740 } });
    expect(await cutOff(page)).toEqual([]);
    for (const table of await page.getByRole("table").all()) {
      const cells = table.getByRole("row").last().getByRole("cell");
      expect(await cells.count()).toBeGreaterThan(0);
    }
  });

  test.each(["light", "dark"] as const)("its text is readable in %s colours", async (colorScheme) => {
    at.sandbox.faults.add({ host: oktaHost, effect: "delay", milliseconds: 10, times: 0 });
    await call(at, "GET", "/api/v1/apps/0oanobody");
    for (const path of paths) {
      const page = await open(path, { colorScheme });
      expect(await faintTexts(page), path).toEqual([]);
    }
  });

  test("the keyboard goes first to the content, then through the links in their order", async () => {
    const page = await open("/okta");
    const focused = () => page.locator(":focus").textContent();
    const order: (string | null)[] = [];
    for (let step = 0; step < 8; step += 1) {
      await page.keyboard.press("Tab");
      order.push(await focused());
    }
    expect(order).toEqual([
      "To the content",
      "Overview",
      "Okta",
      "Auth0",
      "Providers",
      "Requests",
      "Faults",
      "Pause refreshing",
    ]);
    await page.keyboard.press("Tab");
    expect(await page.getByRole("searchbox").and(page.locator(":focus")).count()).toBe(1);
  });
});
