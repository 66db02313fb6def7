import type { Answer } from "../../answer.ts";
import { escapeHtml, htmlPage } from "../../sign-in/html.ts";

/** Ways in which the answer reaches the app (`response_mode`). */
export const responseModes = ["query", "fragment", "form_post", "okta_post_message"] as const;
export type ResponseMode = (typeof responseModes)[number];

/** The answer to an authorization request: leads the browser back to the app with these parameters. */
export function answerToApp(redirectUri: string, mode: ResponseMode, params: Readonly<Record<string, string>>): Answer {
  const headers = { "cache-control": "no-cache, no-store", pragma: "no-cache", "referrer-policy": "no-referrer" };
  if (mode === "form_post") return { status: 200, headers, html: formPage(redirectUri, params) };
  if (mode === "okta_post_message") return { status: 200, headers, html: messagePage(redirectUri, params) };
  const text = new URLSearchParams(params).toString();
  const sign = mode === "fragment" ? "#" : redirectUri.includes("?") ? "&" : "?";
  return { status: 302, headers: { ...headers, location: `${redirectUri}${sign}${text}` } };
}

/** @see https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html */
function formPage(redirectUri: string, params: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(params).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return htmlPage(
    "Submit this form",
    `<form method="post" name="appForm" action="${escapeHtml(redirectUri)}">
${inputs.join("\n")}
<noscript><button type="submit">Continue</button></noscript>
</form>
<script>document.forms[0].submit();</script>`,
  );
}

/** Tells the page that opened this one, when it is of the app's origin. */
function messagePage(redirectUri: string, params: Readonly<Record<string, string>>): string {
  const literal = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");
  const { origin } = new URL(redirectUri);
  return htmlPage(
    "Signing in",
    `<script>(window.opener || window.parent).postMessage(${literal(params)}, ${literal(origin)});</script>`,
  );
}
