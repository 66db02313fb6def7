import type { IncomingMessage, ServerResponse } from "node:http";
import { TenantryError } from "../src/errors/failure.ts";
import { type Answer, BodyTooLarge, readBody, send } from "./answer.ts";
import { sameText } from "./same-text.ts";
import type { Site } from "./site.ts";

/** Largest document that is taken, in bytes: some 50,000 apps. */
const documentLimit = 256 * 1024 * 1024;

/** The world as a document, to give away and to put another in its place. */
export interface WorldExchange {
  /** Bearer token of the admin API. */
  readonly token: string;
  /** The document of the world as it is now. */
  read(): string;
  /** Puts another world in its place, or changes nothing and throws a TenantryError. */
  replace(document: string): Promise<void>;
}

/** The admin site with `GET` and `PUT /world`. Both need its token: the document holds every secret there is. */
export function withWorldExchange(admin: Site, exchange: WorldExchange): Site {
  return {
    ...admin,
    handle: (site) => {
      if (site.path !== "/world") return admin.handle(site);
      return answer(exchange, site.request, site.response);
    },
  };
}

async function answer(exchange: WorldExchange, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [scheme = "", token = ""] = (request.headers.authorization ?? "").split(" ");
  if (scheme.toLowerCase() !== "bearer" || !sameText(token, exchange.token)) {
    return send(response, { status: 401, json: { error: "the bearer token of ready.json is needed" } });
  }
  switch (request.method) {
    case "GET":
      response.setHeader("content-type", "application/json");
      response.end(exchange.read());
      return;
    case "PUT":
      return send(response, await replace(exchange, request));
    default:
      return send(response, { status: 405, headers: { allow: "GET, PUT" }, json: { error: "use GET or PUT" } });
  }
}

async function replace(exchange: WorldExchange, request: IncomingMessage): Promise<Answer> {
  try {
    await exchange.replace((await readBody(request, documentLimit)).toString("utf8"));
    return { status: 204 };
  } catch (error) {
    if (error instanceof TenantryError) {
      return { status: 400, json: { error: error.message, code: error.code } };
    }
    if (!(error instanceof BodyTooLarge)) throw error;
    return { status: 413, headers: { connection: "close" }, json: { error: "the body is too large" } };
  }
}
