import { type Answer, noStore } from "../../answer.ts";
import type { JsonObject } from "../../json.ts";
import type { OktaApp } from "../model.ts";
import type { OktaOrg } from "../org.ts";
import type { Issuer } from "./issuer.ts";
import { readAccessToken, readIdToken } from "./mint.ts";
import { refusal } from "./refusals.ts";
import { findRefreshToken, revokeFamily } from "./tokens.ts";

/**
 * Tells an app about a token: only one of its own can be active.
 * @see https://www.rfc-editor.org/rfc/rfc7662
 */
export async function answerIntrospection(
  org: OktaOrg,
  issuer: Issuer,
  app: OktaApp,
  form: URLSearchParams,
): Promise<Answer> {
  return { status: 200, headers: noStore, json: await tell(org, issuer, app, tokenOf(form)) };
}

async function tell(org: OktaOrg, issuer: Issuer, app: OktaApp, text: string): Promise<JsonObject> {
  const token = findRefreshToken(org, issuer.serverId, app, text);
  if (token !== undefined) {
    const end = Math.min(token.used + token.window, token.end ?? Number.POSITIVE_INFINITY);
    const login = loginOf(org, token.userId);
    return {
      active: true,
      scope: token.scopes.join(" "),
      username: login,
      exp: Math.floor(end / 1000),
      iat: Math.floor(Date.parse(token.created) / 1000),
      sub: login,
      aud: issuer.server?.audiences[0] ?? issuer.issuer,
      iss: issuer.issuer,
      client_id: token.clientId,
      uid: token.userId,
    };
  }
  const payload = await readAccessToken(org, issuer, text);
  if (typeof payload !== "string") {
    if (payload.cid !== app.clientId) return { active: false };
    const { scp, cid, uid, ver: _version, ...claims } = payload;
    return {
      active: true,
      token_type: "Bearer",
      scope: Array.isArray(scp) ? scp.join(" ") : "",
      client_id: cid ?? "",
      ...(typeof uid === "string" ? { uid, username: loginOf(org, uid) } : {}),
      ...claims,
    };
  }
  const identity = await readIdToken(org, issuer, text);
  const good = identity?.aud === app.clientId && Number(identity.exp) * 1000 > org.now();
  if (identity === undefined || !good) return { active: false };
  return {
    active: true,
    username: loginOf(org, String(identity.sub)),
    client_id: app.clientId,
    ...identity,
  };
}

/**
 * Ends a token of this app: an access token alone, a refresh token with all that came of it. What is not its own stays.
 * @see https://www.rfc-editor.org/rfc/rfc7009
 */
export async function answerRevocation(
  org: OktaOrg,
  issuer: Issuer,
  app: OktaApp,
  form: URLSearchParams,
): Promise<Answer> {
  const text = tokenOf(form);
  const token = findRefreshToken(org, issuer.serverId, app, text);
  if (token !== undefined) revokeFamily(org, token.id);
  else {
    const payload = await readAccessToken(org, issuer, text);
    const own = typeof payload !== "string" && payload.cid === app.clientId;
    if (own) org.state.signIn.accessTokens.delete(String(payload.jti));
  }
  return { status: 200, headers: noStore };
}

/** Empty for somebody who is not there any more. */
function loginOf(org: OktaOrg, userId: string): string {
  return org.user(userId)?.profile.login ?? "";
}

function tokenOf(form: URLSearchParams): string {
  const text = form.get("token") ?? "";
  if (text === "") throw refusal("request_missing_token");
  return text;
}
