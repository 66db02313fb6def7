import type { Answer } from "../../answer.ts";
import { randomToken } from "../../random.ts";
import { escapeHtml, htmlPage, noticeHtml } from "../../sign-in/html.ts";
import type { Auth0Connection } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";

/** What stops an authorization request that must not be sent back to the app. */
export interface Stop {
  readonly status: number;
  readonly error: string;
  readonly headline: string;
  readonly description: string;
  readonly client?: string | undefined;
  readonly connection?: string | undefined;
}

/**
 * Auth0's error page, or the way to the tenant's own one where it has one.
 * @see https://auth0.com/docs/customize/login-pages/custom-error-pages
 */
export function errorAnswer(tenant: Auth0Tenant, stop: Stop): Answer {
  const { errorPage: own } = tenant.state;
  if (own === "") return { status: stop.status, html: errorPage(stop.error, stop.headline, stop.description) };
  const url = new URL(own);
  if (stop.client !== undefined) url.searchParams.set("client_id", stop.client);
  if (stop.connection !== undefined) url.searchParams.set("connection", stop.connection);
  url.searchParams.set("lang", "en");
  url.searchParams.set("error", stop.error);
  url.searchParams.set("error_description", stop.description);
  url.searchParams.set("tracking", randomToken(15));
  return { status: 302, headers: { location: url.href } };
}

/** The page on which Auth0 stops an authorization request. */
export function errorPage(code: string, headline: string, description: string): string {
  return htmlPage(
    "Oops!, something went wrong",
    `<h1>Oops!, something went wrong</h1>
<h2>${escapeHtml(headline)}</h2>
<p>${escapeHtml(description)}</p>
<p>error: ${escapeHtml(code)}</p>`,
  );
}

/** What the form shows besides its field. */
interface SignInPage {
  /** Where it is sent. */
  readonly action: string;
  readonly emails: readonly string[];
  readonly notice: string;
  /** What stands in the field at first. */
  readonly email: string;
  /** Connections with a button of their own. */
  readonly buttons: readonly Auth0Connection[];
}

/** The form on which somebody says who they are, or by which connection they come. The sandbox asks for no password. */
export function signInPage({ action, emails, notice, email, buttons }: SignInPage): string {
  const options = emails.map((each) => `<option value="${escapeHtml(each)}">`).join("");
  const choices = buttons.map(
    (connection) => `<form method="post" action="${escapeHtml(action)}">
<button type="submit" name="connection" value="${escapeHtml(connection.name)}">Continue with ${escapeHtml(displayName(connection))}</button>
</form>`,
  );
  return htmlPage(
    "Log in",
    `<h1>Log in</h1>
${noticeHtml(notice)}
<form method="post" action="${escapeHtml(action)}">
<label>Email address <input name="username" value="${escapeHtml(email)}" list="people" autocomplete="username" autofocus required></label>
<datalist id="people">${options}</datalist>
<button type="submit">Continue</button>
</form>
${choices.join("\n")}`,
  );
}

/** The question before a sign-out that an app has asked for without an id token of the person. */
export function signOutPage(action: string, params: readonly (readonly [string, string])[]): string {
  const hidden = params.map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return htmlPage(
    "Log out",
    `<h1>Are you sure you want to log out?</h1>
<form method="post" action="${escapeHtml(action)}">
${hidden.join("\n")}
<button type="submit">Log out</button>
</form>`,
  );
}

function displayName({ name, settings }: Auth0Connection): string {
  return typeof settings.display_name === "string" ? settings.display_name : name;
}
