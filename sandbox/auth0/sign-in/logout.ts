import type { IncomingMessage } from "node:http";
import { decodeJwt } from "jose";
import type { Answer } from "../../answer.ts";
import type { Auth0Client } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { isRegistered } from "./callback.ts";
import { errorPage } from "./page.ts";

/** Where somebody goes after signing out, and for which client. */
interface SignOut {
  readonly parameter: "returnTo" | "post_logout_redirect_uri";
  readonly url: string | undefined;
  readonly clientId: string | undefined;
  readonly state: string | undefined;
}

/** `/v2/logout?client_id&returnTo`. */
export function readLegacyLogout(query: URLSearchParams): SignOut {
  return {
    parameter: "returnTo",
    url: query.get("returnTo") ?? undefined,
    clientId: query.get("client_id") ?? undefined,
    state: undefined,
  };
}

/** `/oidc/logout`, by the id token of the session or by `client_id`. */
export function readOidcLogout(query: URLSearchParams): SignOut {
  return {
    parameter: "post_logout_redirect_uri",
    url: query.get("post_logout_redirect_uri") ?? undefined,
    clientId: query.get("client_id") ?? audienceOf(query.get("id_token_hint")),
    state: query.get("state") ?? undefined,
  };
}

function audienceOf(idToken: string | null): string | undefined {
  try {
    const { aud } = decodeJwt(idToken ?? "");
    return typeof aud === "string" ? aud : undefined;
  } catch {
    return undefined;
  }
}

/** The answer: on to the URL when it is among the client's `allowed_logout_urls`, else a page that goes nowhere. */
export function answerSignOut(tenant: Auth0Tenant, { parameter, url, clientId, state }: SignOut): Answer {
  const client = clientId === undefined ? undefined : tenant.clients.get(clientId);
  if (clientId !== undefined && client === undefined) {
    return refuse("Unknown client", `Unknown client: ${clientId}`);
  }
  if (url === undefined) return { status: 200, html: "OK" };
  if (!isRegistered(allowedUrls(client), url)) {
    return refuse(
      "Logout URL mismatch",
      `The "${parameter}" querystring parameter "${url}" is not defined as a valid URL in "Allowed Logout URLs".`,
    );
  }
  const target = new URL(url);
  if (state !== undefined) target.searchParams.set("state", state);
  return { status: 302, headers: { location: state === undefined ? url : target.href } };
}

function allowedUrls(client: Auth0Client | undefined): readonly string[] {
  return client?.settings.allowed_logout_urls ?? [];
}

function refuse(headline: string, description: string): Answer {
  return { status: 400, html: errorPage("invalid_request", headline, description) };
}

/** The value of a cookie that the request carries. */
export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? "").split(/;\s*/);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
