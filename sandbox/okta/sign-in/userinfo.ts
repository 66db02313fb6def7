import { type Answer, noStore } from "../../answer.ts";
import type { OktaOrg } from "../org.ts";
import { claimsFor } from "./claims.ts";
import type { Issuer } from "./issuer.ts";
import { readAccessToken } from "./mint.ts";
import { refusal } from "./refusals.ts";

/**
 * What the bearer of an access token may know of its person.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfo
 */
export async function answerUserinfo(org: OktaOrg, issuer: Issuer, authorization: string | undefined): Promise<Answer> {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) return refused("access_token_missing");
  const payload = await readAccessToken(org, issuer, token);
  if (typeof payload === "string") return refused(payload);
  const user = typeof payload.uid === "string" ? org.user(payload.uid) : undefined;
  const app = org.client(String(payload.cid));
  if (app === undefined || (user !== undefined && user.status !== "ACTIVE")) return refused("access_token_invalid");
  const scopes = Array.isArray(payload.scp) ? payload.scp.map(String) : [];
  if (user === undefined || !scopes.includes("openid")) return refused("access_token_insufficient_scopes");
  const claims = claimsFor(org, issuer, { app, user, scopes }, "userinfo");
  return {
    status: 200,
    headers: noStore,
    json: { ...claims, sub: user.id },
  };
}

/** Okta says in the header alone what is wrong. */
function refused(name: Parameters<typeof refusal>[0]): Answer {
  const { status, code, message } = refusal(name);
  const challenge = `Bearer error="${code}", error_description="${message}"`;
  return { status, headers: { "www-authenticate": challenge, ...noStore } };
}
