import { claimsOfTemplates, profileTemplates } from "../../desired/apps/auth0-profile.ts";
import type { ConnectionRecord } from "../../desired/connection.ts";
import type { Json } from "../../desired/json.ts";
import { parseConnectionKey } from "../../desired/key.ts";
import type { DiscoverySnapshot, Fields } from "../../plan/observed.ts";
import type { Auth0EnterpriseConnection } from "../../vendor/auth0/enterprise-connections.ts";
import { isJsonObject, type JsonObject, objectIn, textIn } from "../../vendor/json.ts";
import type { RecordWrite } from "../app.ts";
import { targetOf } from "./target.ts";

const documentPath = "/.well-known/openid-configuration";

/**
 * The options of a connection with a record's values in them. Members that are none of ours stay as they are: Auth0 would
 * lose them, because it replaces options as a whole.
 *
 * Issuer and endpoints stand there beside the discovery document's address, as they were proven: what stands there wins
 * over the document.
 *
 * @param aliases domains whose people are sent here
 */
export function optionsOf(
  before: JsonObject,
  { record, discovery }: Pick<RecordWrite, "record" | "discovery">,
  aliases: readonly string[],
): JsonObject {
  const target = targetOf(record);
  const front = target.channel === "front";
  const { oidc_metadata: metadata, ...kept } = without(before, ownMembers);
  // What Auth0 has read of another issuer's document means nothing now; it reads anew where there is none.
  const sameIssuer = before.issuer === discovery.issuer;
  const upstream = upstreamParams(before, record);
  return {
    ...kept,
    ...(sameIssuer && metadata !== undefined ? { oidc_metadata: metadata } : {}),
    type: front ? "front_channel" : "back_channel",
    client_id: record.clientId,
    scope: record.scopes.join(" "),
    ...addresses(record, discovery, front),
    ...(target.strategy === "okta" ? { domain: new URL(discovery.issuer).host } : {}),
    ...(front ? {} : { send_back_channel_nonce: true }),
    ...(front || target.strategy === "okta" ? {} : { token_endpoint_auth_method: record.clientAuth }),
    ...(target.icon === null ? {} : { icon_url: target.icon }),
    ...(upstream === undefined ? {} : { upstream_params: upstream }),
    connection_settings: {
      ...objectIn(before, "connection_settings"),
      pkce: record.pkce === "S256" ? "S256" : "disabled",
    },
    attribute_map: attributeMap(before, record),
    set_user_root_attributes: rootAttributes(record.provision),
    domain_aliases: [...aliases],
  };
}

/** Members that a write sets, or takes away where the record has none. */
const ownMembers = [
  ...["authorization_endpoint", "client_id", "discovery_url", "domain", "icon_url", "issuer", "jwks_uri", "scope"],
  ...["token_endpoint", "token_endpoint_auth_method", "type", "upstream_params", "userinfo_endpoint"],
];

function without(options: JsonObject, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

function addresses(record: ConnectionRecord, discovery: DiscoverySnapshot, front: boolean): JsonObject {
  const documented = record.endpoints === undefined && targetOf(record).strategy === "oidc";
  const { userinfoEndpoint } = discovery;
  return {
    issuer: discovery.issuer,
    ...(documented ? { discovery_url: `${discovery.issuer.replace(/\/$/, "")}${documentPath}` } : {}),
    authorization_endpoint: discovery.authorizationEndpoint,
    jwks_uri: discovery.jwksUri,
    ...(front ? {} : { token_endpoint: discovery.tokenEndpoint }),
    ...(front || userinfoEndpoint === undefined ? {} : { userinfo_endpoint: userinfoEndpoint }),
  };
}

/** Fixed values are the file's; those that Auth0 takes from the app's request are whoever's set them up. */
function upstreamParams(before: JsonObject, { acrValues, extraParams }: ConnectionRecord): JsonObject | undefined {
  const passedOn = Object.entries(objectIn(before, "upstream_params")).filter(
    ([, how]) => fixedValue(how) === undefined,
  );
  const fixed = Object.entries({
    ...extraParams,
    ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(" ") }),
  }).map(([name, value]) => [name, { value }] as const);
  const all = [...passedOn, ...fixed];
  return all.length === 0 && before.upstream_params === undefined ? undefined : Object.fromEntries(all);
}

