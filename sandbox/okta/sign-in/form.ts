import type { Answer } from "../../answer.ts";
import type { OktaOrg } from "../org.ts";
import { problemOf } from "../problem.ts";
import { resumeAuthorization } from "./authorize.ts";
import type { Issuer } from "./issuer.ts";
import { errorPage, signInPage } from "./page.ts";
import { refusal } from "./refusals.ts";
import { startSession } from "./sessions.ts";

/** People that the form proposes; the others are found by what is typed. */
const proposed = 100;

/** Shows the form, or signs in who is typed into it and answers the request that waits. */
export async function answerForm(
  org: OktaOrg,
  issuer: Issuer,
  {
    id,
    path,
    method,
    body,
  }: { readonly id: string; readonly path: string; readonly method: string | undefined; readonly body: string },
): Promise<Answer> {
  const waiting = org.state.signIn.pending.get(id);
  if (waiting === undefined || waiting.serverId !== issuer.serverId || waiting.expires <= org.now()) {
    const { code, message } = refusal("request_expired");
    return { status: 400, html: errorPage(code, message) };
  }
  const params = new URLSearchParams(waiting.params);
  const logins = org.users
    .filter(({ status }) => status === "ACTIVE")
    .slice(0, proposed)
    .map((user) => user.profile.login);
  const show = (status: number, notice: string): Answer => ({
    status,
    headers: { "cache-control": "no-store" },
    html: signInPage(path, logins, notice, params.get("login_hint") ?? ""),
  });
  if (method === "GET" || method === "HEAD") return show(200, "The sandbox asks for no password.");
  if (method !== "POST") return problemOf(405).toAnswer();
  const login = (new URLSearchParams(body).get("username") ?? "").trim();
  const user = login === "" ? undefined : org.user(login);
  if (user === undefined || user.status !== "ACTIVE") return show(401, "Unable to sign in.");
  org.state.signIn.pending.delete(id);
  const { session, cookie } = startSession(org, user);
  const answer = await resumeAuthorization(org, issuer, params, { user, authTime: session.authTime });
  return { ...answer, headers: { ...answer.headers, "set-cookie": cookie } };
}
