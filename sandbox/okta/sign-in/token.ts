import { createHash } from "node:crypto";
import type { Answer } from "../../answer.ts";
import type { JsonObject } from "../../json.ts";
import { sameText } from "../../same-text.ts";
import type { Access } from "../access.ts";
import type { OktaApp, OktaUser } from "../model.ts";
import { oktaId } from "../okta-id.ts";
import type { OktaOrg } from "../org.ts";
import { ruleFor } from "../server-decision.ts";
import { systemScopes } from "../server-defaults.ts";
import { issueServiceToken } from "../service-token.ts";
import type { Issuer } from "./issuer.ts";
import { mintAccessToken, mintIdToken } from "./mint.ts";
import { refusal } from "./refusals.ts";
import type { Consent, OktaCode } from "./remembered.ts";
import { readScopes, splitWords } from "./scopes.ts";
import { findRefreshToken, lifetimesOf, newRefreshToken, revokeFamily, useRefreshToken } from "./tokens.ts";

/** Scopes about a person; a client that asks for itself cannot have them. */
const personal: readonly string[] = systemScopes.map(({ name }) => name);

/** Answers a token request of this app, which has proved itself. Throws an `OAuthProblem`. */
export async function answerToken(
  org: OktaOrg,
  access: Access,
  issuer: Issuer,
  app: OktaApp,
  form: URLSearchParams,
): Promise<Answer> {
  switch (checkGrant(app, form.get("grant_type"))) {
    case "authorization_code":
      return redeemCode(org, issuer, app, form);
    case "refresh_token":
      return refresh(org, issuer, app, form);
    case "client_credentials":
      return issuer.server === undefined
        ? issueServiceToken(app, form, access)
        : clientToken(org, issuer, app, form.get("scope"));
  }
}

const played = ["authorization_code", "refresh_token", "client_credentials"] as const;

/** What the app may ask for. */
function checkGrant({ oauth }: OktaApp, sent: string | null): (typeof played)[number] {
  if (sent === null || sent === "") throw refusal("token_request_missing_grant_type", played);
  const grant = played.find((each) => each === sent);
  if (grant === undefined) throw refusal("unsupported_grant_type", oauth.grant_types);
  if (!oauth.grant_types.includes(grant)) throw refusal("unauthorized_client", oauth.grant_types);
  return grant;
}

async function redeemCode(org: OktaOrg, issuer: Issuer, app: OktaApp, form: URLSearchParams): Promise<Answer> {
  const text = form.get("code") ?? "";
  if (text === "") throw refusal("missing_token_request_parameter", ["code"]);
  const code = org.state.signIn.codes.get(text);
  if (code === undefined || code.expires <= org.now()) throw refusal("invalid_authorization_code");
  if (code.clientId !== app.clientId) throw refusal("mismatched_client");
  if (code.serverId !== issuer.serverId) throw refusal("mismatched_authorization_server");
  if (code.family !== undefined) {
    // Used twice: somebody else may hold what it was given for (RFC 6749, section 4.1.2).
    revokeFamily(org, code.family);
    throw refusal("invalid_authorization_code");
  }
  checkCode(code, form);
  const user = goodUser(org, app, code, "invalid_authorization_code");
  const rule = ruleOf(org, issuer, app, user, code.scopes);
  const offline = code.scopes.includes("offline_access") && app.oauth.grant_types.includes("refresh_token");
  const refreshToken = offline ? newRefreshToken(org, code, lifetimesOf(rule)) : undefined;
  code.family = refreshToken?.id ?? oktaId("oat");
  return tokens(org, issuer, {
    app,
    user,
    consent: code,
    family: code.family,
    rule,
    refreshToken: refreshToken?.value,
  });
}

function checkCode(code: OktaCode, form: URLSearchParams): void {
  if (form.get("redirect_uri") !== code.redirectUri) throw refusal("mismatched_redirect_uri");
  const verifier = form.get("code_verifier") ?? "";
  if (code.challenge === undefined) {
    if (verifier !== "") throw refusal("pkce_missing_challenge_verifier_present");
    return;
  }
  if (verifier === "") throw refusal("pkce_missing_verifier");
  const digest = createHash("sha256").update(verifier).digest("base64url");
  if (!sameText(digest, code.challenge)) throw refusal("pkce_verification_failed");
}

