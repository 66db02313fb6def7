import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Exchange, Layer, Purpose, Reply } from "./exchange.ts";

/** A page for people. */
export function page(status: number, text: string): Reply {
  const body = Buffer.from(
    `<!doctype html><html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>`,
  );
  return { status, headers: { "content-type": "text/html; charset=utf-8" }, body };
}

export function json(status: number, value: Json, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function redirect(location: string, status = 302): Reply {
  return { status, headers: { location }, body: Buffer.alloc(0) };
}

/** The answer with another body. */
export function withJson(reply: Reply, value: Json): Reply {
  const { "content-length": _length, ...headers } = reply.headers;
  return { ...reply, headers, body: Buffer.from(JSON.stringify(value)) };
}

/** What an answer holds as a JSON object; undefined when it holds none. */
export function objectIn(reply: Reply): JsonObject | undefined {
  if (!/json/.test(String(reply.headers["content-type"] ?? ""))) return undefined;
  try {
    const value: unknown = JSON.parse(reply.body.toString("utf8"));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A layer for requests of some purposes; all others pass. */
export function on(purposes: Purpose | readonly Purpose[], change: Layer): () => Layer {
  const wanted = [purposes].flat();
  return () => (exchange) => (wanted.includes(exchange.purpose) ? change(exchange) : exchange.ask());
}

/** A layer that changes members of the discovery document; a member that becomes undefined is taken out. */
export function members(
  change: (document: JsonObject, exchange: Exchange) => Readonly<Record<string, Json | undefined>>,
): () => Layer {
  return on("document", async (exchange) => {
    const reply = await exchange.ask();
    const document = objectIn(reply);
    if (document === undefined) return reply;
    const changed = Object.entries({ ...document, ...change(document, exchange) });
    const kept = changed.filter((entry): entry is [string, Json] => entry[1] !== undefined);
    return withJson(reply, Object.fromEntries(kept));
  });
}

/** A layer that changes answers which are key sets. */
export function keySet(change: (keys: readonly JsonObject[], reply: Reply) => Reply | Json): () => Layer {
  return () => async (exchange) => {
    const reply = await exchange.ask();
    const keys = exchange.method === "GET" ? objectIn(reply)?.keys : undefined;
    if (!Array.isArray(keys)) return reply;
    const changed = change(keys.filter(isObject), reply);
    return isReply(changed) ? changed : withJson(reply, changed);
  };
}

function isReply(value: Reply | Json): value is Reply {
  return isObject(value) && Buffer.isBuffer((value as { body?: unknown }).body);
}

/** The redirect URI that an authorization request names. */
export function callbackOf({ method, query, form }: Exchange): string {
  return (method === "POST" ? form : query).get("redirect_uri") ?? "";
}

/** The parameters with others in their place. */
export function withParameters(
  parameters: URLSearchParams,
  others: Readonly<Record<string, string | undefined>>,
): URLSearchParams {
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined) next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/** Where an answer sends the person back to the app, as a URL; undefined when it does something else. */
export function returnIn(exchange: Exchange, reply: Reply): URL | undefined {
  const location = String(reply.headers.location ?? "");
  const callback = callbackOf(exchange);
  const returns = callback !== "" && (location.startsWith(`${callback}?`) || location.startsWith(`${callback}#`));
  return returns && URL.canParse(location) ? new URL(location) : undefined;
}

/** A layer that changes with what parameters a person is sent back to the app; undefined takes one out. */
export function returned(
  change: (parameters: URLSearchParams, exchange: Exchange) => Readonly<Record<string, string | undefined>>,
): () => Layer {
  return on("authorization", async (exchange) => {
    const reply = await exchange.ask();
    const back = returnIn(exchange, reply);
    if (back === undefined) return reply;
    back.search = withParameters(back.searchParams, change(back.searchParams, exchange)).toString();
    return { ...reply, headers: { ...reply.headers, location: back.href } };
  });
}
