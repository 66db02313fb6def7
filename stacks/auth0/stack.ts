import { Client, type ClientArgs } from "@pulumi/auth0/client.js";
import { ConnectionClient } from "@pulumi/auth0/connectionClient.js";
import { getConnection } from "@pulumi/auth0/getConnection.js";
import { Organization } from "@pulumi/auth0/organization.js";
import { OrganizationConnections } from "@pulumi/auth0/organizationConnections.js";
import { all, type CustomResourceOptions } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import type { ConnectionKey, OrganizationPart, Registration } from "../../src/desired/connection.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import { organizationOf } from "../../src/idp/auth0/organization-keeper.ts";
import type { KeptConnection } from "../../src/idp/auth0/organization-metadata.ts";
import type { PresentTenant } from "../../src/idp/auth0/present.ts";
import { textIn } from "../../src/vendor/json.ts";
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
  /** Exact version of the plugin; that of the npm package when absent. */
  readonly pluginVersion?: string | undefined;
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
    // What cannot be done shows here, before anything is made.
    const planned = registrations.map((registration) => ({
      registration,
      enabled: idsOf(registration.enabledConnections ?? [], ids, registration.state === "active"),
    }));
    const organization = organizationPlan(registrations, ids, input);

    const clients = new Map<ConnectionKey, Client>();
    for (const { registration, enabled } of planned) {
      const { key } = registration;
      const client = makeClient(registration, input);
      clients.set(key, client);
      for (const [connection, connectionId] of enabled) {
        const resource = resourceOf({ kind: "connectionClient", key, connection });
        const args = { connectionId, clientId: client.id };
        // Auth0 forgets it with its client.
        new ConnectionClient(resource.name, args, optionsFor(resource, input, { deletedWith: client }));
      }
    }
    if (organization !== undefined) makeOrganization(organization, [...clients.values()], input);
    return Object.fromEntries([...clients].map(([key, client]) => [clientIdOutput(key), client.clientId]));
  };
}

function optionsFor(
  resource: ResourceName,
  { imports, pluginVersion: version }: Auth0ProgramInput,
  options: CustomResourceOptions,
): CustomResourceOptions {
  const id = imports?.get(tailOf(resource));
  return { ...options, ...(version === undefined ? {} : { version }), ...(id === undefined ? {} : { import: id }) };
}

function makeClient(registration: Registration, input: Auth0ProgramInput): Client {
  const there = input.present?.clients.get(registration.key);
  const resource = resourceOf({ kind: "client", key: registration.key });
  const options = {
    // Another client would have another client id and secret: nobody could sign in.
    protect: true,
    ignoreChanges: [
      ...Object.keys(leftAlone).filter((name) => there === undefined || name !== "description"),
      "jwtConfiguration.scopes",
      "refreshToken.policies",
      ...(there === undefined ? [`clientMetadata.${keyNote}`] : []),
    ],
  };
  // Pulumi would call it "Managed by Pulumi", which no other engine does: also one that it takes over and changes.
  const description = textIn(there?.raw, "description") ?? "";
  const args = { ...clientArguments(registration, there), description };
  return new Client(resource.name, args, optionsFor(resource, input, options));
}

/** What the tenant's organization is to be; its metadata waits for the ids of clients. */
interface OrganizationPlan {
  readonly part: OrganizationPart;
  readonly enabled: readonly KeptConnection[];
  readonly metadata: (clientIds: readonly string[]) => Readonly<Record<string, string>>;
}

function organizationPlan(
  registrations: readonly Registration[],
  connectionIds: ReadonlyMap<string, string>,
  { registrations: given, present, leaving }: Auth0ProgramInput,
): OrganizationPlan | undefined {
  // Also when its last client that is told of goes: others of the tenant may need it.
  const [first] = given;
  if (first === undefined) return undefined;
  const part = organizationOf(first);
  if (part.state === "absent") return undefined;
  const scope = first.marker;
  const there = present?.organization;
  const ids = idsOf(part.enabledConnections, connectionIds, part.state === "active").map(([, id]) => id);
  const kept = keptConnections(part, scope, ids, there);
  const metadata = (clientIds: readonly string[]) => organizationMetadata(part, scope, clientIds, kept, there, leaving);
  // Ids that Auth0 has not given yet are as long as these.
  metadata(
    registrations.map(({ key }, index) => present?.clients.get(key)?.clientId ?? String(index).padStart(32, "x")),
  );
  return { part, enabled: enabledConnections(part, scope, ids, there), metadata };
}

function makeOrganization(
  { part, enabled, metadata }: OrganizationPlan,
  clients: readonly Client[],
  input: Auth0ProgramInput,
): void {
  const named = resourceOf({ kind: "organization", tenant: part.tenant });
  const organization = new Organization(
    named.name,
    {
      name: part.name,
      displayName: part.displayName,
      metadata: all(clients.map((client) => client.id)).apply(metadata),
    },
    optionsFor(named, input, { protect: true, ignoreChanges: ["branding", "thirdPartyClientAccess", "tokenQuota"] }),
  );
  const resource = resourceOf({ kind: "organizationConnections", tenant: part.tenant });
  new OrganizationConnections(
    resource.name,
    { organizationId: organization.id, enabledConnections: [...enabled] },
    // Auth0 forgets them with their organization.
    optionsFor(resource, input, { deletedWith: organization }),
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
