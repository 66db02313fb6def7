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

/** Parameters of a page by offset, for the routes that name what they take. */
export const offsetQuery = ["page", "per_page", "include_totals"] as const;

/** By what a list is in order. A cursor names the key of the last item that was shown. */
export interface Order<Item> {
  readonly key: (item: Item) => string;
  readonly compare: (a: string, b: string) => number;
}

interface Checkpoints<Item> {
  /** Most items of one page. */
  readonly largest?: number;
  /** The order that the items are in. When absent they are put into the order of their numbers. */
  readonly order?: Order<Item>;
  /** As for the members of an organization: each page that is not empty has a `next`, the last one too. */
  readonly alwaysNext?: boolean;
}

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
  { largest = most, order, alwaysNext = false }: Checkpoints<Item> = {},
): Answer {
  const take = readNumber(query, "take", { standard: 50, least: 1, most: largest });
  const { key, compare } = order ?? bySequence;
  const sorted = order === undefined ? items.toSorted((a, b) => a.sequence - b.sequence) : items;
  const after = readCursor(query.get("from"), order === undefined ? /^after \d{1,15}$/ : /^after ./);
  const first = after === undefined ? 0 : firstAfter(sorted, (item) => compare(key(item), after));
  const shown = sorted.slice(first, first + take);
  const last = shown.at(-1);
  const more = alwaysNext || first + take < sorted.length;
  const next = last !== undefined && more ? { next: writeCursor(key(last)) } : {};
  return { status: 200, json: { [name]: shown.map(view), ...next } };
}

/** By checkpoint when the query asks so, else by offset. */
export function page<Item extends Numbered>(
  query: URLSearchParams,
  name: string,
  items: readonly Item[],
  view: (item: Item) => Json,
  checkpoints?: Checkpoints<Item>,
): Answer {
  return query.has("take") || query.has("from")
    ? checkpointPage(query, name, items, view, checkpoints)
    : offsetPage(query, name, items, view);
}

const bySequence: Order<Numbered> = {
  key: ({ sequence }) => String(sequence),
  compare: (a, b) => Number(a) - Number(b),
};

/** Index of the first item that is after the cursor; `distance` says where an item is, seen from there. */
function firstAfter<Item>(items: readonly Item[], distance: (item: Item) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (distance(items[middle] as Item) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
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

function writeCursor(key: string): string {
  return Buffer.from(`after ${key}`).toString("base64");
}

function readCursor(text: string | null, pattern: RegExp): string | undefined {
  if (text === null || text === "") return undefined;
  const cursor = Buffer.from(text, "base64").toString("utf8");
  if (!pattern.test(cursor)) {
    throw new Auth0Problem(400, "The 'from' parameter is not a valid checkpoint", "invalid_query_string");
  }
  return cursor.slice("after ".length);
}
