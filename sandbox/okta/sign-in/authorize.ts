import type { IncomingMessage } from "node:http";
import type { Answer } from "../../answer.ts";
import { randomToken } from "../../random.ts";
import { OAuthProblem } from "../../sign-in/oauth-problem.ts";
import type { OktaUser } from "../model.ts";
import { oktaId } from "../okta-id.ts";
import type { OktaOrg } from "../org.ts";
import { ruleFor } from "../server-decision.ts";
import { answerToApp } from "./answer.ts";
import { type AuthorizationRequest, type ReturnPath, readRequest, readReturnPath } from "./authorization-request.ts";
import type { Issuer } from "./issuer.ts";
import { mintAccessToken, mintIdToken } from "./mint.ts";
import { errorPage } from "./page.ts";
import { refusal } from "./refusals.ts";
import { type Consent, sweep } from "./remembered.ts";
import { sessionOf } from "./sessions.ts";
import { lifetimesOf } from "./tokens.ts";

const codeLifetime = 60_000;
const signInLifetime = 3_600_000;

/**
 * Answers an authorization request: on a page when it cannot be trusted, to the app when it is wrong or somebody is
 * signed in already, and else with a redirect to the sign-in form.
 */
export async function answerAuthorization(
  org: OktaOrg,
  issuer: Issuer,
  request: IncomingMessage,
  params: URLSearchParams,
): Promise<Answer> {
  return toApp(org, params, async (path) => {
    const wanted = readRequest(issuer, path.app, params);
    const known = sessionOf(org, request);
    const fresh =
      known !== undefined &&
      !wanted.prompt.includes("login") &&
      (wanted.maxAge === undefined || Math.floor(org.now() / 1000) - known.session.authTime <= wanted.maxAge);
    if (known !== undefined && fresh) {
      return grant(org, issuer, path, wanted, { user: known.user, authTime: known.session.authTime });
    }
    if (wanted.prompt.includes("none")) throw refusal("login_required");
    const { pending } = org.state.signIn;
    sweep(pending, org.now());
    const id = randomToken(18);
    pending.set(id, {
      serverId: issuer.serverId,
      params: Object.fromEntries(params),
      expires: org.now() + signInLifetime,
    });
    return { status: 302, headers: { location: `/signin/${issuer.name}/${id}`, "cache-control": "no-store" } };
  });
}

/** Answers the request that waited for this person to sign in. */
export async function resumeAuthorization(
  org: OktaOrg,
  issuer: Issuer,
  params: URLSearchParams,
  who: { readonly user: OktaUser; readonly authTime: number },
): Promise<Answer> {
  return toApp(org, params, (path) => grant(org, issuer, path, readRequest(issuer, path.app, params), who));
}

/** Gives the app what it wants, when the person is assigned to it and a rule lets them have it. */
async function grant(
  org: OktaOrg,
  issuer: Issuer,
  { app, redirectUri, mode, state }: ReturnPath,
  request: AuthorizationRequest,
  { user, authTime }: { readonly user: OktaUser; readonly authTime: number },
): Promise<Answer> {
  if (!org.mayUse(user, app)) throw refusal("user_not_assigned");
  const { wanted, scopes, nonce, challenge } = request;
  const grants = [
    ...(wanted.includes("code") ? ["authorization_code"] : []),
    ...(wanted.some((each) => each !== "code") ? ["implicit"] : []),
  ];
  const rule = issuer.server && ruleFor(org, issuer.server, { app, user, grants, scopes });
  if (issuer.server !== undefined && rule === undefined) throw refusal("no_matching_policy");
  const consent: Consent = {
    serverId: issuer.serverId,
    clientId: app.clientId,
    userId: user.id,
    scopes,
    authTime,
    nonce,
  };
  const subject = { app, user, scopes, authTime };
  const params: Record<string, string> = {};
  if (wanted.includes("code")) {
    const { codes } = org.state.signIn;
    sweep(codes, org.now());
    params.code = randomToken(32);
    codes.set(params.code, {
      ...consent,
      redirectUri,
      challenge,
      expires: org.now() + codeLifetime,
      family: undefined,
    });
  }
  if (wanted.includes("token")) {
    const { accessTokenLifetimeMinutes: minutes } = lifetimesOf(rule);
    const token = await mintAccessToken(org, issuer, subject, { minutes, family: oktaId("oat") });
    Object.assign(params, {
      access_token: token.value,
      token_type: "Bearer",
      expires_in: String(token.expiresIn),
      scope: scopes.join(" "),
    });
  }
  if (wanted.includes("id_token")) {
    const { access_token: accessToken, code } = params;
    params.id_token = await mintIdToken(org, issuer, subject, {
      nonce,
      ...(accessToken === undefined ? {} : { accessToken }),
      ...(code === undefined ? {} : { code }),
    });
  }
  return answerToApp(redirectUri, mode, { ...params, ...(state === undefined ? {} : { state }) });
}

/** Turns what is wrong with the request into an answer to the app, or into a page when it may not be told. */
async function toApp(
  org: OktaOrg,
  params: URLSearchParams,
  answer: (path: ReturnPath) => Promise<Answer>,
): Promise<Answer> {
  let path: ReturnPath | undefined;
  try {
    path = readReturnPath(org, params);
    return await answer(path);
  } catch (error) {
    if (!(error instanceof OAuthProblem)) throw error;
    if (path === undefined) return { status: 400, html: errorPage(error.code, error.message) };
    return answerToApp(path.redirectUri, path.mode, {
      ...(path.state === undefined ? {} : { state: path.state }),
      error: error.code,
      error_description: error.message,
    });
  }
}
