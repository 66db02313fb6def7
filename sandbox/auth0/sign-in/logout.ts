import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import type { Answer } from "../../answer.ts";
import type { Auth0Client } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { tenantKeys } from "./access-token.ts";
import { isRegistered } from "./callback.ts";
import { errorPage } from "./page.ts";

/** Where somebody goes after signing out, and for which client. */
export interface SignOut {
  readonly parameter: "returnTo" | "post_logout_redirect_uri";
  readonly url: string | undefined;
  readonly clientId: string | undefined;
  readonly state: string | undefined;
  /** Whether it is sure that the app asks for the person: people are asked otherwise. */
  readonly sure: boolean;
}

/** `/v2/logout?client_id&returnTo`. */
export function readLegacyLogout(query: URLSearchParams): SignOut {
  return {
    parameter: "returnTo",
    url: query.get("returnTo") ?? undefined,
    clientId: query.get("client_id") ?? undefined,
    state: undefined,
    sure: true,
  };
}

/**
 * `/oidc/logout`, by an id token of the tenant or by `client_id`.
 * @see https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0
 */
export async function readOidcLogout(tenant: Auth0Tenant, query: URLSearchParams): Promise<SignOut> {
  const hinted = await audienceOf(tenant, query.get("id_token_hint"));
  return {
    parameter: "post_logout_redirect_uri",
    url: query.get("post_logout_redirect_uri") ?? undefined,
    clientId: query.get("client_id") ?? hinted,
    state: query.get("state") ?? undefined,
    sure: hinted !== undefined,
  };
}

/** The client that an id token was for, however long ago; undefined when it is none of this tenant's. */
async function audienceOf(tenant: Auth0Tenant, idToken: string | null): Promise<string | undefined> {
  if (idToken === null) return undefined;
  const options = { issuer: tenant.issuer, clockTolerance: Number.MAX_SAFE_INTEGER };
  const keys = (await tenantKeys(tenant)).map(({ kty, n, e, kid }) => ({ kty, n, e, kid }));
  const signed = createLocalJWKSet({ keys } as unknown as JSONWebKeySet);
  try {
    const { payload } = await jwtVerify(idToken, signed, options);
    return [payload.aud].flat()[0];
  } catch {
    return sharedAudience(tenant, idToken, options);
  }
}

/** The same of an id token that is signed with its client's secret. */
async function sharedAudience(tenant: Auth0Tenant, idToken: string, options: object): Promise<string | undefined> {
  for (const { clientId, secret } of tenant.clients.values()) {
    try {
      await jwtVerify(idToken, new TextEncoder().encode(secret), { ...options, audience: clientId });
      return clientId;
    } catch {
      // Of another client.
    }
  }
  return undefined;
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
