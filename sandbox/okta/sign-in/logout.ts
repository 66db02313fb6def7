import type { IncomingMessage } from "node:http";
import type { Answer } from "../../answer.ts";
import { htmlPage } from "../../sign-in/html.ts";
import type { OktaOrg } from "../org.ts";
import type { Issuer } from "./issuer.ts";
import { readIdToken } from "./mint.ts";
import { errorPage } from "./page.ts";
import { refusal } from "./refusals.ts";
import { endSession, sessionOf } from "./sessions.ts";

/**
 * Ends the session of the browser without asking back and leads where the app has registered. The ID token may have
 * expired; it must be for whoever is signed in.
 * @see https://openid.net/specs/openid-connect-rpinitiated-1_0.html
 */
export async function answerLogout(
  org: OktaOrg,
  issuer: Issuer,
  request: IncomingMessage,
  params: URLSearchParams,
): Promise<Answer> {
  const hint = params.get("id_token_hint");
  const payload = hint === null ? undefined : await readIdToken(org, issuer, hint);
  const named = params.get("client_id");
  if (hint === null ? named === null : payload === undefined) {
    return refused("id_token_invalid");
  }
  const app = org.client(payload === undefined ? (named ?? "") : String(payload.aud));
  if (app === undefined || app.status !== "ACTIVE" || (named !== null && named !== app.clientId)) {
    return refused("invalid_client_id");
  }
  const uri = params.get("post_logout_redirect_uri");
  if (uri !== null && !(app.oauth.post_logout_redirect_uris ?? []).includes(uri)) {
    return refused("illegal_post_logout_redirect_uri");
  }
  const known = sessionOf(org, request);
  if (known !== undefined && payload !== undefined && known.user.id !== payload.sub) {
    return refused("id_token_does_not_match_session");
  }
  const headers = { "set-cookie": endSession(org, request), "cache-control": "no-store" };
  if (uri === null) return { status: 200, headers, html: htmlPage("Signed Out", "<h1>Signed out</h1>") };
  const target = new URL(uri);
  const state = params.get("state");
  if (state !== null) target.searchParams.set("state", state);
  return { status: 302, headers: { ...headers, location: target.href } };
}

function refused(name: Parameters<typeof refusal>[0]): Answer {
  const { code, message } = refusal(name);
  return { status: 400, html: errorPage(code, message) };
}
