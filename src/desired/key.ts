import type { Address, ConnectionKey } from "./connection.ts";

/** The sign-in that most tenants have; left out of keys. */
export const defaultSignIn = "default";

/** The parts of a connection key. */
export interface KeyParts {
  readonly tenant: string;
  readonly app: string;
  readonly signIn: string;
}

/** `<tenant>/<app>`, or `<tenant>/<app>/<signIn>` when the sign-in is not `default`. */
export function connectionKey({ tenant, app, signIn }: KeyParts): ConnectionKey {
  return (signIn === defaultSignIn ? `${tenant}/${app}` : `${tenant}/${app}/${signIn}`) as ConnectionKey;
}

/** The parts of a key; undefined when the text is no key as `connectionKey` writes it. */
export function parseConnectionKey(text: string): KeyParts | undefined {
  const parts = text.split("/");
  if (parts.length < 2 || parts.length > 3 || parts.some((part) => !slugPattern.test(part))) return undefined;
  const [tenant = "", app = "", signIn = defaultSignIn] = parts;
  if (parts.length === 3 && signIn === defaultSignIn) return undefined;
  return { tenant, app, signIn };
}

/** The tenant of a key. */
export function tenantOfKey(key: string): string {
  return key.slice(0, key.indexOf("/"));
}

/** The key where `/` is not allowed: dots instead. One-to-one, because slugs contain no dot. */
export function encodeKey(key: ConnectionKey): string {
  return key.replaceAll("/", ".");
}

/** The key that `encodeKey` wrote; undefined for any other text. */
export function decodeKey(text: string): ConnectionKey | undefined {
  if (text.includes("/")) return undefined;
  const parts = parseConnectionKey(text.replaceAll(".", "/"));
  return parts === undefined ? undefined : connectionKey(parts);
}

/** Slugs of tenants, apps, sign-ins, workspaces and environments: lower case, digits, single hyphens between. */
const slugPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const placeholder = "https://callback.invalid/";

/**
 * Registered until the app has handed its callback out: a name that can never be reached (RFC 6761, section 6.4), and of
 * no use to anybody.
 */
export function placeholderCallback(key: ConnectionKey): string {
  return placeholder + key;
}

/** Whether a redirect URI stands for one that the app has not handed out yet. */
export function isPlaceholder(redirectUri: string): boolean {
  return redirectUri.startsWith(placeholder);
}

/** The addresses that changes are about and locks are on (design, section 2). */
export const addressOf = {
  client: (idp: string, key: ConnectionKey): Address => `idp/${idp}/client/${key}` as Address,
  group: (idp: string, name: string): Address => `idp/${idp}/group/${name}` as Address,
  server: (idp: string, name: string): Address => `idp/${idp}/server/${name}` as Address,
  organization: (idp: string, tenant: string): Address => `idp/${idp}/organization/${tenant}` as Address,
  tenant: (app: string, tenant: string): Address => `app/${app}/tenant/${tenant}` as Address,
  /** What all records of an app are written into, where that is one object. */
  whole: (app: string): Address => `app/${app}` as Address,
  record: (app: string, key: ConnectionKey): Address => `app/${app}/record/${key}` as Address,
} as const;
