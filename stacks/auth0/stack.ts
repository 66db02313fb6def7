import { Client, type ClientArgs } from "@pulumi/auth0/client.js";
import { ConnectionClient } from "@pulumi/auth0/connectionClient.js";
import { getConnection } from "@pulumi/auth0/getConnection.js";
import { Organization } from "@pulumi/auth0/organization.js";
import { OrganizationConnections } from "@pulumi/auth0/organizationConnections.js";
import { all, type CustomResourceOptions } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import type { ConnectionKey, OrganizationPart, Registration } from "../../src/desired/connection.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import type { MarkerScope } from "../../src/idp/auth0/marker.ts";
import { organizationOf } from "../../src/idp/auth0/organization-keeper.ts";
import type { PresentTenant } from "../../src/idp/auth0/present.ts";
import { clientIdOutput, type ResourceName, resourceOf, tailOf } from "./names.ts";
import {
  type ClientArguments,
  clientArguments,
  enabledConnections,
  keptConnections,
  keyNote,
  organizationMetadata,
} from "./program.ts";

export interface Auth0ProgramInput {
  /** Of one tenant. Those that are wanted absent are left out, so that Pulumi deletes what it has of them. */
  readonly registrations: readonly Registration[];
  /**
   * What is there besides what the files say, ids of connections included. Without it connections are looked up by the
   * Auth0 provider, and what others keep in the metadata of our objects would be taken away.
   */
  readonly present?: PresentTenant | undefined;
  /** What is taken over as it is there, instead of made: its id at Auth0 by the resource's `tailOf`. */
  readonly imports?: ReadonlyMap<string, string> | undefined;
  /** Client ids that go with this run, so that the organization does not name them any more. */
  readonly leaving?: readonly string[] | undefined;
}

/**
 * The Pulumi program of one tenant's registrations at Auth0. Its outputs are the client ids, by `clientIdOutput`.
 * Credentials come by the environment of Pulumi's provider (`AUTH0_…`), so that none is in the state.
 *
 * @throws TenantryError AUTH0_CONNECTION_MISSING, AUTH0_METADATA_FULL
 */
export function auth0Program(input: Auth0ProgramInput): PulumiFn {
  return async () => {
    const registrations = input.registrations.filter(({ state }) => state !== "absent");
    const ids = input.present?.connectionIds ?? (await lookUp(registrations));
    const options = resourceOptions(input);
    const clients = new Map<ConnectionKey, Client>();
    for (const registration of registrations) {
      const { key } = registration;
      const client = makeClient(registration, input, options);
      clients.set(key, client);
      for (const [connection, connectionId] of idsOf(
        registration.enabledConnections ?? [],
        ids,
        registration.state === "active",
      )) {
        const resource = resourceOf({ kind: "connectionClient", key, connection });
        const args = { connectionId, clientId: client.id };
        // Auth0 forgets it with its client.
        new ConnectionClient(resource.name, args, options(resource, { deletedWith: client }));
      }
    }
    const [first] = registrations;
    if (first !== undefined) makeOrganization(organizationOf(first), first.marker, [...clients.values()], input, ids);
    return Object.fromEntries([...clients].map(([key, client]) => [clientIdOutput(key), client.clientId]));
  };
}

type Options = (resource: ResourceName, more: CustomResourceOptions) => CustomResourceOptions;

function resourceOptions({ imports }: Auth0ProgramInput): Options {
  return (resource, more) => {
    const id = imports?.get(tailOf(resource));
    return id === undefined ? more : { ...more, import: id };
  };
}

function makeClient(registration: Registration, { present }: Auth0ProgramInput, options: Options): Client {
  const there = present?.clients.get(registration.key);
  const resource = resourceOf({ kind: "client", key: registration.key });
  const more = {
    // Another client would have another client id and secret: nobody could sign in.
    protect: true,
    ignoreChanges: [
      ...Object.keys(leftAlone),
      "jwtConfiguration.scopes",
      "refreshToken.policies",
      ...(there === undefined ? [`clientMetadata.${keyNote}`] : []),
    ],
  };
  // Pulumi would call it "Managed by Pulumi", which no other engine does.
  const args = { ...clientArguments(registration, there), description: "" };
  return new Client(resource.name, args, options(resource, more));
}

