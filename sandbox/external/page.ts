import { escapeHtml, htmlPage, noticeHtml } from "../sign-in/html.ts";
import type { CustomerProvider } from "./customer-provider.ts";

/** A page with one message, both as plain text. */
export function messagePage(title: string, message: string): string {
  return htmlPage(title, `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(message)}</p>`);
}

/** The form on which one of a customer's people signs in, with the login that the app has named in it. */
export function signInPage(owner: CustomerProvider, action: string, notice: string, login = ""): string {
  const options = owner.people.map((person) => `<option value="${escapeHtml(person.login)}">`).join("");
  return htmlPage(
    `${owner.vendor.product} (sandbox)`,
    `<h1>Sign in</h1>
<p>${escapeHtml(`${owner.vendor.product}, played by the sandbox.`)}</p>
${noticeHtml(notice)}
<form method="post" action="${escapeHtml(action)}">
<label>Username <input name="username" value="${escapeHtml(login)}" list="people" autocomplete="username" autofocus required></label>
<datalist id="people">${options}</datalist>
<button type="submit">Sign in</button>
</form>
<form method="post" action="${escapeHtml(action)}">
<button type="submit" name="cancel" value="yes">Cancel</button>
</form>`,
  );
}

/** The question before a sign-out, which is answered to the same address. */
export function signOutPage(action: string, xsrf: string): string {
  return htmlPage(
    "Sign out",
    `<h1>Sign out?</h1>
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="xsrf" value="${escapeHtml(xsrf)}"/>
<button type="submit" name="logout" value="yes">Sign out</button>
</form>`,
  );
}
