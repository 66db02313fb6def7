import type { ServerResponse } from "node:http";
import { readBody } from "../answer.ts";
import { captureAnswer } from "../capture.ts";
import type { KeptAnswer } from "../reads.ts";
import { formLimit } from "../sign-in/form.ts";
import { withForm } from "../sign-in/inner-request.ts";
import type { Site, SiteRequest } from "../site.ts";

/** What a request is for, told from the request itself, so that it is known at every site. */
export type Purpose = "document" | "authorization" | "token" | "pushed" | "logout" | "other";

/** An answer as a layer gives it. */
export interface Reply extends KeptAnswer {
  /** The body comes in pieces of so many bytes with so many milliseconds between them. */
  readonly pace?: { readonly bytes: number; readonly milliseconds: number };
}

/** What a layer changes of a request before the site gets it. */
export interface RequestChange {
  readonly query?: URLSearchParams;
  readonly form?: URLSearchParams;
  /** The `Authorization` header. */
  readonly authorization?: string | undefined;
}

/** One request that a layer may change, answer by itself, or hand on. */
export interface Exchange {
  readonly purpose: Purpose;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Empty unless a form was posted. */
  readonly form: URLSearchParams;
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** What comes next answers the request, or the request as changed. May be asked more than once. */
  ask(change?: RequestChange): Promise<Reply>;
}

/** Changes one exchange. */
export type Layer = (exchange: Exchange) => Promise<Reply>;

/** The exchange of a request with what stands below the layers: the site. Reads the body where it is a form. */
export async function openExchange(site: Site, asked: SiteRequest): Promise<Exchange> {
  const { request, response, path } = asked;
  const method = request.method ?? "GET";
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers["content-type"] ?? "");
  const text = isForm ? (await readBody(request, formLimit)).toString("utf8") : undefined;
  const query = new URLSearchParams(asked.query);
  const form = new URLSearchParams(text ?? "");
  const authorization = request.headers.authorization;
  const ask = (change: RequestChange = {}): Promise<Reply> => {
    const changed = change.query === undefined ? asked.query : change.query.toString();
    const body = change.form?.toString() ?? text;
    const inner = body === undefined ? request : withForm(request, body);
    const header = "authorization" in change ? change.authorization : authorization;
    if (header === undefined) delete inner.headers.authorization;
    else inner.headers.authorization = header;
    inner.url = changed === "" ? path : `${path}?${changed}`;
    return answerOf(site, { ...asked, request: inner, query: changed }, response);
  };
  const purpose = purposeOf(method, path, query, form);
  return { purpose, method, host: request.headers.host ?? "", path, query, form, authorization, ask };
}

/** What the site would have sent; the response is then as new. */
async function answerOf(site: Site, asked: SiteRequest, response: ServerResponse): Promise<Reply> {
  const date = response.getHeader("date");
  return new Promise<Reply>((resolve, reject) => {
    captureAnswer(response, (answer) => {
      response.statusCode = 200;
      if (date !== undefined) response.setHeader("date", date);
      resolve(answer);
    });
    site.handle(asked).catch(reject);
  });
}

function purposeOf(method: string, path: string, query: URLSearchParams, form: URLSearchParams): Purpose {
  if (/\/\.well-known\/(openid-configuration|oauth-authorization-server)/.test(path)) return "document";
  if (method === "POST" && form.has("grant_type")) return "token";
  if (method === "POST" && form.has("response_type")) return "pushed";
  const asked = method === "POST" ? form : query;
  if (asked.has("client_id") && (asked.has("response_type") || asked.has("request_uri"))) return "authorization";
  return asked.has("post_logout_redirect_uri") || asked.has("id_token_hint") ? "logout" : "other";
}
