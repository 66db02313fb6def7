import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { createAuthority } from "../../sandbox/authority.ts";

/** The app that people sign in at: a server of its own, which takes whatever comes back to it. */
export interface Portal {
  readonly host: "portal.acme.example";
  readonly port: number;
  close(): Promise<void>;
}

export async function startPortal(): Promise<Portal> {
  const host = "portal.acme.example";
  const authority = await createAuthority(Date.now());
  const server = createServer(await authority.issue({ dns: [host] }), (_request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end('<!DOCTYPE html><html lang="en"><title>Portal</title><h1>Back at the portal</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Somebody signs in: types the login into the field of whatever page comes and presses its button, until the browser
 * is back at the portal. Gives the address there, and how many pages were filled in. Throws with the words of a page
 * that does not let them in.
 */
export async function signIn(page: Page, url: string, login: string): Promise<{ back: URL; pages: number }> {
  await page.goto(url);
  for (let pages = 0; pages < 5; pages += 1) {
    const back = new URL(page.url());
    if (back.hostname === "portal.acme.example") return { back, pages };
    const field = page.getByLabel(/^(username|e-?mail)/i);
    if ((await field.count()) === 0) break;
    await field.fill(login);
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name: /^(sign in|continue|next|log in)$/i }).click();
    const { status } = await answered.then((response) => ({ status: response.status() }));
    await page.waitForLoadState();
    if (status >= 400) break;
  }
  throw new Error(`not let in at ${page.url()}: ${await page.getByRole("main").textContent()}`);
}
