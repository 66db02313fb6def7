import { isObject, isTexts, type JsonObject, spelled, textOf } from "../../json.ts";
import type { Auth0Connection } from "../model.ts";
import { readDiscovery } from "../oidc-metadata.ts";
import type { Auth0Tenant } from "../tenant.ts";

/** The issuer behind a connection, as its options and the issuer's own document describe it. */
export interface Upstream {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string | undefined;
  readonly userinfoEndpoint: string | undefined;
  readonly jwksUri: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly scope: string;
  /** The PKCE method that goes with the request; undefined for none. */
  readonly pkce: "S256" | "plain" | undefined;
  /** An ID token in a form straight from the browser, or a code that is exchanged. */
  readonly type: "front_channel" | "back_channel";
  /** Whether a nonce goes with the code flow too. */
  readonly nonce: boolean;
  /** Algorithms that an ID token may be signed with. */
  readonly algorithms: readonly string[];
  /** Further parameters of the authorization request. */
  readonly parameters: JsonObject;
}

/** Strategies whose connections lead to another OpenID provider. */
const federated = new Set(["oidc", "okta", "waad"]);

/** Whether people of this connection sign in at another issuer. */
export function leadsOn({ strategy }: Auth0Connection): boolean {
  return federated.has(strategy);
}

/** The options of a connection. */
export function optionsOf({ settings }: Auth0Connection): JsonObject {
  return isObject(settings.options) ? settings.options : {};
}

/**
 * What is behind the connection: its options, completed from the metadata that Auth0 keeps of the issuer, or else from
 * the issuer's document as it is now. Undefined when that does not tell where to send anybody.
 */
export async function readUpstream(tenant: Auth0Tenant, connection: Auth0Connection): Promise<Upstream | undefined> {
  const options = optionsOf(connection);
  const kept = isObject(options.oidc_metadata) ? options.oidc_metadata : undefined;
  const metadata = kept ?? (await readDiscovery(tenant.calls, connection.strategy, options)) ?? {};
  const text = (name: string): string | undefined => textOf(options[name]) ?? textOf(metadata[name]);
  const issuer = text("issuer");
  const authorizationEndpoint = text("authorization_endpoint");
  const jwksUri = text("jwks_uri");
  const clientId = textOf(options.client_id);
  if (issuer === undefined || authorizationEndpoint === undefined || jwksUri === undefined || clientId === undefined) {
    return undefined;
  }
  const type = options.type === "front_channel" ? "front_channel" : "back_channel";
  return {
    issuer,
    authorizationEndpoint,
    tokenEndpoint: text("token_endpoint"),
    userinfoEndpoint: text("userinfo_endpoint"),
    jwksUri,
    clientId,
    clientSecret: textOf(options.client_secret),
    scope: scopeOf(options),
    pkce: type === "front_channel" ? undefined : pkceOf(options, metadata),
    type,
    nonce: type === "front_channel" || connection.strategy === "waad" || options.send_back_channel_nonce === true,
    algorithms: isTexts(options.id_token_signed_response_algs) ? options.id_token_signed_response_algs : ["RS256"],
    parameters: isObject(options.upstream_params) ? options.upstream_params : {},
  };
}

/** `scope`, or the list of old connections; never without `openid`. */
function scopeOf(options: JsonObject): string {
  const listed = isTexts(options.scopes) ? options.scopes.join(" ") : undefined;
  const scopes = (textOf(options.scope) ?? listed ?? "openid profile email").split(/[\s,]+/);
  return scopes.includes("openid") ? scopes.join(" ") : ["openid", ...scopes].join(" ");
}

/** `auto` takes the strongest that the issuer's document names, and none when it names none. */
function pkceOf(options: JsonObject, metadata: JsonObject): Upstream["pkce"] {
  const settings = isObject(options.connection_settings) ? options.connection_settings : {};
  const named = spelled(settings.pkce ?? "auto").toLowerCase();
  if (named === "s256") return "S256";
  if (named === "plain") return "plain";
  if (named === "disabled") return undefined;
  const offered = isTexts(metadata.code_challenge_methods_supported) ? metadata.code_challenge_methods_supported : [];
  return offered.includes("S256") ? "S256" : offered.includes("plain") ? "plain" : undefined;
}
