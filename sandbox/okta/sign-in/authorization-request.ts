import type { OAuthProblem } from "../../sign-in/oauth-problem.ts";
import type { OktaApp } from "../model.ts";
import type { OktaOrg } from "../org.ts";
import { type ResponseMode, responseModes } from "./answer.ts";
import type { Issuer } from "./issuer.ts";
import { refusal } from "./refusals.ts";
import { readScopes, splitWords } from "./scopes.ts";

/** Where the answer to an authorization request goes. */
export interface ReturnPath {
  readonly app: OktaApp;
  readonly redirectUri: string;
  readonly mode: ResponseMode;
  readonly state: string | undefined;
}

/** What an authorization request wants, once it was found good. */
export interface AuthorizationRequest {
  /** Of `code`, `token`, `id_token`. */
  readonly wanted: readonly string[];
  readonly scopes: readonly string[];
  readonly nonce: string | undefined;
  readonly challenge: string | undefined;
  readonly prompt: readonly string[];
  /** Seconds since the sign-in after which somebody must sign in again. */
  readonly maxAge: number | undefined;
}

/**
 * The app and the redirect URI, which is compared exactly, case included. Throws an `OAuthProblem` that must not be
 * told to the app, because it is not known to be the app's.
 */
export function readReturnPath(org: OktaOrg, params: URLSearchParams): ReturnPath {
  const [clientId = "", ...others] = params.getAll("client_id");
  const app = org.client(clientId);
  if (others.length > 0 || app === undefined || app.status !== "ACTIVE") throw refusal("invalid_client_id");
  const [redirectUri = "", ...more] = params.getAll("redirect_uri");
  if (more.length > 0 || !isRegistered(app, redirectUri)) throw refusal("illegal_redirect_uri");
  const wanted = splitWords(params.get("response_type"));
  const asked = responseModes.find((mode) => mode === params.get("response_mode"));
  const standard = isDirect(wanted) ? "fragment" : "query";
  const good = asked !== undefined && modeProblem(wanted, asked) === undefined;
  return { app, redirectUri, mode: good ? asked : standard, state: params.get("state") ?? undefined };
}

/** `wildcard_redirect: SUBDOMAIN` lets a `*` in the host stand for the start of one name. */
function isRegistered({ oauth }: OktaApp, uri: string): boolean {
  if (oauth.redirect_uris.includes(uri)) return true;
  if (oauth.wildcard_redirect !== "SUBDOMAIN") return false;
  return oauth.redirect_uris
    .filter((each) => each.includes("*"))
    .some((each) => {
      const parts = each.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
      return new RegExp(`^${parts.join("[A-Za-z0-9-]+")}$`).test(uri);
    });
}

/** True when tokens come back with the answer itself. */
function isDirect(wanted: readonly string[]): boolean {
  return wanted.includes("token") || wanted.includes("id_token");
}

function modeProblem(wanted: readonly string[], mode: string): OAuthProblem | undefined {
  if (!(responseModes as readonly string[]).includes(mode)) return refusal("unsupported_response_mode", responseModes);
  if (mode === "query" && isDirect(wanted)) return refusal("unsupported_response_mode_query_with_tokens");
  if (mode === "okta_post_message" && wanted.includes("code")) {
    return refusal("unsupported_response_mode_okta_post_message_with_code");
  }
  return undefined;
}

const prompts = ["none", "login", "consent", "enroll_authenticator"];
const identityScopes = ["profile", "email", "address", "phone"];

/** Reads the rest of the request. Throws an `OAuthProblem` for the app. */
export function readRequest(issuer: Issuer, app: OktaApp, params: URLSearchParams): AuthorizationRequest {
  const twice = [...new Set(params.keys())].filter((name) => params.getAll(name).length > 1);
  if (twice.length > 0) throw refusal("illegal_duplicated_parameters", twice);
  if ((params.get("state") ?? "") === "") throw refusal("invalid_state");
  if (params.has("request")) throw refusal("request_not_supported");
  if (params.has("request_uri")) throw refusal("request_uri_not_supported");
  const wanted = readResponseType(app, params.get("response_type"));
  const mode = params.get("response_mode");
  const wrongMode = mode === null ? undefined : modeProblem(wanted, mode);
  if (wrongMode !== undefined) throw wrongMode;
  const scopes = readScopes(issuer, params.get("scope"));
  const needsOpenId = wanted.includes("id_token") || scopes.some((scope) => identityScopes.includes(scope));
  if (needsOpenId && !scopes.includes("openid")) throw refusal("openid_scope_required");
  const nonce = params.get("nonce") ?? undefined;
  if (isDirect(wanted) && nonce === undefined) throw refusal("invalid_nonce");
  const prompt = splitWords(params.get("prompt"));
  if (prompt.some((each) => !prompts.includes(each)) || (prompt.includes("none") && prompt.length > 1)) {
    throw refusal("invalid_prompt", prompts);
  }
  const maxAge = params.get("max_age");
  if (maxAge !== null && (!/^\d{1,10}$/.test(maxAge) || Number(maxAge) >= 2 ** 31)) throw refusal("invalid_max_age");
  if (prompt.includes("none") && maxAge !== null && Number(maxAge) === 0) {
    throw refusal("invalid_prompt_for_zero_max_age");
  }
  return {
    wanted,
    scopes,
    nonce,
    challenge: wanted.includes("code") ? readChallenge(app, params) : undefined,
    prompt,
    maxAge: maxAge === null ? undefined : Number(maxAge),
  };
}

function readResponseType({ oauth }: OktaApp, text: string | null): readonly string[] {
  const wanted = splitWords(text);
  const known = wanted.length > 0 && wanted.every((each) => ["code", "token", "id_token"].includes(each));
  if (!known || wanted.some((each) => !oauth.response_types.includes(each))) {
    throw refusal("unsupported_response_type", oauth.response_types);
  }
  const needed = [
    ...(wanted.includes("code") ? ["authorization_code"] : []),
    ...(isDirect(wanted) ? ["implicit"] : []),
  ];
  if (needed.some((grant) => !oauth.grant_types.includes(grant))) {
    throw refusal("unauthorized_client", oauth.grant_types);
  }
  return wanted;
}

function readChallenge(app: OktaApp, params: URLSearchParams): string | undefined {
  const challenge = params.get("code_challenge") ?? undefined;
  const method = params.get("code_challenge_method");
  if (challenge === undefined && method === null) {
    if (app.pkceRequired || app.authMethod === "none") throw refusal("pkce_missing_challenge");
    return undefined;
  }
  if (method !== "S256") throw refusal("pkce_unsupported_code_challenge_method", ["S256"]);
  if (challenge === undefined) throw refusal("pkce_missing_challenge");
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) throw refusal("pkce_invalid_challenge");
  return challenge;
}
