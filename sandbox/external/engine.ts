import type { IncomingMessage, ServerResponse } from "node:http";
import type { Adapter, Configuration, KoaContextWithOIDC, default as OidcProvider } from "oidc-provider";
import { noteBug } from "../bug.ts";
import { grantEverything } from "../sign-in/grant.ts";
import { postsBack } from "../sign-in/posts-back.ts";
import type { Storage } from "../sign-in/storage.ts";
import { mayUse, redirectUrisOf } from "./customer-client.ts";
import type { CustomerProvider } from "./customer-provider.ts";
import { grantFault } from "./grant-fault.ts";
import type { Memory } from "./memory.ts";
import { messagePage, signInPage } from "./page.ts";
import type { ProviderKey } from "./provider-key.ts";
import { allowsRedirect } from "./redirect-uri.ts";
import { withSignedToken } from "./signed-token.ts";
import type { OfflineRequest, Vendor } from "./vendor.ts";

/** An oidc-provider that runs for one customer's provider, with the signing keys of its start. */
export interface Engine {
  readonly provider: OidcProvider;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** The scope of an authorization request as it was sent; oidc-provider takes away what it does not know. */
export const scopeParameter = "sandbox_scope";

/** Kind under which it is remembered what a grant was asked for. */
const requestKind = "SignInRequest";

/** Seconds that a grant and its refresh tokens live. */
const grantLifetime = 7_776_000;

/**
 * An oidc-provider over the live clients and people of a customer's provider. Clients are authenticated before it, and
 * redirect URIs are looked at before it, so that refusals are those of the product.
 */
export async function createEngine(
  owner: CustomerProvider,
  keys: readonly ProviderKey[],
  memory: Memory,
  clock: () => number,
): Promise<Engine> {
  const { default: Provider, errors: problems, interactionPolicy } = await import("oidc-provider");
  const { vendor } = owner;
  const { storage } = memory;
  const policy = interactionPolicy.base();
  for (const name of ["no_session", "max_age"]) {
    const check = policy.get("login")?.checks.get(name);
    if (check === undefined) continue;
    check.error = vendor.nobodySignedIn.error;
    check.description = vendor.nobodySignedIn.description ?? check.description;
  }
  for (const name of vendor.prompts?.more ?? []) {
    policy.add(new interactionPolicy.Prompt({ name, requestable: true }), 0);
  }
  const refuse = (error: string, description: string) => new problems.CustomOIDCProviderError(error, description);
  const requestOf = async (context: KoaContextWithOIDC): Promise<OfflineRequest> => {
    const kept = await storage.adapter(requestKind).find(context.oidc.entities.Grant?.jti ?? "");
    const { scopes = [], accessType = "" } = (kept ?? {}) as Partial<OfflineRequest>;
    return { scopes, accessType };
  };
  const scopes = Object.keys(vendor.claims);
  const configuration: Configuration = {
    adapter: (model) =>
      model === "RefreshToken" && vendor.refresh.renews === "another" ? reusable(storage) : storage.adapter(model),
    jwks: { keys: keys.map((key) => key.privateKey) } as NonNullable<Configuration["jwks"]>,
    scopes,
    claims: Object.fromEntries(Object.entries(vendor.claims).map(([scope, claims]) => [scope, [...claims]])),
    conformIdTokenClaims: false,
    responseTypes: vendor.idTokenResponse === undefined ? ["code"] : ["code", "id_token"],
    clientAuthMethods: ["client_secret_post"],
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => false },
    cookies: { keys: [memory.cookieKey] },
    issueRefreshToken: async (context, client) => {
      const known = owner.client(client.clientId);
      return known !== undefined && mayUse(known, "refresh_token") && vendor.refresh.wanted(await requestOf(context));
    },
    rotateRefreshToken: vendor.refresh.renews !== "none",
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: vendor.endpoints.pushedRequest !== undefined },
      userinfo: { enabled: true },
      rpInitiatedLogout: { enabled: false },
      introspection: {
        enabled: vendor.endpoints.introspection !== undefined,
        allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
      },
      revocation: {
        enabled: vendor.endpoints.revocation !== undefined,
        allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
      },
    },
    extraParams: {
      [scopeParameter]: null,
      access_type: null,
      // Validators run for every request, whether or not the parameter is there. oidc-provider itself ignores
      // scopes that it does not know.
      sandbox_check: (context) => {
        const known = owner.client(context.oidc.client?.clientId ?? "");
        const { noCodeGrant, weakState } = vendor;
        if (noCodeGrant !== undefined && known !== undefined && !mayUse(known, "authorization_code")) {
          throw refuse(noCodeGrant.error, noCodeGrant.description);
        }
        const { params } = context.oidc;
        const { idTokenResponse } = vendor;
        if (idTokenResponse !== undefined && params?.response_type === "id_token" && known?.idTokens !== true) {
          throw refuse(idTokenResponse.error, idTokenResponse.description);
        }
        if (weakState !== undefined && String(params?.state ?? "").length < weakState.least) {
          throw refuse(weakState.error, weakState.description);
        }
        const wanted = String(params?.[scopeParameter] ?? "").split(" ");
        const unknown = wanted.find((scope) => scope !== "" && !scopes.includes(scope));
        const refusal = unknown === undefined ? undefined : vendor.unknownScope?.(unknown);
        if (refusal !== undefined) throw refuse(refusal.error, refusal.description);
      },
    },
    routes: routesOf(vendor),
    interactions: { policy, url: (_context, interaction) => signInUrl(vendor, interaction) },
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      IdToken: 3600,
      Interaction: 3600,
      Session: 7200,
      RefreshToken: grantLifetime,
      Grant: grantLifetime,
    },
    findAccount: async (_context, id) => {
      const claims = owner.personById(id)?.claims;
      return claims === undefined ? undefined : { accountId: claims.sub, claims: async () => claims };
    },
    subjectTypes: [vendor.subject === undefined ? "public" : "pairwise"],
    pairwiseIdentifier: async (_context, id, client) => vendor.subject?.(id, client.clientId) ?? id,
    sectorIdentifierUriValidate: () => false,
    loadExistingGrant: async (context) => {
      const grant = await grantEverything(context);
      const { params } = context.oidc;
      const request: OfflineRequest = {
        scopes: String(params?.[scopeParameter] ?? "").split(" "),
        accessType: String(params?.access_type ?? ""),
      };
      if (grant?.jti !== undefined) {
        await storage.adapter(requestKind).upsert(grant.jti, { ...request } as never, grantLifetime);
      }
      return grant;
    },
    renderError: async (context, out) => {
      context.type = "html";
      context.body = messagePage(out.error, out.error_description ?? out.error);
    },
  };
  const provider = new Provider(owner.issuer, configuration);
  provider.silent = true;
  provider.on("server_error", (context, error) => noteBug(context.res, error));
  provider.Client.prototype.redirectUriAllowed = function allowed(redirectUri) {
    const client = owner.client(this.clientId);
    return client !== undefined && allowsRedirect(vendor, redirectUrisOf(client), redirectUri);
  };
  provider.on("grant.error", (context, error) => {
    if (error.error !== "invalid_grant") return;
    const { params } = context.oidc;
    const asked = {
      clientId: context.oidc.client?.clientId ?? "",
      redirectUri: String(params?.redirect_uri ?? ""),
      now: clock(),
    };
    context.body = vendor.refuseGrant(grantFault(vendor, error, params ?? {}), asked);
  });
  provider.use(async (context, next) => {
    await next();
    const { oidc } = context as unknown as KoaContextWithOIDC;
    if (context.status === 303) context.status = 302;
    if (postsBack(context)) context.status = 200;
    const location = context.res.getHeader("location");
    if (typeof location === "string") {
      context.redirect(inVendorWords(location, vendor));
      if (
        vendor.signIn.inPlace === true &&
        oidc?.route === "authorization" &&
        location.startsWith(vendor.signIn.path)
      ) {
        context.remove("location");
        context.status = 200;
        context.type = "html";
        context.body = signInPage(owner, location, "It asks for no password.", String(oidc.params?.login_hint ?? ""));
      }
    }
    if (oidc?.route !== "token") return;
    context.body = await withSignedToken(owner, keys, memory, oidc, tokenAnswer(vendor, oidc, context.body));
  });
  return { provider, handle: provider.callback() as Engine["handle"] };
}

