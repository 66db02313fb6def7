import type { Answer } from "../answer.ts";
import type { Json } from "../json.ts";
import type { Call } from "./call.ts";
import { invalid } from "./problem.ts";

interface Numbered {
  readonly sequence: number;
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
  limits: { readonly standard: number; readonly most: number },
): Answer {
  const limit = readLimit(call.query.get("limit"), limits);
  const after = readCursor(call.query.get("after"));
  const rest = items.filter((item) => item.sequence > after).sort((a, b) => a.sequence - b.sequence);
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

function link(call: Call, path: string, query: URLSearchParams, relation: string): string {
  const search = query.toString();
  return `<${call.org.url}${path}${search === "" ? "" : `?${search}`}>; rel="${relation}"`;
}

function readLimit(text: string | null, limits: { readonly standard: number; readonly most: number }): number {
  if (text === null) return limits.standard;
  const limit = Number(text);
  if (!/^\d{1,6}$/.test(text) || limit < 1) throw invalid("limit", ["limit: Must be a positive whole number"]);
  return Math.min(limit, limits.most);
}

function writeCursor(sequence: number): string {
  return Buffer.from(`after ${sequence}`).toString("base64url");
}

function readCursor(text: string | null): number {
  if (text === null || text === "") return -1;
  const match = /^after (\d{1,12})$/.exec(Buffer.from(text, "base64url").toString("utf8"));
  if (match === null) throw invalid("after", ["after: The cursor is not valid"]);
  return Number(match[1]);
}
