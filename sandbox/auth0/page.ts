import type { Answer } from "../answer.ts";
import type { Json } from "../json.ts";
import { Auth0Problem, invalidQuery } from "./problem.ts";

interface Numbered {
  readonly sequence: number;
}

/** Records that offset paging reaches; what is behind them needs a checkpoint. */
const reach = 1000;

/** Most items of a page by offset, and by checkpoint. */
const most = 100;

/**
 * One page by offset (`page`, `per_page`). A bare list, or with `include_totals=true` an object with the list under
 * `name`. Throws `invalid_paging` for a page that ends beyond the first 1,000 records.
 */
export function offsetPage<Item>(
  query: URLSearchParams,
  name: string,
  items: readonly Item[],
  view: (item: Item) => Json,
): Answer {
  const perPage = readNumber(query, "per_page", { standard: 50, least: 1, most });
  const page = readNumber(query, "page", { standard: 0, least: 0, most: 1_000_000 });
  const start = page * perPage;
  if (start + perPage > reach) {
    throw new Auth0Problem(
      400,
      `You can only page through the first ${reach} records. See https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation`,
      "invalid_paging",
    );
  }
  const shown = items.slice(start, start + perPage).map(view);
  if (query.get("include_totals") !== "true") return { status: 200, json: shown };
  return { status: 200, json: { start, limit: perPage, total: items.length, [name]: shown } };
}

/** One page by checkpoint (`take`, `from`), with `next` when there is more. The cursor survives additions and removals. */
export function checkpointPage<Item extends Numbered>(
  query: URLSearchParams,
  name: string,
  items: readonly Item[],
  view: (item: Item) => Json,
  largest = most,
): Answer {
  const take = readNumber(query, "take", { standard: 50, least: 1, most: largest });
  const after = readCursor(query.get("from"));
  const rest = items.filter((item) => item.sequence > after).sort((a, b) => a.sequence - b.sequence);
  const shown = rest.slice(0, take);
  const last = shown.at(-1);
  const next = last !== undefined && rest.length > shown.length ? { next: writeCursor(last.sequence) } : {};
  return { status: 200, json: { [name]: shown.map(view), ...next } };
}

/** By checkpoint when the query asks so, else by offset. */
export function page<Item extends Numbered>(
  query: URLSearchParams,
  name: string,
  items: readonly Item[],
  view: (item: Item) => Json,
): Answer {
  return query.has("take") || query.has("from")
    ? checkpointPage(query, name, items, view)
    : offsetPage(query, name, items, view);
}

function readNumber(
  query: URLSearchParams,
  name: string,
  { standard, least, most: largest }: { standard: number; least: number; most: number },
): number {
  const text = query.get(name);
  if (text === null) return standard;
  if (!/^\d{1,9}$/.test(text)) {
    throw invalidQuery(`'Expected type integer but found type string' on property ${name}`);
  }
  const value = Number(text);
  if (value < least) throw invalidQuery(`'Value ${value} is less than minimum ${least}' on property ${name}`);
  if (value > largest) throw invalidQuery(`'Value ${value} is greater than maximum ${largest}' on property ${name}`);
  return value;
}

function writeCursor(sequence: number): string {
  return Buffer.from(`after ${sequence}`).toString("base64");
}

function readCursor(text: string | null): number {
  if (text === null || text === "") return -1;
  const match = /^after (\d{1,12})$/.exec(Buffer.from(text, "base64").toString("utf8"));
  if (match === null)
    throw new Auth0Problem(400, "The 'from' parameter is not a valid checkpoint", "invalid_query_string");
  return Number(match[1]);
}
