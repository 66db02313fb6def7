import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdapterPayload, Configuration, errors, KoaContextWithOIDC, default as OidcProvider } from "oidc-provider";
import { randomToken } from "../../random.ts";
import { grantEverything } from "../../sign-in/grant.ts";
import { Storage } from "../../sign-in/storage.ts";
import type { Auth0Client, Auth0User } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { isRegistered } from "./callback.ts";
import { claimsByScope, scopes } from "./discovery.ts";
import { errorPage } from "./page.ts";
import { mayComeIn, refuseRequest, requestedOrganization } from "./way-in.ts";

/** A running provider and what the rest of the sign-in half needs of it. */
export interface RunningProvider {
  readonly provider: OidcProvider;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Forgets the session of this cookie value. */
  endSession(id: string): Promise<void>;
}

/** Name of the cookie that holds the session. */
export const sessionCookie = "auth0";

/** Path under which people sign in. */
export const signInPath = "/u/login";

/** Lifetime of an id token, in seconds, when the client names none. */
const idTokenLifetime = 36_000;

/**
 * An oidc-provider over the tenant's live clients. Clients are authenticated before it (it takes any method), so it sees
 * each confidential client with its secret in the form.
 */
export async function createProvider(tenant: Auth0Tenant): Promise<RunningProvider> {
  const { default: Provider, errors: problems, interactionPolicy } = await import("oidc-provider");
  const keys = await Promise.all([signingKey(), signingKey()]);
  const storage = new Storage((clientId) => clientMetadata(tenant, clientId));
  const policy = interactionPolicy.base();
  const session = policy.get("login")?.checks.get("no_session");
  if (session !== undefined) session.description = "Login required";
  /** The organization that a grant was made for, by the grant's id. */
  const organizations = new Map<string, string>();

  const configuration: Configuration = {
    adapter: (model) => storage.adapter(model),
    jwks: { keys } as NonNullable<Configuration["jwks"]>,
    scopes: [...scopes],
    claims: {
      openid: [...claimsByScope.openid, ...namespacedClaims(tenant)],
      profile: [...claimsByScope.profile],
      email: [...claimsByScope.email],
    },
    conformIdTokenClaims: false,
    responseTypes: ["code"],
    enabledJWA: { idTokenSigningAlgValues: ["HS256", "RS256"] },
    clientAuthMethods: ["client_secret_post", "none"],
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => false },
    rotateRefreshToken: (context) => rotates(tenant, context.oidc.client?.clientId),
    cookies: {
      keys: [randomToken(32)],
      names: { session: sessionCookie, interaction: "auth0_login", resume: "auth0_resume" },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: true },
      revocation: { enabled: true },
    },
    extraParams: {
      organization: null,
      connection: null,
      audience: (_context, value) => {
        if (value !== undefined && value !== "") {
          throw new problems.CustomOIDCProviderError("access_denied", `Service not found: ${value}`);
        }
      },
      // Validators run for every request, whether or not the parameter is there.
      sandbox_way_in: (context) => {
        const client = tenant.clients.get(context.oidc.client?.clientId ?? "");
        const refusal = client === undefined ? undefined : refuseRequest(tenant, client, asked(context));
        if (refusal !== undefined) throw new problems.CustomOIDCProviderError(refusal.error, refusal.description);
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
      RefreshToken: 2_592_000,
      Interaction: 3600,
      Session: 259_200,
      Grant: 2_592_000,
    },
    findAccount: async (context, id, token) => {
      const user = tenant.users.get(id);
      if (user === undefined) return undefined;
      const { route, client: known } = context.oidc;
      const client = tenant.clients.get(known?.clientId ?? "");
      const granted = token !== undefined && "grantId" in token ? organizations.get(String(token.grantId)) : undefined;
      const organization = token === undefined ? asked(context).organization : granted;
      if (route === "authorization" || route === "resume") {
        if (client === undefined || !mayComeIn(tenant, client, user, organization)) {
          throw new problems.AccessDenied("The connection of this user is not enabled for the application.");
        }
      }
      return { accountId: id, claims: async () => claimsOf(tenant, user, organization) };
    },
    loadExistingGrant: async (context) => {
      const grant = await grantEverything(context);
      const { organization } = asked(context);
      if (grant?.jti !== undefined && organization !== undefined) organizations.set(grant.jti, organization);
      return grant;
    },
    renderError: async (context, out) => {
      context.type = "html";
      context.body = errorPage(out.error, out.error, out.error_description ?? out.error);
    },
  };
  const provider = new Provider(tenant.issuer, configuration);
  provider.silent = true;
  provider.Client.prototype.redirectUriAllowed = function allowed(redirectUri) {
    return isRegistered(tenant.clients.get(this.clientId)?.settings.callbacks ?? [], redirectUri);
  };
  provider.on("grant.error", (context, error) => {
    const { status, description } = refusedGrant(context, error);
    context.status = status;
    context.body = { error: error.error, error_description: description };
  });
  provider.use(async (context, next) => {
    await next();
    // Auth0 redirects with 302, and without the issuer.
    if (context.status === 303) context.status = 302;
    const location = context.res.getHeader("location");
    if (typeof location === "string") context.res.setHeader("location", location.replace(/&iss=[^&#]*/, ""));
    hideStandingRefreshToken(tenant, context as unknown as KoaContextWithOIDC);
  });
  return {
    provider,
    handle: provider.callback() as RunningProvider["handle"],
    endSession: async (id) => storage.adapter("Session").destroy(id) as Promise<void>,
  };
}

async function signingKey() {
  const { exportJWK, generateKeyPair } = await import("jose");
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048, extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomToken(16), use: "sig", alg: "RS256" };
}

/** The organization and connection that the request names. */
function asked(context: KoaContextWithOIDC): { organization: string | undefined; connection: string | undefined } {
  const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
  const params = context.oidc.params;
  return { organization: text(params?.organization), connection: text(params?.connection) };
}

/** The client as oidc-provider should see it now. */
function clientMetadata(tenant: Auth0Tenant, clientId: string): AdapterPayload | undefined {
  const client = tenant.clients.get(clientId);
  if (client === undefined || client.global) return undefined;
  const { settings } = client;
  const isPublic = settings.token_endpoint_auth_method === "none";
  return {
    client_id: client.clientId,
    client_name: settings.name,
    // It wants at least one; this one cannot exist (RFC 6761, section 6.4). Which are allowed is looked up live.
    redirect_uris: ["https://none.invalid/"],
    response_types: ["code"],
    grant_types: ["authorization_code", ...(settings.grant_types.includes("refresh_token") ? ["refresh_token"] : [])],
    id_token_signed_response_alg: signingAlgorithm(client),
    token_endpoint_auth_method: isPublic ? "none" : "client_secret_post",
    ...(isPublic ? {} : { client_secret: client.secret }),
  } as AdapterPayload;
}

/** HS256, with the client's secret, unless the client names another (a public client has nothing to share). */
function signingAlgorithm({ settings }: Auth0Client): string {
  const jwt = settings.jwt_configuration as { alg?: unknown } | undefined;
  const alg = typeof jwt?.alg === "string" ? jwt.alg : "HS256";
  return settings.token_endpoint_auth_method === "none" ? "RS256" : alg;
}

function idTokenLifetimeOf(client: Auth0Client | undefined): number {
  const jwt = client?.settings.jwt_configuration as { lifetime_in_seconds?: unknown } | undefined;
  return typeof jwt?.lifetime_in_seconds === "number" ? jwt.lifetime_in_seconds : idTokenLifetime;
}

function rotates(tenant: Auth0Tenant, clientId: string | undefined): boolean {
  const settings = tenant.clients.get(clientId ?? "")?.settings.refresh_token as
    | { rotation_type?: unknown }
    | undefined;
  return settings?.rotation_type === "rotating";
}

/** Claims in a namespace, of everybody who is there when the provider starts. */
function namespacedClaims(tenant: Auth0Tenant): readonly string[] {
  return [...new Set([...tenant.users.values()].flatMap(({ claims }) => Object.keys(claims)))];
}

function claimsOf(tenant: Auth0Tenant, user: Auth0User, organization: string | undefined) {
  const id = requestedOrganization(tenant, organization)?.id;
  return {
    sub: user.id,
    name: user.name,
    nickname: user.email.split("@")[0],
    updated_at: tenant.timestamp(),
    email: user.email,
    email_verified: true,
    ...user.claims,
    ...(id === undefined ? {} : { org_id: id }),
  };
}

function refusedGrant(
  context: KoaContextWithOIDC,
  error: errors.OIDCProviderError,
): { readonly status: number; readonly description: string } {
  if (error.error !== "invalid_grant") {
    return { status: error.statusCode, description: error.error_description ?? error.error };
  }
  if (context.oidc.params?.grant_type === "refresh_token") {
    return { status: 403, description: "Unknown or invalid refresh token." };
  }
  const verifier = /code_verifier|PKCE/i.test(error.error_detail ?? "");
  return { status: 403, description: verifier ? "Failed to verify code verifier" : "Invalid authorization code" };
}

/** A refresh token that does not rotate is given out once only. */
function hideStandingRefreshToken(tenant: Auth0Tenant, context: KoaContextWithOIDC): void {
  const { body } = context;
  if (typeof body !== "object" || body === null || !("refresh_token" in body)) return;
  const { params, client } = context.oidc;
  if (params?.grant_type === "refresh_token" && !rotates(tenant, client?.clientId)) {
    const { refresh_token: _standing, ...rest } = body as Record<string, unknown>;
    context.body = rest;
  }
}
