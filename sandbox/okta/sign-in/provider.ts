import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdapterPayload, Configuration, errors, KoaContextWithOIDC, default as OidcProvider } from "oidc-provider";
import { isObject } from "../../json.ts";
import { randomToken } from "../../random.ts";
import { grantEverything } from "../../sign-in/grant.ts";
import { htmlPage } from "../../sign-in/html.ts";
import { Storage } from "../../sign-in/storage.ts";
import type { OktaApp, OktaUser } from "../model.ts";
import type { OktaOrg } from "../org.ts";
import { claimsByScope, scopes } from "./discovery.ts";
import { errorPage } from "./page.ts";

/** One authorization server of the org. */
export interface AuthorizationServer {
  /** `org`, `default` or the id of a custom one. */
  readonly name: string;
  readonly issuer: string;
  /** What comes before the issuer-relative path: empty for the org server. */
  readonly mount: string;
  /** Path of the endpoints below the mount. */
  readonly base: string;
}

/** A running provider and what the rest of the sign-in half needs of it. */
export interface RunningProvider {
  readonly provider: OidcProvider;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** The secret with which every authenticated client is handed on; never seen outside the process. */
  readonly innerSecret: string;
}

const notAssigned = "User is not assigned to the client application.";
const noPolicy = "Policy evaluation failed for this request, please check the policy configurations.";

/**
 * An oidc-provider over the org's live apps. Clients are authenticated before it (it takes any method and knows one
 * secret per client), so it sees confidential clients with one inner secret only.
 */
export async function createProvider(org: OktaOrg, server: AuthorizationServer): Promise<RunningProvider> {
  const { default: Provider, errors: problems, interactionPolicy } = await import("oidc-provider");
  const { exportJWK, generateKeyPair } = await import("jose");
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048, extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: randomToken(32), use: "sig", alg: "RS256" };
  const innerSecret = randomToken(48);
  const storage = new Storage((clientId) => clientMetadata(org, clientId, innerSecret));
  const policy = interactionPolicy.base();
  const session = policy.get("login")?.checks.get("no_session");
  if (session !== undefined) session.description = "The client specified not to prompt, but the user is not logged in.";

  const configuration: Configuration = {
    adapter: (model) => storage.adapter(model),
    jwks: { keys: [key] },
    scopes: [...scopes],
    claims: {
      // The org's admin has given the custom servers a groups claim for any scope; Okta's own wants its scope.
      openid: [...claimsByScope.openid, ...(server.name === "org" ? [] : claimsByScope.groups)],
      profile: [...claimsByScope.profile],
      email: [...claimsByScope.email],
      groups: [...claimsByScope.groups],
    },
    conformIdTokenClaims: false,
    responseTypes: ["code"],
    clientAuthMethods: ["client_secret_post", "none"],
    allowOmittingSingleRegisteredRedirectUri: false,
    rotateRefreshToken: (context) => rotates(org.client(context.oidc.client?.clientId ?? "")),
    pkce: { required: (_context, client) => org.client(client.clientId)?.pkceRequired === true },
    cookies: {
      keys: [randomToken(32)],
      names: { session: `sid_${server.name}`, interaction: `signin_${server.name}`, resume: `resume_${server.name}` },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      userinfo: { enabled: true },
      introspection: { enabled: true, allowedPolicy: async () => true },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (context, form) => {
          context.body = htmlPage(
            "Sign Out",
            `<h1>Sign out?</h1>\n${form}\n<button type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>`,
          );
        },
        postLogoutSuccessSource: async (context) => {
          context.body = htmlPage("Signed Out", "<h1>Signed out</h1>");
        },
      },
    },
    extraParams: {
      // Validators run for every request, whether or not the parameter is there; oidc-provider itself ignores
      // scopes that it does not know, Okta refuses them.
      okta_scope_check: (context) => {
        const sent: unknown = context.oidc.body?.scope ?? context.query.scope;
        const wanted = typeof sent === "string" ? sent.split(" ") : [];
        if (wanted.some((scope) => scope !== "" && !(scopes as readonly string[]).includes(scope))) {
          throw new problems.InvalidScope(
            "One or more scopes are not configured for the authorization server resource.",
            undefined as unknown as string,
          );
        }
      },
    },
    routes: {
      authorization: `${server.base}/authorize`,
      token: `${server.base}/token`,
      jwks: `${server.base}/keys`,
      userinfo: `${server.base}/userinfo`,
      end_session: `${server.base}/logout`,
      introspection: `${server.base}/introspect`,
      revocation: `${server.base}/revoke`,
    },
    interactions: { policy, url: (_context, interaction) => `/signin/${server.name}/${interaction.uid}` },
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      IdToken: 3600,
      RefreshToken: 86_400,
      Interaction: 3600,
      Session: 7200,
      Grant: 86_400,
    },
    findAccount: async (context, id) => {
      const user = org.user(id);
      if (user === undefined) return undefined;
      const app = org.client(context.oidc.client?.clientId ?? "");
      const route = context.oidc.route;
      if (route === "authorization" || route === "resume") {
        if (app === undefined || !org.mayUse(user, app)) throw new problems.AccessDenied(notAssigned);
        const custom = org.server(server.name);
        if (custom !== undefined && !org.mayAsk(custom, app)) throw new problems.AccessDenied(noPolicy);
      }
      return { accountId: id, claims: async () => claimsOf(org, user) };
    },
    loadExistingGrant: async (context) => grantEverything(context),
    renderError: async (context, out) => {
      context.type = "html";
      context.body = errorPage(out.error, describe(out));
    },
  };
  const provider = new Provider(server.issuer, configuration);
  provider.silent = true;
  provider.on("grant.error", (context, error) => {
    context.body = { error: error.error, error_description: grantError(context, error) };
  });
  provider.use(async (context, next) => {
    await next();
    await signOutAtOnce(context as KoaContextWithOIDC);
    // Okta redirects with 302.
    if (context.status === 303) context.status = 302;
  });
  return { provider, handle: provider.callback() as RunningProvider["handle"], innerSecret };
}

