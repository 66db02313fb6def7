import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  Adapter,
  Configuration,
  InteractionResults,
  KoaContextWithOIDC,
  default as OidcProvider,
} from "oidc-provider";
import { noteBug } from "../../bug.ts";
import { textOf } from "../../json.ts";
import { finishInteraction } from "../../sign-in/finish.ts";
import { grantEverything } from "../../sign-in/grant.ts";
import { postsBack } from "../../sign-in/posts-back.ts";
import { Storage } from "../../sign-in/storage.ts";
import type { SignInRequest } from "../state.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { tenantKeys } from "./access-token.ts";
import { apiOf, permittedScopes, splitScopes } from "./api-access.ts";
import { isRegistered } from "./callback.ts";
import { claimsOf, inNamespace } from "./claims.ts";
import { clientMetadata, idTokenLifetimeOf, mayRefresh, refreshRulesOf, secondsLeft } from "./client-metadata.ts";
import { claimsByScope, oidcScopes } from "./discovery.ts";
import { errorPage } from "./page.ts";
import { refusedGrant } from "./refused-grant.ts";
import { rememberRequest } from "./sign-in-requests.ts";
import { completeTokenAnswer } from "./token-answer.ts";
import { admit, refuseRequest, requestedOrganization } from "./way-in.ts";

/** A running provider and what the rest of the sign-in half needs of it. */
export interface RunningProvider {
  readonly provider: OidcProvider;
  readonly storage: Storage;
  /** Lets oidc-provider answer. `scopes` are those that a token request names. */
  handle(request: IncomingMessage, response: ServerResponse, scopes?: readonly string[]): Promise<void>;
  /** Ends an interaction; gives where the browser goes on, or undefined when it has expired. */
  finish(uid: string, result: InteractionResults): Promise<string | undefined>;
  /** Whether there is a session of this cookie value. */
  hasSession(id: string): Promise<boolean>;
  /** Forgets the session of this cookie value. */
  endSession(id: string): Promise<void>;
}

/** Name of the cookie that holds the session. */
export const sessionCookie = "auth0";

/** Path under which people sign in. */
export const signInPath = "/u/login";

/** The scope of an authorization request as it was sent; oidc-provider takes away what it does not know. */
export const scopeParameter = "sandbox_scope";

/**
 * An oidc-provider over the tenant's live clients. Clients are authenticated before it (it takes any method), so it sees
 * each confidential client with its secret in the form.
 */
