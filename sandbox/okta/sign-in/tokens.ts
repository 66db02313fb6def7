import { isObject } from "../../json.ts";
import { randomToken } from "../../random.ts";
import type { OktaApp } from "../model.ts";
import { oktaId } from "../okta-id.ts";
import type { OktaOrg } from "../org.ts";
import type { OktaServerRule } from "../server-model.ts";
import type { Consent, OktaRefreshToken } from "./remembered.ts";

const minute = 60_000;

/** Minutes for which tokens of the org's own authorization server are good: 90 days, used every 7 days. */
const orgLifetimes = {
  accessTokenLifetimeMinutes: 60,
  refreshTokenLifetimeMinutes: 129_600,
  refreshTokenWindowMinutes: 10_080,
};

/** Minutes that tokens live. */
export type Lifetimes = Pick<
  OktaServerRule,
  "accessTokenLifetimeMinutes" | "refreshTokenLifetimeMinutes" | "refreshTokenWindowMinutes"
>;

/** How long tokens live: as the rule says; the org's own server has no rules. */
export function lifetimesOf(rule: OktaServerRule | undefined): Lifetimes {
  return rule ?? orgLifetimes;
}

/** A new refresh token, first of its family. */
export function newRefreshToken(org: OktaOrg, consent: Consent, lifetimes: Lifetimes): OktaRefreshToken {
  const now = org.now();
  const { refreshTokenLifetimeMinutes, refreshTokenWindowMinutes } = lifetimes;
  const token: OktaRefreshToken = {
    serverId: consent.serverId,
    clientId: consent.clientId,
    userId: consent.userId,
    scopes: consent.scopes,
    authTime: consent.authTime,
    nonce: undefined,
    id: oktaId("oar"),
    sequence: org.count(),
    created: org.timestamp(),
    lastUpdated: org.timestamp(),
    value: randomToken(32),
    former: [],
    rotated: now,
    end: refreshTokenLifetimeMinutes === 0 ? null : now + refreshTokenLifetimeMinutes * minute,
    window: refreshTokenWindowMinutes * minute,
    used: now,
  };
  const { refreshTokens } = org.state.signIn;
  if (refreshTokens.size >= 2000) {
    for (const [id, each] of refreshTokens) if (!isGood(org, each)) refreshTokens.delete(id);
  }
  refreshTokens.set(token.id, token);
  return token;
}

/** Whether the token has not ended. */
export function isGood(org: OktaOrg, { end, used, window }: OktaRefreshToken): boolean {
  const now = org.now();
  return (end === null || now < end) && now < used + window;
}

/**
 * The refresh token to which the text belongs, when it is good for this client. Where tokens rotate, the one before is
 * good for the leeway of the app; used later it is taken for stolen, and the whole family ends.
 */
export function findRefreshToken(
  org: OktaOrg,
  serverId: string,
  app: OktaApp,
  text: string,
): OktaRefreshToken | undefined {
  for (const token of org.state.signIn.refreshTokens.values()) {
    if (token.serverId !== serverId || token.clientId !== app.clientId) continue;
    if (token.value === text) return isGood(org, token) ? token : undefined;
    if (!token.former.includes(text)) continue;
    const inLeeway = token.former.at(-1) === text && org.now() < token.rotated + rotationOf(app).leeway * 1000;
    if (inLeeway && isGood(org, token)) return token;
    revokeFamily(org, token.id);
    return undefined;
  }
  return undefined;
}

/** Uses the token, which gives the value that is good from now on. */
export function useRefreshToken(org: OktaOrg, app: OktaApp, token: OktaRefreshToken, shown: string): string {
  token.used = org.now();
  token.lastUpdated = org.timestamp();
  if (rotationOf(app).rotates && token.value === shown) {
    token.former = [...token.former.slice(-9), token.value];
    token.value = randomToken(32);
    token.rotated = org.now();
  }
  return token.value;
}

/** Ends a refresh token, or whatever came of one code, with its access tokens. */
export function revokeFamily(org: OktaOrg, family: string): void {
  const { refreshTokens, accessTokens } = org.state.signIn;
  refreshTokens.delete(family);
  for (const [id, token] of accessTokens) if (token.family === family) accessTokens.delete(id);
}

function rotationOf(app: OktaApp): { readonly rotates: boolean; readonly leeway: number } {
  const settings = isObject(app.oauth.refresh_token) ? app.oauth.refresh_token : {};
  const leeway = typeof settings.leeway === "number" ? settings.leeway : 0;
  return { rotates: settings.rotation_type === "ROTATE", leeway };
}
