import { clientKeyField } from "../desired/client-key.ts";
import type { Address, IdpPart, Registration } from "../desired/connection.ts";
import { type Json, textsOf } from "../desired/json.ts";
import { compareText } from "../errors/issue.ts";
import type { Fields, ObservedRecord } from "../plan/observed.ts";
import type { ClientAuth } from "../workspace/workspace.ts";
import type { Sight } from "./sight.ts";

// What a registration must be while a live record is being changed. Pure.

/** What is there of a registration. */
export type There = Pick<Sight, "registration" | "parts">;

/**
 * The wanted registration, made wide enough for the live record too: its callback stays (and that of the old values,
 * which a restore would bring back), PKCE is not demanded before the app's own record says so, and grants and
 * post-logout addresses that are there stay. So do the ways in: keys, Auth0's connections, and, where groups or a policy
 * would be taken away, Okta's assignment and policy as they are. Client authentication cannot be wide: Okta holds one
 * method per client.
 */
export function serveBoth(wanted: Registration, live: ObservedRecord | undefined, there: There): Registration {
  // Other connections of the tenant may be live.
  const parts = wanted.parts.map((part) => {
    const present = waysOf(part, there);
    if (part.kind !== "organization" || present === undefined) return part;
    return { ...part, enabledConnections: union(part.enabledConnections, present).sort(compareText) };
  });
  if (live === undefined) return { ...wanted, parts };
  const inUse = [live.fields, live.previous].filter((fields) => fields !== undefined);
  const callbacks = inUse.map((fields) => fields.redirectUri).filter((uri) => typeof uri === "string");
  const refreshes = inUse.some((fields) => textsOf(fields.scopes).includes("offline_access"));
  const withRefresh = [...new Set([...wanted.grantTypes, "refresh_token" as const])];
  const fields = there.registration?.fields ?? {};
  return {
    ...wanted,
    redirectUris: [...new Set([...wanted.redirectUris, ...callbacks])],
    postLogoutRedirectUris: union(wanted.postLogoutRedirectUris, fields.postLogoutRedirectUris),
    grantTypes: refreshes ? withRefresh : wanted.grantTypes,
    pkce: inUse.some((each) => each.pkce === "off") ? "off" : wanted.pkce,
    ...(changesKeys(wanted, inUse, fields) ? { keepKeys: true } : {}),
    ...(narrowsAssignment(wanted, fields) ? { assignment: undefined, accessPolicy: undefined } : {}),
    ...(wanted.enabledConnections === undefined || !narrows(fields.enabledConnections, wanted.enabledConnections)
      ? {}
      : { enabledConnections: union(wanted.enabledConnections, fields.enabledConnections).sort(compareText) }),
    parts,
  };
}

/**
 * As wide as `serveBoth`, with the client authentication of the values that are in use again, and with the ways in that
 * were there: what was not proven lets nobody in.
 */
export function serveOld(wanted: Registration, live: ObservedRecord, there: There, inUse: Fields): Registration {
  const both = serveBoth(wanted, live, there);
  const { clientAuth } = inUse;
  const enabled = there.registration?.fields.enabledConnections;
  return {
    ...both,
    ...(typeof clientAuth === "string" ? { clientAuth: clientAuth as ClientAuth } : {}),
    // Its own key is known to nobody but the identity provider.
    ...(both.keepKeys === true ? { clientKey: undefined } : {}),
    ...(wanted.enabledConnections === undefined || enabled === undefined
      ? {}
      : { enabledConnections: textsOf(enabled) }),
    parts: wanted.parts.map((part) => asThere(part, there)),
  };
}

/** The registration switched off again, with what it shares as it was: off where it was off or not there. */
export function offAgain(wanted: Registration, there: There): Registration {
  return {
    ...wanted,
    state: "inactive",
    parts: wanted.parts.map((part) => {
      const off = part.kind === "organization" && waysOf(part, there) === undefined;
      return off ? { ...part, state: "inactive" } : asThere(part, there);
    }),
  };
}

/**
 * The wanted registration, once it is proven: what was kept for the live record goes.
 *
 * @param unproven what others still come in by whose change is not proven
 */
export function narrowed(
  wanted: Registration,
  transitional: Registration,
  unproven: ReadonlySet<Address>,
): Registration {
  return {
    ...wanted,
    ...(transitional.keepKeys === true ? { keepKeys: false } : {}),
    parts: wanted.parts.map((part) => {
      const wide = transitional.parts.find(({ address }) => address === part.address);
      return wide !== undefined && unproven.has(part.address) ? wide : part;
    }),
  };
}

/**
 * Whether sign-ins by these values come to this client. When the identity provider has changed, they come to another,
 * and there is nothing here to set back.
 */
export function isServedHere(inUse: Fields, issuer: string, { registration }: There): boolean {
  return (
    registration !== undefined &&
    registration.fields.clientId === inUse.clientId &&
    hostOf(inUse.issuer) === hostOf(issuer)
  );
}

/** Whether keys that a live record is proven by would go. */
function changesKeys(wanted: Registration, inUse: readonly Fields[], there: Fields): boolean {
  // A customer's own provider is not ours to change.
  if (wanted.kind === "external" || !inUse.some(({ clientAuth }) => clientAuth === "private_key_jwt")) return false;
  if (wanted.clientAuth !== "private_key_jwt") return true;
  return wanted.clientKey !== undefined && there.clientKey !== clientKeyField([wanted.clientKey]);
}

/**
 * Another policy may keep out whom the one that is there lets in. Then nobody is assigned anew either, because the
 * policy comes before new groups.
 */
function narrowsAssignment({ assignment, accessPolicy }: Registration, there: Fields): boolean {
  if (assignment === undefined) return false;
  if (accessPolicy !== undefined && there.accessPolicy !== undefined && there.accessPolicy !== accessPolicy)
    return true;
  return narrows(there.assignment, assignment.everyone ? "everyone" : assignment.groups);
}

function narrows(before: Json | undefined, after: Json): boolean {
  if (after === "everyone") return false;
  if (before === "everyone") return true;
  return textsOf(before).some((each) => !textsOf(after).includes(each));
}

/** The part with the ways in that are there. */
function asThere(part: IdpPart, there: There): IdpPart {
  const present = waysOf(part, there);
  return part.kind !== "organization" || present === undefined ? part : { ...part, enabledConnections: present };
}

/** The connections by which people come in by an organization now. */
function waysOf(part: IdpPart, { parts }: There): readonly string[] | undefined {
  const fields = parts.get(part.address)?.fields;
  return part.kind === "organization" && fields?.active === true ? textsOf(fields.enabledConnections) : undefined;
}

function union(wanted: readonly string[], there: Json | undefined): string[] {
  return [...new Set([...wanted, ...textsOf(there)])];
}

function hostOf(value: unknown): string | undefined {
  return typeof value === "string" && URL.canParse(value) ? new URL(value).host : undefined;
}
