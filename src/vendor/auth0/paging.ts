import { isJsonObject, textIn } from "../json.ts";
import { type CallPurpose, unexpectedAnswer } from "./failure.ts";
import type { Auth0Transport } from "./transport.ts";

/** Records that pages by offset reach; Auth0 refuses what is behind them (`invalid_paging`). */
const reachable = 1_000;

const pageSize = 100;

/** Auth0's own largest page by checkpoint for the lists that are read here. */
const checkpointSize = 50;

/** What pages by offset gave: the items, and how many there are in all. */
export interface OffsetList {
  readonly items: readonly unknown[];
  readonly total: number;
}

/**
 * The first 1,000 of a list, page after page by offset.
 *
 * @param path path and query, without the paging
 * @param name member of the answer that holds the items
 * @see https://auth0.com/docs/manage-users/user-search/view-search-results-by-page
 */
export async function readByOffset(
  transport: Auth0Transport,
  path: string,
  name: string,
  purpose: CallPurpose,
): Promise<OffsetList> {
  const items: unknown[] = [];
  for (let page = 0; ; page++) {
    const body = await transport.send({
      method: "GET",
      path: withQuery(path, `page=${page}&per_page=${pageSize}&include_totals=true`),
      purpose,
    });
    const listed = listIn(body, name);
    if (listed === undefined) throw unexpectedAnswer(transport.host, purpose, "it is no list");
    items.push(...listed);
    const total = isJsonObject(body) && typeof body.total === "number" ? body.total : items.length;
    const end = (page + 1) * pageSize;
    if (listed.length === 0 || end >= total || end >= reachable) return { items, total };
  }
}

/** Everything of a list, page after page by checkpoint. */
export async function readByCheckpoint(
  transport: Auth0Transport,
  path: string,
  name: string,
  purpose: CallPurpose,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  for (let from = ""; ; ) {
    const cursor = from === "" ? "" : `&from=${encodeURIComponent(from)}`;
    const body = await transport.send({
      method: "GET",
      path: withQuery(path, `take=${checkpointSize}${cursor}`),
      purpose,
    });
    const listed = listIn(body, name);
    if (listed === undefined) throw unexpectedAnswer(transport.host, purpose, "it is no list");
    items.push(...listed);
    from = textIn(body, "next") ?? "";
    if (from === "") return items;
    if (seen.has(from)) throw unexpectedAnswer(transport.host, purpose, "its pages go round in a circle");
    seen.add(from);
  }
}

/** Everything of a list that knows both kinds of pages: by offset as far as that reaches, else by checkpoint. */
export async function readWhole(
  transport: Auth0Transport,
  path: string,
  name: string,
  purpose: CallPurpose,
): Promise<readonly unknown[]> {
  const { items, total } = await readByOffset(transport, path, name, purpose);
  return total <= reachable ? items : readByCheckpoint(transport, path, name, purpose);
}

/** Auth0 leaves the object around a list away when it has nothing to say in it. */
function listIn(body: unknown, name: string): readonly unknown[] | undefined {
  const list = isJsonObject(body) ? body[name] : body;
  return Array.isArray(list) ? list : undefined;
}

function withQuery(path: string, query: string): string {
  return `${path}${path.includes("?") ? "&" : "?"}${query}`;
}
