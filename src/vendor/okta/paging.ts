import { type CallPurpose, unexpectedAnswer } from "./failure.ts";
import type { OktaTransport } from "./transport.ts";

/**
 * Everything of a list, page after page, by the `Link` header with `rel="next"`. The cursor in it is opaque and not
 * looked into; but a next page on another host or of another list is not followed. Only what is taken of an item is
 * kept: a page is forgotten before the next one is asked for.
 *
 * @see https://developer.okta.com/docs/api/#pagination
 */
export async function readPages<T>(
  transport: OktaTransport,
  path: string,
  purpose: CallPurpose,
  take: (item: unknown) => T,
): Promise<readonly T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  for (let next: string | undefined = path; next !== undefined; ) {
    if (seen.has(next)) throw unexpectedAnswer(transport.host, purpose, "its pages go round in a circle");
    seen.add(next);
    const reply = await transport.send({ method: "GET", path: next, purpose });
    if (!Array.isArray(reply.body)) throw unexpectedAnswer(transport.host, purpose, "it is no list");
    for (const item of reply.body) items.push(take(item));
    const target = nextTarget(reply.headers.get("link"));
    if (target === undefined) break;
    next = nextPath(transport.host, path, target);
    if (next === undefined) throw unexpectedAnswer(transport.host, purpose, "its next page is somewhere else");
  }
  return items;
}

/** The target of `rel="next"` (RFC 8288). Several `Link` headers arrive joined by commas. */
export function nextTarget(header: string | null): string | undefined {
  for (const [, target, parameters = ""] of (header ?? "").matchAll(
    /<([^>]*)>((?:\s*;\s*[^;,=\s]+\s*=\s*(?:"[^"]*"|[^;,\s]*))*)/g,
  )) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=[\s;]|$))/i.test(parameters)) return target;
  }
  return undefined;
}

/** Path and query of the next page; undefined when it is not of the same list on the same host. */
function nextPath(host: string, first: string, target: string): string | undefined {
  const base = `https://${host}`;
  if (!URL.canParse(target, base)) return undefined;
  const url = new URL(target, base);
  if (url.protocol !== "https:" || url.host !== new URL(base).host) return undefined;
  if (url.pathname !== new URL(first, base).pathname) return undefined;
  return url.pathname + url.search;
}