async function refresh(org: OktaOrg, issuer: Issuer, app: OktaApp, form: URLSearchParams): Promise<Answer> {
  const shown = form.get("refresh_token") ?? "";
  if (shown === "") throw refusal("missing_token_request_parameter", ["refresh_token"]);
  const token = findRefreshToken(org, issuer.serverId, app, shown);
  if (token === undefined) throw refusal("invalid_refresh_token");
  const asked = splitWords(form.get("scope"));
  const denied = asked.filter((scope) => !token.scopes.includes(scope));
  if (denied.length > 0) throw refusal("refresh_scopes_denied", denied);
  const scopes = asked.length === 0 ? token.scopes : asked;
  const user = goodUser(org, app, token, "invalid_refresh_token");
  const rule = ruleOf(org, issuer, app, user, scopes);
  const value = useRefreshToken(org, app, token, shown);
  const consent: Consent = { ...token, scopes };
  return tokens(org, issuer, { app, user, consent, family: token.id, rule, refreshToken: value });
}

/** The person of a grant, who must still be active and assigned to the app. */
function goodUser(
  org: OktaOrg,
  app: OktaApp,
  { userId }: Consent,
  otherwise: "invalid_authorization_code" | "invalid_refresh_token",
): OktaUser {
  const user = org.user(userId);
  if (user === undefined || user.status !== "ACTIVE") throw refusal(otherwise);
  if (!org.mayUse(user, app)) throw refusal("user_not_assigned");
  return user;
}

/** The rule as it is now: one that was taken away meanwhile gives no token. */
function ruleOf(org: OktaOrg, issuer: Issuer, app: OktaApp, user: OktaUser | undefined, scopes: readonly string[]) {
  if (issuer.server === undefined) return undefined;
  const grants = [user === undefined ? "client_credentials" : "authorization_code"];
  const rule = ruleFor(org, issuer.server, { app, user, grants, scopes });
  if (rule === undefined) throw refusal("no_matching_policy");
  return rule;
}

async function clientToken(org: OktaOrg, issuer: Issuer, app: OktaApp, scope: string | null): Promise<Answer> {
  if (app.authMethod === "none") throw refusal("confidential_client_required");
  const scopes = readScopes(issuer, scope);
  if (scopes.some((each) => personal.includes(each))) throw refusal("openid_not_allowed_client_creds");
  const rule = ruleOf(org, issuer, app, undefined, scopes);
  const subject = { app, user: undefined, scopes, authTime: 0 };
  const { accessTokenLifetimeMinutes: minutes } = lifetimesOf(rule);
  const { value, expiresIn } = await mintAccessToken(org, issuer, subject, { minutes, family: undefined });
  return reply({ token_type: "Bearer", expires_in: expiresIn, access_token: value, scope: scopes.join(" ") });
}

interface Given {
  readonly app: OktaApp;
  readonly user: OktaUser;
  readonly consent: Consent;
  readonly family: string;
  readonly rule: ReturnType<typeof ruleOf>;
  readonly refreshToken: string | undefined;
}

async function tokens(org: OktaOrg, issuer: Issuer, given: Given): Promise<Answer> {
  const { app, user, consent, family, rule, refreshToken } = given;
  const { scopes, authTime, nonce } = consent;
  const subject = { app, user, scopes, authTime };
  const { accessTokenLifetimeMinutes: minutes } = lifetimesOf(rule);
  const { value: accessToken, expiresIn } = await mintAccessToken(org, issuer, subject, { minutes, family });
  return reply({
    token_type: "Bearer",
    expires_in: expiresIn,
    access_token: accessToken,
    scope: scopes.join(" "),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(scopes.includes("openid") ? { id_token: await mintIdToken(org, issuer, subject, { nonce, accessToken }) } : {}),
  });
}

function reply(json: JsonObject): Answer {
  return { status: 200, headers: { "cache-control": "no-cache, no-store", pragma: "no-cache" }, json };
}
