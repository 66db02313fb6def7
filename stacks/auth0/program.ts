import type { OrganizationPart, Registration } from "../../src/desired/connection.ts";
import { clientMembers, clientNotes } from "../../src/idp/auth0/client-body.ts";
import { keptInClient, type MarkerScope } from "../../src/idp/auth0/marker.ts";
import { type KeptConnection, readMetadata, writeMetadata } from "../../src/idp/auth0/organization-metadata.ts";
import type { PresentClient, PresentOrganization } from "../../src/idp/auth0/present.ts";
import { type JsonObject, objectIn } from "../../src/vendor/json.ts";

// From registrations to the arguments of Pulumi's resources, and nothing else: what is at Auth0 afterwards is what the
// adapter of src/idp/auth0 would have left there. How a client proves itself is not among it (decision 0032).

/** Arguments of `auth0.Client`. */
export type ClientArguments = ReturnType<typeof clientArguments>;

/**
 * Every argument of a client that is ours, each with its value.
 *
 * @param present the client as it is: what others keep in its metadata, and lifetimes that they have set, stay
 */
export function clientArguments(registration: Registration, present?: PresentClient) {
  const raw = present?.raw ?? {};
  const members = clientMembers(registration, raw);
  return {
    name: members.name,
    appType: members.app_type,
    callbacks: members.callbacks,
    allowedLogoutUrls: members.allowed_logout_urls,
    grantTypes: members.grant_types,
    isFirstParty: members.is_first_party,
    oidcConformant: members.oidc_conformant,
    crossOriginAuth: members.cross_origin_authentication,
    organizationUsage: members.organization_usage,
    jwtConfiguration: { alg: members.jwt_configuration.alg },
    ...(members.refresh_token === undefined ? {} : { refreshToken: refreshToken(members.refresh_token) }),
    clientMetadata: clientMetadata(registration, raw),
  };
}

function refreshToken(member: JsonObject) {
  const number = (name: string) => (typeof member[name] === "number" ? member[name] : undefined);
  return {
    rotationType: String(member.rotation_type),
    expirationType: String(member.expiration_type),
    leeway: number("leeway"),
    tokenLifetime: number("token_lifetime"),
    infiniteTokenLifetime: member.infinite_token_lifetime === true,
    idleTokenLifetime: number("idle_token_lifetime"),
    infiniteIdleTokenLifetime: member.infinite_idle_token_lifetime === true,
  };
}

/** The client's whole metadata: Pulumi takes away what is not among it. */
function clientMetadata(registration: Registration, raw: JsonObject): Readonly<Record<string, string>> {
  const all = { ...objectIn(raw, "client_metadata"), ...clientNotes(registration) };
  return textsOnly(all);
}

/** The member of the client's metadata that the adapter writes after Pulumi; without a look at Auth0 it stays as it is. */
export const keyNote = keptInClient.key;

/**
 * The organization's whole metadata: Pulumi takes away what is not among it.
 *
 * @param clientIds of the tenant's clients that Pulumi has, or has just made
 * @param leaving of clients that are deleted
 * @throws TenantryError AUTH0_METADATA_FULL
 */
export function organizationMetadata(
  part: OrganizationPart,
  scope: MarkerScope,
  clientIds: readonly string[],
  kept: readonly KeptConnection[],
  present?: PresentOrganization,
  leaving: readonly string[] = [],
): Readonly<Record<string, string>> {
  const metadata = present?.metadata ?? {};
  const own = readMetadata(metadata, scope, part.tenant);
  return textsOnly(
    writeMetadata(metadata, scope, {
      tenant: part.tenant,
      clientIds: [...(own?.clientIds ?? []), ...clientIds].filter((id) => !leaving.includes(id)),
      making: own?.making ?? [],
      ...(part.state === "active" ? {} : { kept }),
    }),
  );
}

/**
 * How connections are enabled for an organization: whoever signs in by one of them becomes a member, and the rest is as
 * it is, or was before the organization was switched off. Empty for one that is switched off.
 *
 * @param ids of the connections that the part names
 */
export function enabledConnections(
  part: OrganizationPart,
  scope: MarkerScope,
  ids: readonly string[],
  present?: PresentOrganization,
): readonly KeptConnection[] {
  if (part.state !== "active") return [];
  return ids.map((connectionId) => withMembership(connectionId, part, scope, present));
}

/** The connections that are noted in the metadata of an organization that is switched off, for switching it on again. */
export function keptConnections(
  part: OrganizationPart,
  scope: MarkerScope,
  ids: readonly string[],
  present?: PresentOrganization,
): readonly KeptConnection[] {
  if (present === undefined) {
    return ids.map((connectionId) => ({ ...asAuth0Enables, connectionId, assignMembershipOnLogin: true }));
  }
  const enabled = present.enabled;
  const noted = readMetadata(present.metadata, scope, part.tenant)?.kept ?? [];
  const now = new Set(enabled.map((each) => each.connectionId));
  return [...noted.filter((each) => !now.has(each.connectionId)), ...enabled];
}

const asAuth0Enables = { showAsButton: true, isSignupEnabled: false } as const;

function withMembership(
  connectionId: string,
  part: OrganizationPart,
  scope: MarkerScope,
  present: PresentOrganization | undefined,
): KeptConnection {
  const noted = present === undefined ? [] : (readMetadata(present.metadata, scope, part.tenant)?.kept ?? []);
  const known = [...(present?.enabled ?? []), ...noted].find((each) => each.connectionId === connectionId);
  const { showAsButton, isSignupEnabled } = known ?? asAuth0Enables;
  return { connectionId, assignMembershipOnLogin: true, showAsButton, isSignupEnabled };
}

/** Pulumi's mark of values that are more than they look, such as files to be read: a key of others must not be taken for it. */
const pulumiSignature = "4dabf18193072939515e22adb298388d";

function textsOnly(members: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(members).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && entry[0] !== pulumiSignature,
    ),
  );
}