function makeOrganization(
  part: OrganizationPart,
  scope: MarkerScope,
  clients: readonly Client[],
  input: Auth0ProgramInput,
  connectionIds: ReadonlyMap<string, string>,
): void {
  if (part.state === "absent") return;
  const options = resourceOptions(input);
  const { leaving } = input;
  const there = input.present?.organization;
  const ids = idsOf(part.enabledConnections, connectionIds, part.state === "active").map(([, id]) => id);
  const kept = keptConnections(part, scope, ids, there);
  const named = resourceOf({ kind: "organization", tenant: part.tenant });
  const organization = new Organization(
    named.name,
    {
      name: part.name,
      displayName: part.displayName,
      metadata: all(clients.map((client) => client.id)).apply((clientIds) =>
        organizationMetadata(part, scope, clientIds, kept, there, leaving),
      ),
    },
    options(named, { protect: true, ignoreChanges: ["branding", "thirdPartyClientAccess", "tokenQuota"] }),
  );
  const enabled = resourceOf({ kind: "organizationConnections", tenant: part.tenant });
  new OrganizationConnections(
    enabled.name,
    { organizationId: organization.id, enabledConnections: [...enabledConnections(part, scope, ids, there)] },
    // Another organization's connections are enabled when this one's are gone; those of a deleted one are gone with it.
    options(enabled, {
      deletedWith: organization,
      deleteBeforeReplace: true,
      replaceOnChanges: ["organizationId"],
    }),
  );
}

/** Names and ids of connections. @throws TenantryError AUTH0_CONNECTION_MISSING, for one that is needed and not there */
function idsOf(
  names: readonly string[],
  ids: ReadonlyMap<string, string>,
  needed: boolean,
): readonly (readonly [name: string, id: string])[] {
  return names.flatMap((name) => {
    const id = ids.get(name);
    if (id !== undefined) return [[name, id] as const];
    // Switching off must not fail because a connection is gone.
    if (!needed) return [];
    throw new TenantryError("AUTH0_CONNECTION_MISSING", `Auth0 has no connection ${JSON.stringify(name)}`);
  });
}

async function lookUp(registrations: readonly Registration[]): Promise<ReadonlyMap<string, string>> {
  const named = (state: "active" | "inactive") =>
    registrations
      .filter((registration) => registration.state === state)
      .flatMap((registration) => [
        ...(registration.enabledConnections ?? []),
        ...organizationOf(registration).enabledConnections,
      ]);
  const needed = new Set(named("active"));
  const ids = new Map<string, string>();
  for (const name of new Set([...needed, ...named("inactive")])) {
    const { id } = await getConnection({ name }).catch((error: unknown) => {
      // One that is off does without.
      if (needed.has(name)) throw error;
      return { id: undefined };
    });
    if (id !== undefined) ids.set(name, id);
  }
  return ids;
}

/** What we do not say of a client is its owner's: Pulumi leaves it as it is. Complete, because the compiler counts. */
const leftAlone: Readonly<Record<Exclude<keyof ClientArgs, keyof ClientArguments>, true>> = {
  addons: true,
  allowedClients: true,
  allowedOrigins: true,
  asyncApprovalNotificationChannels: true,
  clientAliases: true,
  complianceLevel: true,
  crossOriginLoc: true,
  customLoginPage: true,
  customLoginPageOn: true,
  defaultOrganization: true,
  description: true,
  encryptionKey: true,
  expressConfiguration: true,
  fedcmLogin: true,
  formTemplate: true,
  initiateLoginUri: true,
  isTokenEndpointIpHeaderTrusted: true,
  logoUri: true,
  mobile: true,
  myOrganizationConfiguration: true,
  nativeSocialLogin: true,
  oidcBackchannelLogoutUrls: true,
  oidcLogout: true,
  organizationDiscoveryMethods: true,
  organizationRequireBehavior: true,
  redirectionPolicy: true,
  requireProofOfPossession: true,
  requirePushedAuthorizationRequests: true,
  resourceServerIdentifier: true,
  sessionTransfer: true,
  skipNonVerifiableCallbackUriConfirmationPrompt: true,
  sso: true,
  ssoDisabled: true,
  thirdPartySecurityMode: true,
  tokenExchange: true,
  tokenQuota: true,
  webOrigins: true,
};
