import type { Registration } from "../desired/connection.ts";
import type { Fields, ObservedRecord, ObservedRegistration } from "../plan/observed.ts";
import type { ClientAuth } from "../workspace/workspace.ts";

// What a registration must be while a live record is being changed. Pure.

/**
 * The wanted registration, made wide enough for the live record too: its callback stays (and that of the old values,
 * which a restore would bring back), PKCE is not demanded before the app's own record says so, and grants and
 * post-logout addresses that are there stay. Client authentication cannot be wide: Okta holds one method per client.
 */
export function serveBoth(
  wanted: Registration,
  live: ObservedRecord | undefined,
  there: ObservedRegistration | undefined,
): Registration {
  if (live === undefined) return wanted;
  const inUse = [live.fields, live.previous].filter((fields) => fields !== undefined);
  const callbacks = inUse.map((fields) => fields.redirectUri).filter((uri) => typeof uri === "string");
  const refreshes = inUse.some((fields) => texts(fields.scopes).includes("offline_access"));
  const withRefresh = [...new Set([...wanted.grantTypes, "refresh_token" as const])];
  return {
    ...wanted,
    redirectUris: [...new Set([...wanted.redirectUris, ...callbacks])],
    postLogoutRedirectUris: [
      ...new Set([...wanted.postLogoutRedirectUris, ...texts(there?.fields.postLogoutRedirectUris)]),
    ],
    grantTypes: refreshes ? withRefresh : wanted.grantTypes,
    pkce: inUse.some((fields) => fields.pkce === "off") ? "off" : wanted.pkce,
  };
}

/** As wide as `serveBoth`, with the client authentication of the values that are in use again. */
export function serveOld(
  wanted: Registration,
  live: ObservedRecord,
  there: ObservedRegistration | undefined,
  inUse: Fields,
): Registration {
  const { clientAuth } = inUse;
  return {
    ...serveBoth(wanted, live, there),
    ...(typeof clientAuth === "string" ? { clientAuth: clientAuth as ClientAuth } : {}),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
