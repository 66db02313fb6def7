import { claimPath, kongHeader, kongTarget } from "../../desired/apps/kong.ts";
import type { ConnectionRecord } from "../../desired/connection.ts";
import { canonicalJson, type Json, textsOf } from "../../desired/json.ts";
import type { Fields } from "../../plan/observed.ts";
import type { KongApp } from "../../workspace/apps/kong.ts";
import { isBefore314 } from "../../workspace/apps/kong-fields.ts";
import { type KongPlugin, readTags } from "./plugin.ts";

/** Kong's own lengths of a session, seconds: what a plugin has that nothing is said to. */
const sessionDefaults = { absolute: 86_400, idle: 900 };

/**
 * The record's fields as they stand in a plugin, in the words of the model. What cannot be read back is left out: the
 * endpoints that come from discovery, and what `endSession` and `roles` are made of, which `kong.logout` and
 * `kong.groups` show.
 *
 * @param wanted says which of several spellings is meant, where Kong's says less than ours
 */
export function readPlugin(app: KongApp, plugin: KongPlugin, wanted: ConnectionRecord): Fields {
  const { config } = plugin;
  const explicit = config.using_pseudo_issuer === true;
  const optional = (name: string): Json => (typeof config[name] === "string" ? config[name] : null);
  const jwks = isBefore314(app.version) ? (textsOf(config.extra_jwks_uris)[0] ?? null) : optional("jwks_endpoint");
  return {
    tenant: wanted.tenant,
    signIn: wanted.signIn,
    issuer: text(config.issuer),
    ...(explicit || wanted.endpoints !== undefined
      ? {
          authorizationEndpoint: optional("authorization_endpoint"),
          tokenEndpoint: optional("token_endpoint"),
          userinfoEndpoint: optional("userinfo_endpoint"),
          jwksUri: jwks,
          endSessionEndpoint: optional("end_session_endpoint"),
        }
      : {}),
    clientId: textsOf(config.client_id)[0] ?? "",
    redirectUri: textsOf(config.redirect_uri)[0] ?? "",
    clientAuth: textsOf(config.client_auth)[0] ?? text(config.token_endpoint_auth_method),
    pkce: config.require_proof_key_for_code_exchange === true ? "S256" : "off",
    responseMode: text(config.response_mode ?? "query"),
    scopes: sameOrder(textsOf(config.scopes), wanted.scopes),
    ...argumentsOf(config),
    claims: claimsOf(app, config, wanted),
    require: requireOf(config),
    session: sessionOf(config, wanted),
    ...targetFields(plugin, wanted),
  };
}

/** Kong keeps scopes as a set; another order is no difference. */
function sameOrder(found: readonly string[], wanted: readonly string[]): readonly string[] {
  return canonicalJson([...found].sort()) === canonicalJson([...wanted].sort()) ? wanted : found;
}

function argumentsOf(config: KongPlugin["config"]): Fields {
  const values = textsOf(config.authorization_query_args_values);
  const all = textsOf(config.authorization_query_args_names).map((name, index) => [name, values[index] ?? ""] as const);
  const acr = all.find(([name]) => name === "acr_values")?.[1] ?? "";
  return {
    acrValues: acr.split(" ").filter((value) => value !== ""),
    extraParams: Object.fromEntries(all.filter(([name]) => name !== "acr_values")),
  };
}

function claimsOf(app: KongApp, config: KongPlugin["config"], wanted: ConnectionRecord): Json {
  const pairs = isBefore314(app.version) ? pairsOf(config) : headersOf(config);
  const names = [...new Set([...Object.keys(wanted.claims), ...Object.keys(app.headers)])];
  const known = new Map(names.map((name) => [kongHeader(app, name), name]));
  const { groups } = kongTarget(wanted.target);
  return Object.fromEntries(
    pairs.flatMap(([header, path]) => {
      const name = known.get(header) ?? nameOf(header);
      if (name === undefined) return [];
      if (name === "roles" && wanted.claims.roles === undefined && groups !== null) return [];
      // `name` and `[name]` are one path.
      const said = wanted.claims[name];
      const same = said !== undefined && canonicalJson(claimPath(said)) === canonicalJson(path);
      const value: Json = same ? said : path.length === 1 ? (path[0] ?? "") : path;
      return [[name, value] as const];
    }),
  );
}