function describe(out: { error: string; error_description?: string | undefined }): string {
  if (out.error === "invalid_redirect_uri") {
    return "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.";
  }
  return out.error_description ?? out.error;
}

/** The client as oidc-provider should see it now; undefined unless its app is active. */
function clientMetadata(org: OktaOrg, clientId: string, innerSecret: string): AdapterPayload | undefined {
  const app = org.client(clientId);
  if (app === undefined || app.status !== "ACTIVE") return undefined;
  const codeFlow = app.oauth.grant_types.includes("authorization_code") && app.oauth.redirect_uris.length > 0;
  const isPublic = app.authMethod === "none";
  return {
    client_id: app.clientId,
    client_name: app.label,
    application_type: applicationType(app),
    redirect_uris: codeFlow ? [...app.oauth.redirect_uris] : [],
    post_logout_redirect_uris: [...(app.oauth.post_logout_redirect_uris ?? [])],
    response_types: codeFlow ? ["code"] : [],
    grant_types: ["authorization_code", "refresh_token"].filter((grant) => app.oauth.grant_types.includes(grant)),
    token_endpoint_auth_method: isPublic ? "none" : "client_secret_post",
    ...(isPublic ? {} : { client_secret: innerSecret }),
  } as AdapterPayload;
}

/** `native` only where a private scheme asks for it, because of its looser matching of loopback redirects. */
function applicationType(app: OktaApp): "web" | "native" {
  return app.oauth.redirect_uris.some((uri) => !/^https?:/i.test(uri)) ? "native" : "web";
}

function claimsOf(org: OktaOrg, user: OktaUser) {
  const groups = org.groups.filter((group) => group.type === "BUILT_IN" || user.groups.has(group.id));
  return {
    sub: user.id,
    name: `${user.firstName} ${user.lastName}`,
    given_name: user.firstName,
    family_name: user.lastName,
    preferred_username: user.login,
    email: user.login,
    email_verified: true,
    groups: groups.map((group) => group.profile.name),
  };
}

/** Whether each use of a refresh token gives another. */
function rotates(app: OktaApp | undefined): boolean {
  const settings = app?.oauth.refresh_token;
  return isObject(settings) && settings.rotation_type === "ROTATE";
}

/**
 * Okta does not ask back when an ID token comes with the request to sign out: the session ends and the browser goes
 * where the app has registered (OpenID Connect RP-Initiated Logout 1.0).
 */
async function signOutAtOnce(context: KoaContextWithOIDC): Promise<void> {
  // Not there for a path that is none of the provider's.
  const oidc = context.oidc as KoaContextWithOIDC["oidc"] | undefined;
  if (oidc?.route !== "end_session" || context.status !== 200 || oidc.params?.id_token_hint === undefined) return;
  if (oidc.session?.accountId !== undefined) await oidc.session.destroy();
  const { post_logout_redirect_uri: uri, state } = oidc.params;
  if (typeof uri !== "string") {
    context.body = htmlPage("Signed Out", "<h1>Signed out</h1>");
    return;
  }
  const target = new URL(uri);
  if (typeof state === "string") target.searchParams.set("state", state);
  context.redirect(target.href);
}

function grantError(context: KoaContextWithOIDC, error: errors.OIDCProviderError): string {
  if (error.error !== "invalid_grant") return error.error_description ?? error.error;
  if (/code_verifier/.test(error.error_detail ?? "")) return "PKCE verification failed.";
  return context.oidc.params?.grant_type === "refresh_token"
    ? "The refresh token is invalid or expired."
    : "The authorization code is invalid or has expired.";
}
