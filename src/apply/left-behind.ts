import { isAtHost } from "../desired/capability.ts";
import { chosenClientId } from "../desired/client-id.ts";
import { clientLeftBehind } from "../desired/compile.ts";
import type { Address, Connection, ConnectionKey, Registration } from "../desired/connection.ts";
import type { RegistrationProblem } from "../idp/identity-provider.ts";
import type { Change } from "../plan/change.ts";
import { diffPart, diffRegistration } from "../plan/diff.ts";
import type { Coverage, ObservedPart, ObservedRegistration } from "../plan/observed.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { IdentityProvider } from "../workspace/workspace.ts";
import { member, type Observation } from "./observe.ts";
import type { World } from "./world.ts";

/** A client of ours that a connection left behind at another identity provider of the workspace when it moved. */
export interface LeftBehind {
  /** Wanted gone, with what it shared with the tenant's other clients there. */
  readonly registration: Registration;
  readonly found: ObservedRegistration;
  readonly parts: ReadonlyMap<Address, ObservedPart>;
}

/** What was found of clients that were left behind. */
export interface LeftBehindLook {
  /** By key. */
  readonly found: ReadonlyMap<ConnectionKey, LeftBehind>;
  /** Why it cannot be told which client was left behind: two carry the marker. */
  readonly problems: readonly RegistrationProblem[];
  /** Clients of ours at orgs that no file names any more, so that nobody gives access to take them away. */
  readonly outOfReach: readonly Coverage[];
}

/**
 * What the connections have left behind. A look at the whole folder finds it among what nobody declares. A look
 * at a few connections asks only where a record's issuer says that it was: the identity provider at that host.
 *
 * @throws TenantryError of an identity provider that cannot be read
 */
export async function findLeftBehind(
  world: World,
  tenants: readonly Tenant[],
  connections: readonly Connection[],
  observation: Observation,
): Promise<LeftBehindLook> {
  const today = new Date(world.verifyIo.clock()).toISOString().slice(0, 10);
  const found = new Map<ConnectionKey, LeftBehind>();
  const problems: RegistrationProblem[] = [];
  const outOfReach: Coverage[] = [];
  for (const connection of connections) {
    outOfReach.push(...clientOutOfReach(world, connection, observation));
    const idp = connection.status === "draft" ? undefined : formerIdp(world, connection, observation);
    // Nearly none has one, so only then its tenant is looked for.
    const tenant = idp && tenants.find((candidate) => candidate.tenant === connection.tenant);
    if (idp === undefined || tenant === undefined) continue;
    const registration = clientLeftBehind(world.workspace, tenant, connection, idp, today);
    const seen = (await member(world.engines, idp.name).plan([registration], "single")).observation;
    problems.push(...seen.problems.filter(({ kind }) => kind === "duplicate"));
    const client = seen.found.get(connection.key);
    if (client !== undefined) found.set(connection.key, { registration, found: client, parts: seen.parts });
  }
  return { found, problems, outOfReach };
}

/**
 * The client that a connection had at a customer's own org whose file gives no access there any more. Told by the id
 * that only we give (Okta): one at Auth0 cannot be told from the customer's own.
 */
function clientOutOfReach(world: World, connection: Connection, observation: Observation): readonly Coverage[] {
  const { key, registration } = connection;
  const fields = observation.apps.get(connection.app)?.records.get(key)?.fields;
  const issuer = fields?.issuer;
  if (typeof issuer !== "string" || issuer === connection.record.issuer || !URL.canParse(issuer)) return [];
  const { host } = new URL(issuer);
  const inReach = [...world.workspace.identityProviders.values()].some((idp) => isAtHost(idp, host));
  if (inReach || fields?.clientId !== chosenClientId(registration.marker)) return [];
  return [{ what: `the client of ${key} at ${issuer} (no file gives access there)`, read: 0, total: 1 }];
}

/** Where the connection may have a client besides the one it is declared to have. */
function formerIdp(world: World, connection: Connection, observation: Observation): IdentityProvider | undefined {
  const { key, registration } = connection;
  const others = [...world.workspace.identityProviders.values()].filter(({ name }) => name !== registration.idp);
  const undeclared = others.find(({ name }) =>
    observation.engines.get(name)?.observation.undeclared.some((client) => client.key === key),
  );
  if (undeclared !== undefined) return undeclared;
  const issuer = observation.apps.get(connection.app)?.records.get(key)?.fields.issuer;
  if (typeof issuer !== "string" || issuer === connection.record.issuer || !URL.canParse(issuer)) return undefined;
  const { host } = new URL(issuer);
  return others.find((idp) => isAtHost(idp, host));
}

/** Its changes: the client is deleted, and what it shared when nothing needs that any more. */
export function changesOfLeftBehind({ registration, found, parts }: LeftBehind): readonly Change[] {
  return [
    ...diffRegistration(registration, found).changes,
    ...registration.parts.flatMap((part) => diffPart(part, parts.get(part.address)).changes),
  ];
}

/** What its changes are about. */
export function addressesOfLeftBehind({ registration }: LeftBehind): readonly Address[] {
  return [...registration.parts.map((part) => part.address), registration.address];
}
