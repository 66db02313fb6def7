import { type Content, type Html, html } from "./html.ts";
import { address, count, type Slice } from "./list.ts";

/** A row of a table: what stands in each column, and what it is known by when the page is refreshed. */
export interface Row {
  readonly key: string;
  readonly cells: readonly Content[];
}

/** The page that a table stands on, for its links. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * A table with a caption and headed columns; the first cell of a row names it. On narrow screens the rows become cards,
 * which takes a table's meaning away from it: the roles say it again.
 */
export function table(caption: Content, columns: readonly string[], rows: readonly Row[], empty: string): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const heads = columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`);
  const body = rows.map(({ key, cells }) => {
    const [first, ...others] = cells.map((cell, index) => ({ cell, label: columns[index] ?? "" }));
    return html`<tr role="row" data-key="${key}"><th role="rowheader" scope="row" data-label="${first?.label}"><div>${first?.cell}</div></th>${others.map(
      ({ cell, label }) => html`<td role="cell" data-label="${label}"><div>${cell}</div></td>`,
    )}</tr>
`;
  });
  return html`<table role="table">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${body}</tbody>
</table>`;
}

/** How much of a list is shown and how much is not, with links to the other pages; `name` is the parameter of its page. */
export function pager(slice: Slice<unknown>, what: string, name: string, place: Place): Html {
  const { first, last, matching, total, page, pages } = slice;
  const hidden = total - (last - first + (first === 0 ? 0 : 1));
  if (total === 0) return html``;
  const shown =
    first === 0
      ? `None of ${count(total)} ${what} fits the search.`
      : hidden === 0
        ? `All ${count(total)} ${what} are shown.`
        : `${count(first)} to ${count(last)} of ${count(matching)}${matching === total ? "" : ` that fit the search, of ${count(total)} altogether`}; ${count(hidden)} ${what} not shown.`;
  const link = (to: number, text: string): Html =>
    html`<a rel="nofollow" href="${address(place.path, place.query, { [name]: String(to) })}#${name}">${text}<span class="unseen"> page of ${what}</span></a>`;
  const links =
    pages === 1
      ? undefined
      : html`<nav aria-label="Pages of ${what}">${page > 1 ? link(page - 1, "Previous") : undefined} <span>Page ${count(page)} of ${count(pages)}</span> ${
          page < pages ? link(page + 1, "Next") : undefined
        }</nav>`;
  return html`<div class="pager"><p>${shown}</p>${links}</div>`;
}

/** A few names, and how many more there are. */
export function names(all: readonly string[], none: string, most = 5): Content {
  if (all.length === 0) return html`<span class="quiet">${none}</span>`;
  const more = all.length - most;
  return html`<ul class="names">${all.slice(0, most).map((name) => html`<li class="long">${name}</li>`)}${
    more > 0 ? html`<li class="quiet">and ${count(more)} more</li>` : undefined
  }</ul>`;
}

/** A word with a colour; the word says all. */
export function badge(kind: "good" | "bad" | "warn" | "plain" | "info", text: string): Html {
  return html`<span class="badge ${kind}">${text}</span>`;
}

/** An id: what a machine reads. */
export function code(text: string): Html {
  return html`<code>${text}</code>`;
}

/** A URL, or whatever may be broken anywhere when there is no room. */
export function long(text: string): Html {
  return html`<code class="long">${text}</code>`;
}

/** Links to the parts of a page, with how much is in each. */
export function contents(parts: readonly (readonly [id: string, title: string, found: Slice<unknown>])[]): Html {
  const link = ([id, title, { matching }]: (typeof parts)[number]): Html =>
    html`<li><a href="#${id}-title">${title}</a> <span class="quiet">${count(matching)}</span></li>`;
  return html`<nav aria-label="On this page"><ul class="parts">${parts.map(link)}</ul></nav>`;
}
