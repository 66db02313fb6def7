import { escapeHtml, htmlPage, noticeHtml } from "../../sign-in/html.ts";

/** The page on which Okta stops an authorization request that it must not send back to the app. */
export function errorPage(code: string, description: string): string {
  return htmlPage(
    "Error",
    `<h1>400</h1>
<h2>Bad Request</h2>
<p class="o-form-explain">Your request resulted in an error. ${escapeHtml(description)}</p>
<p>Error Code: ${escapeHtml(code)}</p>
<p>Description: ${escapeHtml(description)}</p>`,
  );
}

/** The form on which one of the org's people signs in. The sandbox asks for no password. */
export function signInPage(action: string, logins: readonly string[], notice: string, typed = ""): string {
  const options = logins.map((login) => `<option value="${escapeHtml(login)}">`).join("");
  return htmlPage(
    "Sign In",
    `<h1>Sign In</h1>
${noticeHtml(notice)}
<form method="post" action="${escapeHtml(action)}">
<label>Username <input name="username" list="people" value="${escapeHtml(typed)}" autocomplete="username" autofocus required></label>
<datalist id="people">${options}</datalist>
<button type="submit">Sign in</button>
</form>`,
  );
}
