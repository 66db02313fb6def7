import { escapeHtml, htmlPage } from "../sign-in/html.ts";
import type { Person } from "./person.ts";

/** The app's first page, for somebody who is not signed in. */
export function homePage(app: string): string {
  return htmlPage(
    `${app} (sandbox)`,
    `<h1>${escapeHtml(app)}</h1>
<p>An app, played by the sandbox. It reads the records that Tenantry wrote.</p>
<form method="get" action="/sign-in">
<label>E-mail address <input name="email" type="email" autocomplete="username" autofocus required></label>
<button type="submit">Sign in</button>
</form>`,
  );
}

/** The app's first page, for somebody who is. */
export function signedInPage(app: string, { name, tenant, role }: Person): string {
  const as = role === undefined ? "" : ` (${escapeHtml(role)})`;
  return htmlPage(
    `${app} (sandbox)`,
    `<h1>${escapeHtml(app)}</h1>
<p>Signed in as <strong>${escapeHtml(name)}</strong>${as} of ${escapeHtml(tenant)}.</p>
<form method="post" action="/sign-out">
<button type="submit">Sign out</button>
</form>`,
  );
}

/** Where people are after a sign-out that stays with the app. */
export function leavePage(app: string): string {
  return htmlPage(
    `${app} (sandbox)`,
    `<h1>${escapeHtml(app)}</h1>\n<p>You are signed out. <a href="/">Sign in</a></p>`,
  );
}

/** A login page of the app's own, where a sign-in should have begun. */
export function loginPage(app: string): string {
  return htmlPage(
    `${app} (sandbox)`,
    `<h1>${escapeHtml(app)}</h1>
<form method="post" action="/login">
<label>Username <input name="username"></label>
<label>Password <input name="password" type="password"></label>
<button type="submit">Log in</button>
</form>`,
  );
}