export async function createProvider(tenant: Auth0Tenant): Promise<RunningProvider> {
  const { default: Provider, errors: problems, interactionPolicy } = await import("oidc-provider");
  const memory = tenant.state.issuer;
  const keys = await tenantKeys(tenant);
  const storage = new Storage(memory.stored, (clientId) => clientMetadata(tenant, clientId));
  const policy = interactionPolicy.base();
  const session = policy.get("login")?.checks.get("no_session");
  if (session !== undefined) session.description = "Login required";
  const { Check } = interactionPolicy;
  const isOther = (context: KoaContextWithOIDC): boolean =>
    context.oidc.result?.login === undefined && comesAnotherWay(tenant, context);
  policy
    .get("login")
    ?.checks.add(new Check("another_way_in", "Login required", "login_required", (context) => isOther(context)));
  const requests = tenant.state.signInRequests;
  const scopesAsked = new WeakMap<IncomingMessage, readonly string[]>();
  const refuse = (error: string, description: string) => new problems.CustomOIDCProviderError(error, description);

  const configuration: Configuration = {
    adapter: (model) => (model === "RefreshToken" ? lenient(tenant, storage) : storage.adapter(model)),
    jwks: { keys } as NonNullable<Configuration["jwks"]>,
    scopes: [...oidcScopes],
    claims: {
      openid: [...claimsByScope.openid],
      profile: [...claimsByScope.profile],
      email: [...claimsByScope.email],
    },
    conformIdTokenClaims: false,
    responseTypes: ["code"],
    enabledJWA: { idTokenSigningAlgValues: ["HS256", "RS256"] },
    clientAuthMethods: ["client_secret_post", "none"],
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => false },
    issueRefreshToken: (context, client) => {
      const request = requests.get(context.oidc.entities.Grant?.jti ?? "");
      const known = tenant.clients.get(client.clientId);
      return known !== undefined && mayRefresh(known) && request !== undefined && mayStayAway(tenant, request);
    },
    rotateRefreshToken: (context) => refreshRulesOf(tenant.clients.get(context.oidc.client?.clientId ?? "")).rotates,
    cookies: {
      keys: [memory.cookieKey],
      names: { session: sessionCookie, interaction: "auth0_login", resume: "auth0_resume" },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_context, client, token) => token.clientId === client.clientId },
    },
    extraParams: {
      organization: null,
      connection: null,
      [scopeParameter]: null,
      audience: (context, value) => {
        if (value === undefined || value === "" || value === `${tenant.issuer}userinfo`) return;
        const api = apiOf(tenant, value);
        if (api === undefined) throw refuse("access_denied", `Service not found: ${value}`);
        const client = tenant.clients.get(context.oidc.client?.clientId ?? "");
        if (client === undefined || permittedScopes(tenant, client, api, "user") !== undefined) return;
        const text = `Client "${client.clientId}" is not authorized to access resource server "${value}".`;
        throw refuse("access_denied", text);
      },
      // Validators run for every request, whether or not the parameter is there.
      sandbox_way_in: (context) => {
        const client = tenant.clients.get(context.oidc.client?.clientId ?? "");
        const refusal = client === undefined ? undefined : refuseRequest(tenant, client, asked(context));
        if (refusal !== undefined) throw refuse(refusal.error, refusal.description);
      },
    },
    routes: {
      authorization: "/authorize",
      token: "/oauth/token",
      jwks: "/.well-known/jwks.json",
      userinfo: "/userinfo",
      revocation: "/oauth/revoke",
    },
    interactions: { policy, url: (_context, interaction) => `${signInPath}/${interaction.uid}` },
    ttl: {
      AccessToken: 86_400,
      AuthorizationCode: 60,
      IdToken: (_context, _token, client) => idTokenLifetimeOf(tenant.clients.get(client.clientId)),
      RefreshToken: (context, _token, client) => {
        const rules = refreshRulesOf(tenant.clients.get(client.clientId));
        return secondsLeft(rules, context.oidc.entities.RotatedRefreshToken?.iiat);
      },
      Interaction: 3600,
      Session: 259_200,
      Grant: 315_360_000,
    },
    findAccount: async (context, id, token) => {
      const user = tenant.users.get(id);
      if (user === undefined) return undefined;
      const { route, client: known } = context.oidc;
      const client = tenant.clients.get(known?.clientId ?? "");
      const granted = token !== undefined && "grantId" in token ? requests.get(String(token.grantId)) : undefined;
      const organization = token === undefined ? asked(context).organization : granted?.organization;
      // Whoever is signed in, but not for this, is asked to sign in; whoever has just done it is refused.
      if (client !== undefined && route === "resume") {
        const refusal = admit(tenant, client, user, organization);
        if (refusal !== undefined) throw new problems.AccessDenied(refusal);
      }
      if (user.profile.blocked === true) throw refuse("unauthorized", "user is blocked");
      return { accountId: id, claims: async () => claimsOf(tenant, user, organization) };
    },
    loadExistingGrant: async (context) => {
      const grant = await grantEverything(context);
      if (grant?.jti !== undefined) await rememberRequest(tenant, storage, grant.jti, requestOf(tenant, context));
      return grant;
    },
    renderError: async (context, out) => {
      context.type = "html";
      context.body = errorPage(out.error, out.error, out.error_description ?? out.error);
    },
  };
  const provider = new Provider(tenant.issuer, configuration);
  provider.silent = true;
  provider.on("server_error", (context, error) => noteBug(context.res, error));
  provider.Client.prototype.redirectUriAllowed = function allowed(redirectUri) {
    return isRegistered(tenant.clients.get(this.clientId)?.settings.callbacks ?? [], redirectUri);
  };
  withNamespaces(provider);
  provider.on("grant.error", (context, error) => {
    const { status, description } = refusedGrant(context, error);
    context.status = status;
    context.body = { error: error.error, error_description: description };
  });
  provider.use(async (context, next) => {
    await next();
    // Auth0 redirects with 302, and without the issuer. A form that goes back to the app is a page like any other.
    if (context.status === 303) context.status = 302;
    if (postsBack(context)) context.status = 200;
    const location = context.res.getHeader("location");
    if (typeof location === "string") context.res.setHeader("location", location.replace(/&iss=[^&#]*/, ""));
    const { oidc } = context as unknown as KoaContextWithOIDC;
    if (oidc?.route !== "token") return;
    await completeTokenAnswer(tenant, storage, context as unknown as KoaContextWithOIDC, scopesAsked.get(context.req));
  });
  const answer = provider.callback() as (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  return {
    provider,
    storage,
    handle: (request, response, scopes) => {
      if (scopes !== undefined) scopesAsked.set(request, scopes);
      return answer(request, response);
    },
    finish: (uid, result) => finishInteraction(provider, uid, result),
    hasSession: async (id) => (await storage.adapter("Session").find(id)) !== undefined,
    endSession: async (id) => storage.adapter("Session").destroy(id) as Promise<void>,
  };
}

/** Whether the session is of somebody who may not come in to this client, or comes by another connection than asked. */
function comesAnotherWay(tenant: Auth0Tenant, context: KoaContextWithOIDC): boolean {
  const { session, client: known } = context.oidc;
  const user = tenant.users.get(session?.accountId ?? "");
  const client = tenant.clients.get(known?.clientId ?? "");
  if (user === undefined || client === undefined) return false;
  const { connection, organization } = asked(context);
  const other = connection !== undefined && tenant.connections.get(user.connectionId)?.name !== connection;
  return other || admit(tenant, client, user, organization) !== undefined;
}

/** The organization and connection that the request names. */
function asked(context: KoaContextWithOIDC): { organization: string | undefined; connection: string | undefined } {
  const { params } = context.oidc;
  return { organization: textOf(params?.organization), connection: textOf(params?.connection) };
}

function requestOf(tenant: Auth0Tenant, context: KoaContextWithOIDC): Omit<SignInRequest, "at"> {
  const { params } = context.oidc;
  return {
    organization: requestedOrganization(tenant, asked(context).organization)?.id,
    audience: textOf(params?.audience),
    scopes: splitScopes(params?.[scopeParameter]),
  };
}

/** Whether the app gets a refresh token: it has asked for one, and the API that it asked for allows it. */
function mayStayAway(tenant: Auth0Tenant, { scopes, audience }: SignInRequest): boolean {
  const api = audience === undefined ? undefined : apiOf(tenant, audience);
  return scopes.includes("offline_access") && (api === undefined || api.settings.allow_offline_access === true);
}

/** Refresh tokens, of which one that was just exchanged still works for as long as its client's leeway. */
function lenient(tenant: Auth0Tenant, storage: Storage): Adapter {
  const adapter = storage.adapter("RefreshToken");
  return {
    ...adapter,
    find: async (id) => {
      const payload = await adapter.find(id);
      if (typeof payload?.consumed !== "number") return payload;
      const { leeway } = refreshRulesOf(tenant.clients.get(String(payload.clientId)));
      if (Date.now() / 1000 >= payload.consumed + leeway) return payload;
      const { consumed: _consumed, ...fresh } = payload;
      return fresh;
    },
  };
}

/** Claims in a namespace go into every token; oidc-provider knows only those that it is told of at its start. */
function withNamespaces(provider: OidcProvider): void {
  interface Claims {
    readonly available: Readonly<Record<string, unknown>>;
    result(): Promise<Record<string, unknown>>;
  }
  const { prototype } = (provider as unknown as { Claims: { prototype: Claims } }).Claims;
  const { result } = prototype;
  prototype.result = async function all() {
    return { ...inNamespace(this.available), ...(await result.call(this)) };
  };
}
