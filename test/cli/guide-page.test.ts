import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../src/cli/main.ts";
import { plain } from "../../src/plan/paint.ts";
import { cutOff, faintTexts } from "../sandbox/browser-look.ts";
import { chromiumPath } from "../support/chromium.ts";
import { addTenant, guideWorkspace } from "./guides.ts";

describe.skipIf(chromiumPath === undefined)("the guide in Chromium", () => {
  const phone = { width: 360, height: 740 };
  const desk = { width: 1280, height: 900 };
  const hostile = `<img src=x onerror="alert(1)"> & \`co\` ${"w".repeat(120)}`;
  const root = mkdtempSync(join(tmpdir(), "tenantry-guide-"));
  const contexts: BrowserContext[] = [];
  /** Errors of scripts and of the page's own policy, dialogs, and every address that was asked for. */
  const errors: string[] = [];
  const asked: string[] = [];
  let browser: Browser;

  beforeAll(async () => {
    guideWorkspace(root);
    addTenant(root, "draft-co", (text) => text.replace("name: Draft & Co", `name: ${JSON.stringify(hostile)}`));
    for (const slug of ["draft-co", "keyed", "two-ways"]) {
      const silent = { out: () => undefined, err: () => undefined, paint: plain };
      await runCommand(["guide", slug, "--out", `${slug}.html`], silent, { environment: {}, cwd: root, pid: 1 });
    }
    browser = await chromium.launch({
      ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
      args: ["--no-sandbox", "--disable-background-networking"],
    });
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(errors.splice(0)).toEqual([]);
    // The file itself, and nothing else.
    expect(asked.splice(0).filter((url) => !url.startsWith("file:"))).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function open(slug: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: desk, ...options });
    contexts.push(context);
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("dialog", (dialog) => errors.push(`dialog ${dialog.message()}`));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(join(root, `${slug}.html`)).href);
    return page;
  }

  test("a button copies its value letter by letter", async () => {
    const page = await open("keyed", { permissions: ["clipboard-read", "clipboard-write"] });
    const read = () => page.evaluate("navigator.clipboard.readText()");
    await page.getByRole("button", { name: "Copy: Redirect URI (callback)" }).click();
    await page.getByRole("status").filter({ hasText: "Copied" }).waitFor({ state: "attached" });
    expect(await read()).toBe("https://portal.acme.example/openid/callback/c7xv5tq8m2kzw4rhb9nd");
    await page.getByRole("button", { name: "Copy: Our public key" }).click();
    await expect.poll(async () => String(await read()).startsWith("{")).toBe(true);
    expect(JSON.parse(String(await read()))).toMatchObject({ keys: [{ kid: "portal-1", use: "sig" }] });
    expect(await page.getByRole("button", { name: "Copy: Our public key" }).textContent()).toBe("Copied");
  });

  test("where the clipboard is closed to the page, the value is selected", async () => {
    const page = await open("keyed");
    await page.evaluate(
      `navigator.clipboard.writeText = () => Promise.reject(new Error("closed")); document.execCommand = () => false;`,
    );
    await page.getByRole("button", { name: "Copy: Redirect URI (callback)" }).click();
    await page.getByRole("status").filter({ hasText: "copy it with the keyboard" }).waitFor({ state: "attached" });
    expect(await page.evaluate("getSelection().toString()")).toBe(
      "https://portal.acme.example/openid/callback/c7xv5tq8m2kzw4rhb9nd",
    );
  });

  test("without scripts everything is there but the buttons", async () => {
    const page = await open("keyed", { javaScriptEnabled: false });
    expect(await page.getByRole("button").count()).toBe(0);
    expect(await page.getByText("openid email profile").count()).toBe(1);
    expect(await page.getByRole("heading", { level: 3 }).count()).toBe(5);
  });

  test("a hostile name is only words", async () => {
    const page = await open("draft-co");
    expect(await page.title()).toBe(`Single sign-on for ${hostile}`);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("<img src=x onerror=");
    expect(await page.locator("img").count()).toBe(0);
  });

  test.each([
    ["draft-co", phone, "light"],
    ["draft-co", desk, "dark"],
    ["keyed", phone, "dark"],
    ["two-ways", desk, "light"],
  ] as const)(
    "%s at %j, %s: nothing is cut off or faint, and each link leads somewhere",
    async (slug, viewport, colorScheme) => {
      const page = await open(slug, { viewport, colorScheme });
      expect(await cutOff(page)).toEqual([]);
      expect(await faintTexts(page)).toEqual([]);
      const ids = await page.evaluate<string[]>("[...document.querySelectorAll('[id]')].map(({ id }) => id)");
      expect(new Set(ids).size).toBe(ids.length);
      const links = await page.evaluate<string[]>(
        "[...document.querySelectorAll('nav a')].map((a) => a.hash.slice(1))",
      );
      expect(links.length).toBeGreaterThan(5);
      expect(links.filter((target) => !ids.includes(target))).toEqual([]);
    },
  );

  test("on paper there are no buttons and no contents, and nothing is faint", async () => {
    const page = await open("keyed", { colorScheme: "dark" });
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("button").count()).toBe(0);
    expect(await page.getByRole("navigation").count()).toBe(0);
    expect(await faintTexts(page)).toEqual([]);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    const paper = await page.pdf({ format: "A4" });
    expect(paper.subarray(0, 5).toString()).toBe("%PDF-");
  });

  test("the keyboard reaches every value and every button, the content first", async () => {
    const page = await open("keyed");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("To the content");
    const focusable = await page.locator("main a, main button, main pre").count();
    for (let step = 0; step < focusable; step += 1) await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('.value') !== null")).toBe(true);
  });
});
