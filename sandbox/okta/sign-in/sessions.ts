import type { IncomingMessage } from "node:http";
import { randomToken } from "../../random.ts";
import { cookieOf } from "../../sign-in/cookie.ts";
import type { OktaUser } from "../model.ts";
import type { OktaOrg } from "../org.ts";
import { type OktaSession, sweep } from "./remembered.ts";

const cookieName = "sid";
const lifetime = 2 * 3_600_000;

/** The session of the browser and who is signed in; undefined when nobody is, or nobody who may be any more. */
export function sessionOf(
  org: OktaOrg,
  request: IncomingMessage,
): { readonly session: OktaSession; readonly user: OktaUser } | undefined {
  const session = org.state.signIn.sessions.get(cookieOf(request, cookieName) ?? "");
  if (session === undefined || session.expires <= org.now()) return undefined;
  const user = org.user(session.userId);
  return user === undefined || user.status !== "ACTIVE" ? undefined : { session, user };
}

/** Signs somebody in; the text is the cookie that says so. */
export function startSession(org: OktaOrg, user: OktaUser): { readonly session: OktaSession; readonly cookie: string } {
  const { sessions } = org.state.signIn;
  sweep(sessions, org.now());
  const session: OktaSession = {
    id: randomToken(32),
    userId: user.id,
    authTime: Math.floor(org.now() / 1000),
    expires: org.now() + lifetime,
  };
  sessions.set(session.id, session);
  user.lastLogin = org.timestamp();
  return { session, cookie: cookie(session.id) };
}

/** Signs out whoever is signed in; the text is the cookie that says so. */
export function endSession(org: OktaOrg, request: IncomingMessage): string {
  org.state.signIn.sessions.delete(cookieOf(request, cookieName) ?? "");
  return `${cookie("")}; Max-Age=0`;
}

function cookie(value: string): string {
  return `${cookieName}=${value}; Path=/; Secure; HttpOnly; SameSite=None`;
}
