import { createPrivateKey } from "node:crypto";
import { claimPath, kongHeader, kongTarget } from "../../desired/apps/kong.ts";
import type { ConnectionRecord } from "../../desired/connection.ts";
import type { Json } from "../../desired/json.ts";
import type { Secret } from "../../secret/secret.ts";
import { type KongApp, kongModelFields } from "../../workspace/apps/kong.ts";
import { isBefore314 } from "../../workspace/apps/kong-fields.ts";
import type { RecordWrite } from "../app.ts";
import { denial } from "./plugin.ts";

type Members = Readonly<Record<string, Json>>;

/** What the plugin's values are made with besides the record. */
export interface Credentials {
  /** The client's secret, or how the gateway reads it. */
  readonly clientSecret?: string | undefined;
  /** PEM of the key that the client signs assertions with. */
  readonly privateKey?: Secret | undefined;
}

/**
 * The plugin's `config` of a record: what the model says, and what a record always needs said because Kong's defaults are
 * wider (nine ways to authenticate) or differ between versions (`ssl_verify`).
 *
 * @see https://developer.konghq.com/plugins/openid-connect/reference/
 */
export function pluginConfig(
  app: KongApp,
  write: Pick<RecordWrite, "record" | "discovery">,
  credentials: Credentials,
): Members {
  const { record } = write;
  const { groups, logout, config } = kongTarget(record.target);
  const session: Record<string, Json> = {};
  if (record.session?.absolute !== undefined) session.session_absolute_timeout = record.session.absolute / 1_000;
  if (record.session?.idle !== undefined) session.session_idling_timeout = record.session.idle / 1_000;
  const posted = record.responseMode === "form_post";
  return {
    auth_methods: ["authorization_code", "session"],
    verify_nonce: true,
    ssl_verify: true,
    hide_credentials: true,
    // The answer is posted from another site: a cookie that is not `None` would stay behind.
    ...(posted ? { authorization_cookie_same_site: "None", authorization_cookie_secure: true } : {}),
    ...config,
    issuer: record.issuer,
    client_id: [record.clientId],
    ...(credentials.clientSecret === undefined ? {} : { client_secret: [credentials.clientSecret] }),
    client_auth: [record.clientAuth],
    token_endpoint_auth_method: record.clientAuth,
    ...(credentials.privateKey === undefined ? {} : { client_jwk: [clientJwk(app, credentials.privateKey)] }),
    redirect_uri: [record.redirectUri],
    response_type: ["code"],
    response_mode: record.responseMode,
    scopes: record.scopes,
    require_proof_key_for_code_exchange: record.pkce === "S256",
    ...endpointsOf(app, write),
    ...queryArguments(record),
    ...headersOf(app, record),
    ...(record.require.hd === undefined ? {} : { domains: [record.require.hd] }),
    ...(groups === null ? {} : { groups_claim: groups.claim, authenticated_groups_claim: groups.claim }),
    ...(groups === null || groups.required.length === 0 ? {} : { groups_required: groups.required }),
    ...session,
    ...(logout === null ? {} : { logout_uri_suffix: logout.path, logout_redirect_uri: logout.redirect }),
  };
}

/** Without a discovery document the issuer is only compared, and the endpoints are the record's. */
function endpointsOf(app: KongApp, { record }: Pick<RecordWrite, "record">): Members {
  const { endpoints } = record;
  if (endpoints === undefined) return {};
  return {
    using_pseudo_issuer: true,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    ...(isBefore314(app.version) ? { extra_jwks_uris: [endpoints.jwks] } : { jwks_endpoint: endpoints.jwks }),
    ...(endpoints.userinfo === undefined ? {} : { userinfo_endpoint: endpoints.userinfo }),
    ...(endpoints.endSession === undefined ? {} : { end_session_endpoint: endpoints.endSession }),
    ...(endpoints.introspection === undefined ? {} : { introspection_endpoint: endpoints.introspection }),
  };
}

function queryArguments({ acrValues, extraParams }: ConnectionRecord): Members {
  const all = [
    ...(acrValues.length === 0 ? [] : [["acr_values", acrValues.join(" ")] as const]),
    ...Object.entries(extraParams),
  ];
  if (all.length === 0) return {};
  return {
    authorization_query_args_names: all.map(([name]) => name),
    authorization_query_args_values: all.map(([, value]) => value),
  };
}

function headersOf(app: KongApp, record: ConnectionRecord): Members {
  const { groups } = kongTarget(record.target);
  const claims = Object.entries(record.claims);
  if (groups !== null && record.claims.roles === undefined) claims.push(["roles", groups.claim]);
  const headers = claims.flatMap(([name, path]) => {
    const header = kongHeader(app, name);
    return header === undefined ? [] : [{ header, path: claimPath(path) }];
  });
  if (headers.length === 0) return {};
  if (!isBefore314(app.version)) return { upstream_headers: headers };
  const flat = headers.filter(({ path }) => path.length === 1);
  return {
    upstream_headers_claims: flat.map(({ path }) => path[0] ?? ""),
    upstream_headers_names: flat.map(({ header }) => header),
  };
}

/** The private key as the plugin takes it. */
export function clientJwk(app: KongApp, privateKey: Secret): Members {
  const { kid, alg } = app.clientKey?.publicKey ?? {};
  const jwk = createPrivateKey(privateKey.reveal()).export({ format: "jwk" });
  return {
    ...(jwk as Members),
    ...(kid === undefined ? {} : { kid }),
    ...(alg === undefined ? {} : { alg }),
    use: "sig",
  };
}

/** Fields that are ours in every plugin; the others are the team's and stay, but for those of `config:`. */
const ownFields: ReadonlySet<string> = new Set([
  ...Object.keys(kongModelFields),
  ...["auth_methods", "verify_nonce", "ssl_verify", "hide_credentials", "client_jwk"],
  ...["authorization_cookie_same_site", "authorization_cookie_secure", ...Object.keys(denial)],
]);

/**
 * What of a plugin's config is ours and no secret: fit to be kept until a change is settled. Fields that the files set
 * hold no secrets but by reference.
 */
export function keptConfig(config: Members, fields: readonly string[]): Members {
  return only(
    config,
    (name) => name !== "client_secret" && (fields.includes(name) || (ownFields.has(name) && name !== "client_jwk")),
  );
}

/** What of a plugin's config is the team's. What is null is at Kong's default. */
export function teamConfig(config: Members, fields: readonly string[]): Members {
  return withoutNulls(only(config, (name) => !ownFields.has(name) && !fields.includes(name))) as Members;
}

function only(config: Members, wanted: (name: string) => boolean): Members {
  return Object.fromEntries(Object.entries(config).filter(([name]) => wanted(name)));
}

/** Kong shows what is not set as null, and its schema takes none. */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member as Json)]),
  );
}
