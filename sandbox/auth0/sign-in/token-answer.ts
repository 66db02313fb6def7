import { decodeJwt } from "jose";
import type { KoaContextWithOIDC } from "oidc-provider";
import { isObject } from "../../json.ts";
import type { Storage } from "../../sign-in/storage.ts";
import { innerOf, rememberSigned } from "../../sign-in/token-alias.ts";
import type { SignInRequest } from "../state.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { lifetimeOf, signAccessToken } from "./access-token.ts";
import { apiOf, listsPermissions, permissionsOf, scopesFor, splitScopes } from "./api-access.ts";
import { type RefreshRules, refreshRulesOf, secondsLeft } from "./client-metadata.ts";

/**
 * Makes of oidc-provider's token answer the one of Auth0: an access token for an API is signed and says what its owner
 * may do there; a refresh token that stands is not repeated. `asked` is the scope of the token request itself.
 */
export async function completeTokenAnswer(
  tenant: Auth0Tenant,
  storage: Storage,
  context: KoaContextWithOIDC,
  asked: readonly string[] | undefined,
): Promise<void> {
  const { client: known, entities, params } = context.oidc;
  const client = tenant.clients.get(known?.clientId ?? "");
  const body: unknown = context.body;
  if (client === undefined || !isObject(body) || typeof body.access_token !== "string") return;
  const grantId = entities.Grant?.jti ?? "";
  const request = tenant.state.signInRequests.get(grantId);
  const refreshing = params?.grant_type === "refresh_token";
  const { refresh_token: refreshToken, ...rest } = body;
  const rules = refreshRulesOf(client);
  const stands = refreshing && !rules.rotates;
  if (stands) await keepAlive(storage, String(params?.refresh_token), rules);
  const kept = refreshToken !== undefined && !stands;
  const offline = request?.scopes.includes("offline_access") === true && (refreshing || kept);
  const given = new Set([...splitScopes(body.scope), ...(offline ? ["offline_access"] : [])]);
  const granted = [...given].filter((scope) => asked?.includes(scope) !== false);
  const signed = request === undefined ? undefined : await signFor(tenant, storage, context, request, granted, asked);
  context.body = {
    ...rest,
    ...(kept ? { refresh_token: refreshToken } : {}),
    scope: granted.join(" "),
    ...signed,
  };
}

/** Whoever uses a standing refresh token may use it again for as long as it may lie idle. */
async function keepAlive(storage: Storage, id: string, rules: RefreshRules): Promise<void> {
  const adapter = storage.adapter("RefreshToken");
  const payload = await adapter.find(id);
  if (payload === undefined) return;
  const seconds = secondsLeft(rules, payload.iiat as number | undefined);
  await adapter.upsert(id, { ...payload, exp: Math.floor(Date.now() / 1000) + seconds }, seconds);
}

/** The members that a token for an API changes; undefined when the sign-in was for none. */
async function signFor(
  tenant: Auth0Tenant,
  storage: Storage,
  context: KoaContextWithOIDC,
  request: SignInRequest,
  granted: readonly string[],
  asked: readonly string[] | undefined,
) {
  const { client: known, entities } = context.oidc;
  const client = tenant.clients.get(known?.clientId ?? "");
  const user = tenant.users.get(entities.Account?.accountId ?? "");
  const api = request.audience === undefined ? undefined : apiOf(tenant, request.audience);
  if (client === undefined || user === undefined || api === undefined || !isObject(context.body)) return undefined;
  const wanted = asked === undefined ? request.scopes : request.scopes.filter((scope) => asked.includes(scope));
  const { organization } = request;
  const scopes = scopesFor(tenant, client, api, user, { organization, scopes: wanted });
  const userinfo = `${tenant.issuer}userinfo`;
  const lifetime = lifetimeOf(api);
  const permissions = permissionsOf(tenant, user, api.identifier, organization);
  const token = await signAccessToken(tenant, api, {
    subject: user.id,
    clientId: client.clientId,
    audience: granted.includes("openid") ? [api.identifier, userinfo] : api.identifier,
    scopes: [...granted, ...scopes],
    lifetime,
    claims: {
      ...(organization === undefined ? {} : { org_id: organization }),
      ...(listsPermissions(api) ? { permissions } : {}),
    },
  });
  await rememberSigned(storage, token, String(context.body.access_token), lifetime);
  return { access_token: token, expires_in: lifetime, scope: [...granted, ...scopes].join(" ") };
}

/** The token of oidc-provider that a bearer token stands for: itself, unless it was signed here for userinfo too. */
export async function innerToken(tenant: Auth0Tenant, storage: Storage, token: string): Promise<string> {
  const inner = await innerOf(storage, token);
  if (inner === undefined) return token;
  return [decodeJwt(token).aud].flat().includes(`${tenant.issuer}userinfo`) ? inner : token;
}
