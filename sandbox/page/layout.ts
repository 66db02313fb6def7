import { createHash } from "node:crypto";
import type { Answer } from "../answer.ts";
import { type Html, html, Html as Markup } from "./html.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";

/** The pages, in the order of the navigation. */
const pages = [
  { path: "/", name: "Overview" },
  { path: "/okta", name: "Okta" },
  { path: "/auth0", name: "Auth0" },
  { path: "/providers", name: "Providers" },
  { path: "/requests", name: "Requests" },
  { path: "/faults", name: "Faults" },
] as const;

export type PagePath = (typeof pages)[number]["path"];

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing is loaded from anywhere: the page's own style and script are known by their hashes. */
const policy = [
  "default-src 'none'",
  `style-src ${hash(style)}`,
  `script-src ${hash(script)}`,
  "connect-src 'self'",
  "img-src data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers = {
  "content-security-policy": policy,
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  vary: "accept",
};

/** A page of the sandbox. `body` begins with its `h1`. */
export function pageAnswer(path: PagePath, startedAt: string, body: Html): Answer {
  const title = pages.find((page) => page.path === path)?.name ?? "";
  const links = pages.map((page) =>
    page.path === path
      ? html`<li><a href="${page.path}" aria-current="page">${page.name}</a></li>`
      : html`<li><a href="${page.path}">${page.name}</a></li>`,
  );
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Tenantry sandbox</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header><div>
<strong>Tenantry sandbox</strong>
<nav aria-label="Pages"><ul>${links}</ul></nav>
<div class="live" id="live" hidden><span aria-hidden="true"></span><span role="status"></span> <button type="button"></button></div>
</div></header>
<main id="content" tabindex="-1">
${body}
</main>
<footer>Started <time datetime="${startedAt}">${startedAt.slice(0, 19).replace("T", " ")} UTC</time>. It plays identity providers on this machine and is none. Secrets are never shown here.</footer>
<script>${new Markup(script)}</script>
</body>
</html>
`;
  return { status: 200, headers, html: page.text };
}

/** A part of the page that is refreshed by itself. */
export function live(id: string, content: Html): Html {
  return html`<div data-live id="${id}">${content}</div>`;
}

/** The field that searches what is on a page. */
export function searchForm(path: string, search: string, what: string): Html {
  return html`<form role="search" action="${path}" method="get">
<label>Search ${what} <input type="search" name="q" value="${search}" maxlength="200" spellcheck="false" autocomplete="off"></label>
<button type="submit">Search</button>${search === "" ? undefined : html` <a href="${path}">Show all</a>`}
</form>`;
}
