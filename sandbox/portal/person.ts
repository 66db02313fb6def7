import type { AppRecord } from "./record.ts";

type Claims = Readonly<Record<string, unknown>>;

/** Somebody who is signed in at an app. */
export interface Person {
  readonly record: string;
  readonly tenant: string;
  readonly name: string;
  readonly externalId: string;
  readonly role: string | undefined;
  readonly idToken: string;
}

/** Why somebody with a good ID token is not let in; undefined when they are. */
export function missingClaim({ require }: AppRecord, claims: Claims): string | undefined {
  return Object.entries(require).find(([name, value]) => claims[name] !== value)?.[0];
}

/** What the app makes of the claims, as its record says. */
export function personOf(record: AppRecord, claims: Claims, idToken: string): Person {
  const text = (field: string): string | undefined => {
    const value = at(claims, record.claims[field] ?? field);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const externalId = text("externalId") ?? String(claims.sub ?? "");
  return {
    record: record.key,
    tenant: record.orgName,
    name: text("displayName") ?? text("email") ?? externalId,
    externalId,
    role: roleOf(record, claims),
    idToken,
  };
}

function at(claims: Claims, path: string | readonly string[]): unknown {
  if (typeof path === "string") return claims[path];
  return path.reduce<unknown>((value, name) => (value as Claims | undefined)?.[name], claims);
}

function roleOf({ roles }: AppRecord, claims: Claims): string | undefined {
  if (roles === undefined) return undefined;
  const values = [at(claims, roles.claim)].flat();
  return values.map((value) => roles.map[String(value)]).find((role) => role !== undefined) ?? roles.default;
}