/** The page on which an interaction goes on. */
function signInUrl({ signIn }: Vendor, { uid, params }: { readonly uid: string; readonly params: object }): string {
  if (signIn.repeatsRequest !== true) return `${signIn.path}/${uid}`;
  const shown = Object.entries(params).filter(([name]) => name !== scopeParameter);
  return `${signIn.path}?${new URLSearchParams(shown.map(([name, value]): [string, string] => [name, String(value)]))}`;
}

/** Refresh tokens of a product that gives a new one at each refresh and goes on taking the old one. */
function reusable(storage: Storage): Adapter {
  return { ...storage.adapter("RefreshToken"), consume: async () => {} };
}

function routesOf({ endpoints }: Vendor): NonNullable<Configuration["routes"]> {
  const path = (url: string): string => new URL(url).pathname;
  const { introspection, revocation, pushedRequest } = endpoints;
  return {
    authorization: path(endpoints.authorization),
    token: path(endpoints.token),
    jwks: path(endpoints.jwks),
    userinfo: path(endpoints.userinfo),
    ...(introspection === undefined ? {} : { introspection: path(introspection) }),
    ...(revocation === undefined ? {} : { revocation: path(revocation) }),
    ...(pushedRequest === undefined ? {} : { pushed_authorization_request: path(pushedRequest) }),
  };
}

/** A token answer with what this product has in it, and without what it has not. */
function tokenAnswer(vendor: Vendor, { params }: KoaContextWithOIDC["oidc"], body: unknown): unknown {
  if (typeof body !== "object" || body === null || !("access_token" in body)) return body;
  const { refresh_token: refreshToken, ...rest } = body as { readonly refresh_token?: string };
  const repeated = params?.grant_type === "refresh_token" && vendor.refresh.renews === "none";
  const kept = refreshToken !== undefined && !repeated;
  return { ...rest, ...(kept ? { refresh_token: refreshToken } : {}), ...vendor.tokenMembers?.(kept) };
}

/** A redirect back to the app without what this product does not send. */
function inVendorWords(location: string, vendor: Vendor): string {
  let text = vendor.namesIssuer ? location : location.replace(/&iss=[^&#]*/, "");
  const { error, description } = vendor.nobodySignedIn;
  if (description === undefined && new RegExp(`[?&#]error=${error}(&|$)`).test(text)) {
    text = text.replace(/&error_description=[^&#]*/, "");
  }
  return text;
}
