import { type Html, html } from "./html.ts";
import { live } from "./layout.ts";
import type { Slice } from "./list.ts";
import { type Place, pager, type Row, table } from "./table.ts";

/** A headed table of one kind of thing, with its pages. */
export function part<Item>(
  id: string,
  title: string,
  found: Slice<Item>,
  place: Place,
  columns: readonly string[],
  row: (item: Item) => Row,
): Html {
  const what = title.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
  const empty = found.total === 0 ? `There are no ${what}.` : `None of the ${what} fits the search.`;
  return html`<section aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${live(id, html`${table(`${title}, oldest first`, columns, found.shown.map(row), empty)}${found.matching === 0 ? undefined : pager(found, what, id, place)}`)}
</section>`;
}
