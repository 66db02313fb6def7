import { createHash } from "node:crypto";
import { visibleText } from "../../errors/visible.ts";
import { script, style } from "./html-look.ts";
import type { Block, Inline, Line, Page, Section } from "./page.ts";

/**
 * A page as one HTML file that needs nothing else: it loads nothing, its policy lets nothing in but its own style and
 * script, and without scripts only the buttons are missing.
 */
export function htmlOf(page: Page): string {
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${escaped(page.title)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header><h1>${escaped(page.title)}</h1></header>
<main id="content">
${page.blocks.map(block).join("\n")}
${contents(page.sections)}
${page.sections.map((section) => sectionHtml(section, 2)).join("\n")}
</main>
<p id="told" class="unseen" role="status"></p>
<script>${script}</script>
</body>
</html>
`;
}

function contents(sections: readonly Section[]): string {
  const items = (of: readonly Section[]): string =>
    `<ul>${of
      .map(
        ({ id, title, sections: inner = [] }) =>
          `<li><a href="#${id}">${lineHtml(title)}</a>${inner.length === 0 ? "" : items(inner)}</li>`,
      )
      .join("")}</ul>`;
  return `<nav aria-labelledby="contents"><h2 id="contents">On this page</h2>${items(sections)}</nav>`;
}

function sectionHtml({ id, title, blocks, sections = [] }: Section, level: number): string {
  return `<section aria-labelledby="${id}">
<h${level} id="${id}">${lineHtml(title)}</h${level}>
${blocks.map(block).join("\n")}
${sections.map((section) => sectionHtml(section, level + 1)).join("\n")}
</section>`;
}

function block(of: Block): string {
  switch (of.kind) {
    case "text":
      return `<p>${lineHtml(of.text)}</p>`;
    case "note":
      return `<p class="note">${lineHtml(of.text)}</p>`;
    case "value":
      return valueHtml(of);
    case "facts":
      return `<dl>${of.rows.map(([label, text]) => `<div><dt>${inline(label)}</dt><dd>${lineHtml(text)}</dd></div>`).join("")}</dl>`;
    case "list":
      return `<ul>${of.items.map((item) => `<li>${lineHtml(item)}</li>`).join("")}</ul>`;
    case "steps":
      return `<ol>${of.items.map((item) => `<li>${lineHtml(item)}</li>`).join("")}</ol>`;
    default:
      return of satisfies never;
  }
}

/** The button is there for a script only: without one there is nothing to press. */
function valueHtml({ label, value, note }: Extract<Block, { readonly kind: "value" }>): string {
  const shown = value.split("\n").map(visibleText).join("\n");
  return `<figure class="value">
<figcaption><strong>${escaped(label)}</strong><button type="button" hidden aria-label="Copy: ${escaped(label)}">Copy</button></figcaption>
<pre tabindex="0" aria-label="${escaped(label)}"><code>${escapedLines(shown)}</code></pre>${note === undefined ? "" : `\n<p>${lineHtml(note)}</p>`}
</figure>`;
}

function lineHtml(text: Line): string {
  return text.map(inline).join("");
}

function inline(piece: Inline): string {
  if (typeof piece === "string") return escaped(piece);
  return "code" in piece
    ? `<code>${escaped(piece.code === "" ? "(empty)" : piece.code)}</code>`
    : `<strong>${escaped(piece.strong)}</strong>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return escapedLines(visibleText(text));
}

function escapedLines(text: string): string {
  return text.replaceAll(/[&<>"']/g, (found) => entities[found] ?? found);
}

/** As a content security policy names an inline style or script. */
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