function fixedValue(how: unknown): string | undefined {
  return isJsonObject(how) && how.alias === undefined ? textIn(how, "value") : undefined;
}

function attributeMap(before: JsonObject, record: ConnectionRecord): JsonObject {
  const source = targetOf(record).claimsFrom === "userinfo" ? "userinfo" : "tokenset";
  return {
    ...objectIn(before, "attribute_map"),
    mapping_mode: "use_map",
    attributes: profileTemplates(record.claims, record.roles, source),
    ...(source === "userinfo" ? { userinfo_scope: record.scopes.join(" ") } : {}),
  };
}

const provisions = [
  ["on_each_login", { create: true, update: true }],
  ["on_first_login", { create: true, update: false }],
  // Stops that accounts are made, too.
  ["never_on_login", { create: false, update: false }],
] as const;

function rootAttributes({ create, update }: ConnectionRecord["provision"]): string {
  return provisions.find(([, of]) => of.create === create && of.update === update)?.[0] ?? "never_on_login";
}

/**
 * What a connection says, in the words of the model; what cannot be read back is left out.
 *
 * @param wanted gives the spelling of what can be written in several ways
 * @param more what is not in the connection itself, as far as it was read
 */
export function fieldsOf(
  { name, strategy, displayName, showAsButton, options, secret }: Auth0EnterpriseConnection,
  wanted: ConnectionRecord,
  more: { readonly homeRealm: boolean; readonly membership: boolean; readonly clients?: readonly string[] | undefined },
): Fields {
  const text = (member: string): Json => textIn(options, member) ?? null;
  const front = options.type === "front_channel";
  const params = Object.entries(objectIn(options, "upstream_params")).flatMap(([param, how]) => {
    const value = fixedValue(how);
    return value === undefined ? [] : [[param, value] as const];
  });
  const templates = objectIn(objectIn(options, "attribute_map"), "attributes");
  const { icon_url: icon = null, set_user_root_attributes: root } = options;
  const provision = provisions.find(([each]) => each === (root ?? "on_each_login"))?.[1];
  const parts = parseConnectionKey(wanted.key);
  return {
    tenant: parts?.tenant ?? wanted.tenant,
    signIn: parts?.signIn ?? wanted.signIn,
    issuer: text("issuer"),
    authorizationEndpoint: text("authorization_endpoint"),
    jwksUri: text("jwks_uri"),
    ...(front ? {} : { tokenEndpoint: text("token_endpoint"), userinfoEndpoint: text("userinfo_endpoint") }),
    clientId: text("client_id"),
    clientAuth: front ? "none" : (textIn(options, "token_endpoint_auth_method") ?? secretMethod(secret)),
    ...(front ? {} : { pkce: pkceOf(options) }),
    scopes: words(textIn(options, "scope") ?? ""),
    acrValues: words(params.find(([param]) => param === "acr_values")?.[1] ?? ""),
    extraParams: Object.fromEntries(params.filter(([param]) => param !== "acr_values")),
    claims: claimsOfTemplates(templates, wanted.claims, wanted.roles) as Json,
    provision: provision === undefined ? String(root) : { ...provision },
    "auth0.name": name,
    "auth0.strategy": strategy,
    "auth0.channel": front ? "front" : "back",
    "auth0.displayName": displayName,
    "auth0.showAsButton": showAsButton,
    "auth0.icon": typeof icon === "string" ? icon : null,
    "auth0.homeRealm": more.homeRealm,
    "auth0.membership": more.membership,
    "auth0.claimsFrom": sourceOf(templates, targetOf(wanted).claimsFrom),
    ...(more.clients === undefined ? {} : { "auth0.clients": more.clients }),
  };
}

function secretMethod(secret: unknown): string {
  return secret === undefined ? "none" : "client_secret_post";
}

/** Other values of Auth0's are shown as they are: they differ from what the file can say. */
function pkceOf(options: JsonObject): string {
  const pkce = textIn(objectIn(options, "connection_settings"), "pkce") ?? "auto";
  return pkce === "disabled" ? "off" : pkce;
}

function sourceOf(templates: JsonObject, otherwise: string): string {
  const all = Object.values(templates).filter((template) => typeof template === "string");
  if (all.length === 0) return otherwise;
  return all.some((template) => template.includes("context.userinfo")) ? "userinfo" : "idToken";
}

function words(text: string): readonly string[] {
  return text.split(" ").filter((word) => word !== "");
}
