import { escapeHtml, htmlPage } from "../../sign-in/html.ts";

/** The page on which Auth0 stops an authorization request that it must not send back to the app. */
export function errorPage(code: string, headline: string, description: string): string {
  return htmlPage(
    "Oops!, something went wrong",
    `<h1>Oops!, something went wrong</h1>
<h2>${escapeHtml(headline)}</h2>
<p>${escapeHtml(description)}</p>
<p>error: ${escapeHtml(code)}</p>`,
  );
}

/** The form on which one of the people of the enabled connections signs in. The sandbox asks for no password. */
export function signInPage(action: string, emails: readonly string[], notice: string): string {
  const options = emails.map((email) => `<option value="${escapeHtml(email)}">`).join("");
  return htmlPage(
    "Log in",
    `<h1>Log in</h1>
<p>${escapeHtml(notice)}</p>
<form method="post" action="${escapeHtml(action)}">
<label>Email address <input name="username" list="people" autocomplete="username" autofocus required></label>
<datalist id="people">${options}</datalist>
<button type="submit">Continue</button>
</form>`,
  );
}
