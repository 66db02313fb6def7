import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdapterPayload, Configuration, errors, default as OidcProvider } from "oidc-provider";
import { randomToken } from "../random.ts";
import { grantEverything } from "../sign-in/grant.ts";
import { Storage } from "../sign-in/storage.ts";
import type { CustomerProvider } from "./customer-provider.ts";
import { messagePage, signOutPage } from "./page.ts";
import type { ProviderKey } from "./provider-key.ts";
import { allowsRedirect } from "./redirect-uri.ts";
import type { GrantFault, Vendor } from "./vendor.ts";

/** What outlives a change of the signing keys: codes, sessions, and what cookies are signed with. */
export interface Memory {
  readonly storage: Storage;
  readonly cookieKey: string;
  /** The secret with which every authenticated client is handed on; never seen outside the process. */
  readonly innerSecret: string;
}

/** An oidc-provider that runs for one customer's provider, with the signing keys of its start. */
export interface Engine {
  readonly provider: OidcProvider;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Path under which people sign in, at the host of the authorization endpoint. */
export const signInPath = "/sandbox/sign-in";

export function createMemory(owner: CustomerProvider): Memory {
  const innerSecret = randomToken(48);
  const storage = new Storage((clientId) => clientMetadata(owner, clientId, innerSecret));
  return { storage, cookieKey: randomToken(32), innerSecret };
}

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
  const policy = interactionPolicy.base();
  const session = policy.get("login")?.checks.get("no_session");
  if (session !== undefined) {
    session.error = vendor.nobodySignedIn.error;
    session.description = vendor.nobodySignedIn.description ?? session.description;
  }
  const scopes = Object.keys(vendor.claims);
  const configuration: Configuration = {
    adapter: (model) => memory.storage.adapter(model),
    jwks: { keys: keys.map((key) => key.privateKey) } as NonNullable<Configuration["jwks"]>,
    scopes,
    claims: Object.fromEntries(Object.entries(vendor.claims).map(([scope, claims]) => [scope, [...claims]])),
    conformIdTokenClaims: false,
    responseTypes: ["code"],
    clientAuthMethods: ["client_secret_post"],
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => false },
    cookies: { keys: [memory.cookieKey] },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      userinfo: { enabled: true },
      rpInitiatedLogout: {
        enabled: vendor.endpoints.endSession !== undefined,
        logoutSource: async (context, form) => {
          context.body = signOutPage(form);
        },
        postLogoutSuccessSource: async (context) => {
          context.body = messagePage("Signed out", "You have signed out.");
        },
      },
    },
    extraParams: {
      // Validators run for every request, whether or not the parameter is there. oidc-provider itself ignores
      // scopes that it does not know.
      sandbox_scope_check: (context) => {
        const sent: unknown = context.oidc.body?.scope ?? context.query.scope;
        const wanted = typeof sent === "string" ? sent.split(" ") : [];
        const unknown = wanted.find((scope) => scope !== "" && !scopes.includes(scope));
        const refusal = unknown === undefined ? undefined : vendor.unknownScope?.(unknown);
        if (refusal !== undefined) throw new problems.CustomOIDCProviderError(refusal.error, refusal.description);
      },
    },
    routes: routesOf(vendor),
    interactions: { policy, url: (_context, interaction) => `${signInPath}/${interaction.uid}` },
    ttl: { AccessToken: 3600, AuthorizationCode: 60, IdToken: 3600, Interaction: 3600, Session: 7200, Grant: 86_400 },
    findAccount: async (_context, id) => {
      const claims = owner.personById(id)?.claims;
      return claims === undefined ? undefined : { accountId: claims.sub, claims: async () => claims };
    },
    subjectTypes: [vendor.subject === undefined ? "public" : "pairwise"],
    pairwiseIdentifier: async (_context, id, client) => vendor.subject?.(id, client.clientId) ?? id,
    sectorIdentifierUriValidate: () => false,
    loadExistingGrant: async (context) => grantEverything(context),
    renderError: async (context, out) => {
      context.type = "html";
      context.body = messagePage(out.error, out.error_description ?? out.error);
    },
  };
  const provider = new Provider(owner.issuer, configuration);
  provider.silent = true;
  provider.Client.prototype.redirectUriAllowed = function allowed(redirectUri) {
    return allowsRedirect(vendor, this.redirectUris ?? [], redirectUri);
  };
  provider.on("grant.error", (context, error) => {
    if (error.error !== "invalid_grant") return;
    const { params } = context.oidc;
    const asked = {
      clientId: context.oidc.client?.clientId ?? "",
      redirectUri: String(params?.redirect_uri ?? ""),
      now: clock(),
    };
    context.body = vendor.refuseGrant(grantFault(error), asked);
  });
  provider.use(async (context, next) => {
    await next();
    if (context.status === 303) context.status = 302;
    const location = context.res.getHeader("location");
    if (typeof location === "string") context.redirect(inVendorWords(location, vendor));
  });
  return { provider, handle: provider.callback() as Engine["handle"] };
}

function routesOf({ endpoints }: Vendor): NonNullable<Configuration["routes"]> {
  const path = (url: string): string => new URL(url).pathname;
  return {
    authorization: path(endpoints.authorization),
    token: path(endpoints.token),
    jwks: path(endpoints.jwks),
    userinfo: path(endpoints.userinfo),
    ...(endpoints.endSession === undefined ? {} : { end_session: path(endpoints.endSession) }),
  };
}

/** The client as oidc-provider should see it now. */
function clientMetadata(owner: CustomerProvider, clientId: string, innerSecret: string): AdapterPayload | undefined {
  const client = owner.client(clientId);
  if (client === undefined) return undefined;
  return {
    client_id: client.clientId,
    // It wants at least one; this one cannot exist (RFC 6761, section 6.4).
    redirect_uris: client.redirectUris.length === 0 ? ["https://none.invalid/"] : [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutUris],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "client_secret_post",
    client_secret: innerSecret,
    // Without it a client with redirect URIs at two hosts could not have subjects of its own.
    ...(owner.vendor.subject === undefined ? {} : { sector_identifier_uri: "https://none.invalid/sector" }),
  } as AdapterPayload;
}

function grantFault(error: errors.OIDCProviderError): GrantFault {
  const detail = error.error_detail ?? "";
  if (/verifier|PKCE/i.test(detail)) return "verifier";
  if (/redirect_uri mismatch/.test(detail)) return "redirect-uri";
  return /expired|consumed/.test(detail) ? "spent" : "malformed";
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
