import type { Answer } from "../answer.ts";
import type { Json } from "../json.ts";
import type { Call } from "./call.ts";
import { invalid } from "./problem.ts";

interface Numbered {
  readonly sequence: number;
  /** Taken as a cursor too: some of Okta's lists hand out the id of the last thing shown. */
  readonly id?: string;
}

/** Sizes of a page: without `limit`, and at most. `least` is what a smaller limit is raised to. */
export interface PageLimits {
  readonly standard: number;
  readonly most: number;
  readonly least?: number;
}

/**
 * One page of a list, with `Link` headers for self and next, one line each. The cursor is opaque and stays good while
 * things are added and removed. Throws a 400 for a limit or cursor that is none.
 */
export function page<Item extends Numbered>(
  call: Call,
  path: string,
  items: readonly Item[],
  view: (item: Item) => Json,
  limits: PageLimits,
): Answer {
  const limit = readLimit(call.query.get("limit"), limits);
  const after = readCursor(call.query.get("after"), items);
  const rest = behind(items, after);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const links = [link(call, path, call.query, "self")];
  if (last !== undefined && rest.length > shown.length) {
    const next = new URLSearchParams(call.query);
    next.set("after", writeCursor(last.sequence));
    next.set("limit", String(limit));
    links.push(link(call, path, next, "next"));
  }
  return { status: 200, headers: { link: links }, json: shown.map(view) };
}

/** Those behind the cursor, in the order of their numbers. Most lists are in it: they are as things were made. */
function behind<Item extends Numbered>(items: readonly Item[], after: number): readonly Item[] {
  let before = -1;
  const inOrder = items.every(({ sequence }) => {
    const later = sequence >= before;
    before = sequence;
    return later;
  });
  const ordered = inOrder ? items : items.toSorted((a, b) => a.sequence - b.sequence);
  const first = ordered.findIndex(({ sequence }) => sequence > after);
  return first === -1 ? [] : ordered.slice(first);
}

function link(call: Call, path: string, query: URLSearchParams, relation: string): string {
  const search = query.toString();
  return `<${call.org.url}${path}${search === "" ? "" : `?${search}`}>; rel="${relation}"`;
}

function readLimit(text: string | null, { standard, most, least = 1 }: PageLimits): number {
  if (text === null) return standard;
  const limit = Number(text);
  if (!/^\d{1,6}$/.test(text) || limit < 1) throw invalid("limit", ["limit: Must be a positive whole number"]);
  return Math.max(Math.min(limit, most), least);
}

function writeCursor(sequence: number): string {
  return Buffer.from(`after ${sequence}`).toString("base64url");
}

function readCursor(text: string | null, items: readonly Numbered[]): number {
  if (text === null || text === "") return -1;
  const match = /^after (\d{1,12})$/.exec(Buffer.from(text, "base64url").toString("utf8"));
  if (match !== null) return Number(match[1]);
  const named = items.find((item) => item.id === text);
  if (named === undefined) throw invalid("after", ["after: The cursor is not valid"]);
  return named.sequence;
}
