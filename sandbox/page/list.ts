/** Items that fit a search, and of them one page. */
export interface Slice<Item> {
  readonly shown: readonly Item[];
  /** How many there are altogether. */
  readonly total: number;
  /** How many fit the search. */
  readonly matching: number;
  /** Counted from 1; 0 when nothing is shown. */
  readonly first: number;
  readonly last: number;
  readonly page: number;
  readonly pages: number;
}

/** Rows of a table on one page. */
const pageSize = 50;

/**
 * The items whose texts hold what is searched for, whatever its case, and of them the page that is asked for: the
 * nearest one when there is none of that number.
 */
export function slice<Item>(
  items: readonly Item[],
  search: string,
  wanted: string | null,
  textsOf: (item: Item) => readonly string[],
  size = pageSize,
): Slice<Item> {
  const needle = search.toLowerCase();
  const fits = (item: Item): boolean => textsOf(item).some((text) => text.toLowerCase().includes(needle));
  const matching = needle === "" ? items : items.filter(fits);
  const pages = Math.max(1, Math.ceil(matching.length / size));
  const number = /^\d{1,9}$/.test(wanted ?? "") ? Number(wanted) : 1;
  const page = Math.min(Math.max(1, number), pages);
  const shown = matching.slice((page - 1) * size, page * size);
  const before = (page - 1) * size;
  return {
    shown,
    total: items.length,
    matching: matching.length,
    first: shown.length === 0 ? 0 : before + 1,
    last: before + shown.length,
    page,
    pages,
  };
}

/** What was searched for: at most 200 characters. */
export function searchOf(query: URLSearchParams): string {
  return (query.get("q") ?? "").trim().slice(0, 200);
}

/** The same address with these parameters changed; undefined takes one away. */
export function address(
  path: string,
  query: URLSearchParams,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** 12345 as 12,345. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}