function headersOf(config: KongPlugin["config"]): readonly (readonly [string, readonly string[]])[] {
  const list = Array.isArray(config.upstream_headers) ? (config.upstream_headers as readonly Json[]) : [];
  return list.map((item) => {
    const { header, path } = (item ?? {}) as { header?: Json; path?: Json };
    return [text(header).toLowerCase(), textsOf(path)] as const;
  });
}

function pairsOf(config: KongPlugin["config"]): readonly (readonly [string, readonly string[]])[] {
  const claims = textsOf(config.upstream_headers_claims);
  return textsOf(config.upstream_headers_names).map(
    (name, index) => [name.toLowerCase(), [claims[index] ?? ""]] as const,
  );
}

/** The claim whose header has no name of its own: the other way round of `kongHeader`. */
function nameOf(header: string): string | undefined {
  const [, name] = /^x-user-([a-z][a-z0-9-]*)$/.exec(header) ?? [];
  return name?.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function requireOf(config: KongPlugin["config"]): Json {
  const [hd] = textsOf(config.domains);
  return hd === undefined ? {} : { hd };
}

function sessionOf(config: KongPlugin["config"], { session }: ConnectionRecord): Json {
  const length = (name: keyof typeof sessionDefaults, value: Json | undefined): Record<string, Json> => {
    const seconds = typeof value === "number" ? value : sessionDefaults[name];
    return session?.[name] === undefined && seconds === sessionDefaults[name] ? {} : { [name]: seconds * 1_000 };
  };
  const both = {
    ...length("absolute", config.session_absolute_timeout),
    ...length("idle", config.session_idling_timeout),
  };
  return Object.keys(both).length === 0 && session === undefined ? null : both;
}

function targetFields(plugin: KongPlugin, wanted: ConnectionRecord): Fields {
  const { config } = plugin;
  const target = kongTarget(wanted.target);
  const set = new Set([...Object.keys(target.config), ...(readTags(wanted.marker, plugin.tags)?.fields ?? [])]);
  const [secret] = textsOf(config.client_secret);
  const claim = textsOf(config.authenticated_groups_claim);
  const required = [...textsOf(config.groups_required)].sort();
  const suffix = config.logout_uri_suffix;
  return {
    "kong.workspace": plugin.workspace,
    "kong.on": plugin.on,
    "kong.enabled": plugin.enabled,
    ...(target.clientSecret === undefined
      ? {}
      : { "kong.clientSecret": secret === target.clientSecret ? secret : secret === undefined ? null : "(another)" }),
    "kong.groups": claim.length === 0 && required.length === 0 ? null : { claim, required },
    "kong.logout": typeof suffix === "string" ? { path: suffix, redirect: textsOf(config.logout_redirect_uri) } : null,
    "kong.config": Object.fromEntries(
      [...set].sort().flatMap((name) => {
        const said = target.config[name];
        const found = config[name] ?? null;
        // Kong fills in defaults within a field; one that was taken out of the file shows as long as it has a value.
        if (said === undefined) return found === null ? [] : [[name, found]];
        return [[name, asSaid(found, said)]];
      }),
    ),
  };
}

/** What is found of a value, without members that the file does not say. */
function asSaid(found: Json, said: Json): Json {
  if (Array.isArray(found) && Array.isArray(said)) {
    const items = said as readonly Json[];
    return found.length === items.length ? found.map((item, index) => asSaid(item, items[index] ?? null)) : found;
  }
  if (!isMembers(found) || !isMembers(said)) return found;
  return Object.fromEntries(Object.keys(said).map((name) => [name, asSaid(found[name] ?? null, said[name] ?? null)]));
}

function isMembers(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
