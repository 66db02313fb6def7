import { escapeHtml, htmlPage } from "../sign-in/html.ts";
import type { CustomerProvider } from "./customer-provider.ts";

/** A page with one message, both as plain text. */
export function messagePage(title: string, message: string): string {
  return htmlPage(title, `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(message)}</p>`);
}

/** The form on which one of a customer's people signs in. */
export function signInPage(owner: CustomerProvider, action: string, notice: string): string {
  const options = owner.people.map(({ login }) => `<option value="${escapeHtml(login)}">`).join("");
  return htmlPage(
    `${owner.vendor.product} (sandbox)`,
    `<h1>Sign in</h1>
<p>${escapeHtml(`${owner.vendor.product}, played by the sandbox. ${notice}`)}</p>
<form method="post" action="${escapeHtml(action)}">
<label>Username <input name="username" list="people" autocomplete="username" autofocus required></label>
<datalist id="people">${options}</datalist>
<button type="submit">Sign in</button>
</form>`,
  );
}

/** The question before a sign-out. `form` is HTML of oidc-provider. */
export function signOutPage(form: string): string {
  return htmlPage(
    "Sign out",
    `<h1>Sign out?</h1>\n${form}\n<button type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>`,
  );
}
