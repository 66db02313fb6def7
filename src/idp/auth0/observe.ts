import type { Address, ConnectionKey, OrganizationPart, Registration } from "../../desired/connection.ts";
import { compareText } from "../../errors/issue.ts";
import { onSignIn } from "../../plan/fields.ts";
import type { Coverage, ObservedPart, ObservedRegistration } from "../../plan/observed.ts";
import type { Auth0Client } from "../../vendor/auth0/clients.ts";
import type { Auth0Organization } from "../../vendor/auth0/organizations.ts";
import type { Auth0Tenant } from "../../vendor/auth0/tenant.ts";
import {
  type Depth,
  looksAtSingles,
  type RegistrationObservation,
  type RegistrationProblem,
} from "../identity-provider.ts";
import type { ClientDirectory } from "./client-directory.ts";
import type { ConnectionDirectory } from "./connection-directory.ts";
import { type MarkerScope, ownKey } from "./marker.ts";
import { hidesMethod, observedClient } from "./observed-client.ts";
import { type OrganizationKeeper, organizationOf } from "./organization-keeper.ts";
import type { OwnMetadata } from "./organization-metadata.ts";
import { decideOwn, renamed, takenMessage } from "./ownership.ts";

export interface ObserveContext {
  readonly name: string;
  readonly tenant: Auth0Tenant;
  readonly scope: MarkerScope;
  readonly clients: ClientDirectory;
  readonly connections: ConnectionDirectory;
  readonly organizations: OrganizationKeeper;
}

/** Where one observation looks: at lists that were read, or at single objects, each asked for once. */
interface Lookout {
  organization(name: string): Promise<Auth0Organization | undefined>;
  /** The tenant's organizations of ours that have another name, as far as they were looked for. */
  others(part: OrganizationPart): Promise<readonly Auth0Organization[]>;
  /** The clients that carry the marker of this key. */
  own(key: ConnectionKey, ids: readonly string[]): Promise<readonly Auth0Client[]>;
  /** All clients that were listed, or read. */
  seen(): readonly Auth0Client[];
}

/**
 * What is at the Auth0 tenant of the wanted registrations.
 *
 * `single` asks for each tenant's organization by name and for the clients that its metadata names, and looks for what
 * that does not show in the whole list of clients, which is read for that once a run. `glance` reads no list: a client
 * that its organization does not name and an organization under another name go unseen. `fleet` reads the lists of
 * organizations, clients and connections and nothing else, so that enabled connections stay unread; only clients beyond
 * the 1,000 that Auth0 lists are read one by one. `deep` reads the lists and then every part. `single` tells of no
 * undeclared clients but those that the metadata of the tenants' organizations names, and of an organization under
 * another name only when there is none under the wanted one, or the run has read the list. Nothing asks for a secret.
 */
export async function observeClients(
  context: ObserveContext,
  wanted: readonly Registration[],
  depth: Depth,
): Promise<RegistrationObservation> {
  const { tenant, scope, connections } = context;
  const lookout = looksAtSingles(depth) ? singleLookout(context, depth === "single") : await listLookout(context);
  const deep = depth !== "fleet";
  const problems: RegistrationProblem[] = [];
  let hidden = 0;
  const found = new Map<ConnectionKey, ObservedRegistration>();
  const parts = new Map<Address, Promise<ObservedPart>>();

  const observeOne = async (registration: Registration): Promise<void> => {
    const part = organizationOf(registration);
    const organization = await lookout.organization(part.name);
    const own = organization === undefined ? undefined : context.organizations.ownIn(organization, part.tenant);
    const [other] = await lookout.others(part);
    if (other !== undefined) problems.push(renamed(tenant.host, registration, part, other, own !== undefined));
    if (organization !== undefined && own === undefined && part.state !== "absent") {
      const message = takenMessage(tenant.host, part.tenant, organization);
      problems.push({
        key: registration.key,
        kind: "foreign",
        code: "AUTH0_ORGANIZATION_TAKEN",
        subject: part.name,
        message,
      });
    }
    if (organization !== undefined && own !== undefined && !parts.has(part.address)) {
      const observed = observePart(context, part, organization, own, deep);
      // Awaited below; should another read fail first, this one's failure is nobody's to tell.
      observed.catch(() => undefined);
      parts.set(part.address, observed);
    }
    const ownership = decideOwn(tenant.host, registration, await lookout.own(registration.key, own?.clientIds ?? []));
    if (ownership.kind === "problem") problems.push(ownership.problem);
    if (ownership.kind === "own") {
      const { client } = ownership;
      if (hidesMethod(client.raw)) hidden += 1;
      const enabled = deep ? await enabledNames(context, client) : undefined;
      found.set(registration.key, observedClient(registration.key, client, enabled));
    }
    // A client that is being switched off or deleted does not need its connections any more. Last, because those that
    // are enabled at the client need no call of their own.
    if (registration.state === "active") {
      const { missing } = await connections.resolve(registration.enabledConnections ?? []);
      problems.push(...missing.map(({ name, message }) => missingConnection(registration, name, message)));
    }
    await parts.get(part.address);
  };
  await settled(wanted.map(observeOne));

  const keys = new Set(wanted.map((registration) => registration.key));
  const undeclared = lookout.seen().flatMap((client) => {
    const key = ownKey(client.raw, scope);
    return key === undefined || keys.has(key) ? [] : [observedClient(key, client, undefined)];
  });
  return {
    found: new Map([...found].sort(([a], [b]) => compareText(a, b))),
    parts: new Map(await Promise.all([...parts].map(async ([address, part]) => [address, await part] as const))),
    undeclared: undeclared.sort((a, b) => compareText(a.key, b.key)),
    problems: problems.sort((a, b) => compareText(a.key, b.key) || compareText(a.subject, b.subject)),
    coverage: coverage(context.name, { wanted: wanted.length, found: found.size, hidden }, deep),
  };
}

function singleLookout({ tenant, clients, organizations }: ObserveContext, listing: boolean): Lookout {
  const organization = memoised((name: string) => tenant.organizations.named(name));
  const seen: Auth0Client[] = [];
  const read = memoised(async (id: string) => {
    const client = await clients.read(id);
    if (client !== undefined) seen.push(client);
    return client;
  });
  return {
    organization,
    others: async (part) => {
      const look = organizations.listed || (listing && (await organization(part.name)) === undefined);
      return look ? organizations.others(part) : [];
    },
    own: (key, ids) => clients.own(key, ids, read, listing),
    seen: () => seen,
  };
}

async function listLookout(context: ObserveContext): Promise<Lookout> {
  const { scope, clients, connections, organizations } = context;
  const reads = [organizations.all(), clients.all(), connections.readAll()] as const;
  await settled(reads);
  const [there, listed] = await Promise.all(reads);
  const byName = new Map(there.map((organization) => [organization.name, organization]));
  const byKey = Map.groupBy(listed.clients, (client) => ownKey(client.raw, scope));
  return {
    organization: async (name) => byName.get(name),
    others: (part) => organizations.others(part),
    own: async (key, ids) => {
      const own = byKey.get(key) ?? [];
      return own.length > 0 || listed.complete ? own : clients.own(key, ids);
    },
    seen: () => listed.clients,
  };
}

/** The organization in the words of the model. One that is switched off shows the connections that are kept for it. */
async function observePart(
  { tenant, scope, connections }: ObserveContext,
  part: OrganizationPart,
  organization: Auth0Organization,
  own: OwnMetadata,
  deep: boolean,
): Promise<ObservedPart> {
  const of = { address: part.address, id: organization.id };
  const fields = { name: organization.name, displayName: organization.displayName };
  if (!deep) return { ...of, fields: { ...fields, active: own.kept === undefined } };
  const all = await tenant.organizations.enabledConnections(organization.id);
  const ofApps = await Promise.all(
    all.map(({ connectionId, name }) =>
      part.enabledConnections.includes(name) ? false : connections.isOfApp(connectionId, scope),
    ),
  );
  const enabled = all.filter((_, index) => ofApps[index] === false);
  // What somebody has enabled since lets people in again.
  const active = own.kept === undefined || enabled.length > 0;
  const names = active
    ? enabled.map((each) => each.name)
    : await Promise.all((own.kept ?? []).map((each) => connections.nameOf(each.connectionId)));
  const enabledConnections = names.filter((name) => name !== undefined).sort(compareText);
  const assigned = (active ? enabled : (own.kept ?? [])).map((each) => each.assignMembershipOnLogin);
  const without = names.filter((name, index) => name !== undefined && assigned[index] === false).sort();
  const membership = without.length === 0 ? onSignIn : `not by ${without.join(", ")}`;
  return { ...of, fields: { ...fields, active, enabledConnections, membership } };
}

async function enabledNames({ tenant, connections }: ObserveContext, client: Auth0Client): Promise<readonly string[]> {
  const enabled = await tenant.clients.connections(client.clientId);
  for (const connection of enabled) connections.remember(connection);
  return enabled.map((each) => each.name).sort(compareText);
}

function missingConnection(wanted: Registration, name: string, message: string): RegistrationProblem {
  return {
    key: wanted.key,
    kind: "missing",
    field: "enabledConnections",
    code: "AUTH0_CONNECTION_MISSING",
    subject: name,
    message,
  };
}

/**
 * Auth0 tells nothing of a secret but the secret itself, which is not asked for: it stays unread at every depth. So does
 * with which keys a client proves itself, for a token that could not read secrets.
 */
function coverage(
  name: string,
  { wanted, found, hidden }: { readonly wanted: number; readonly found: number; readonly hidden: number },
  deep: boolean,
): readonly Coverage[] {
  return [
    { what: `idp/${name} clients`, read: wanted, total: wanted },
    { what: `idp/${name} enabled connections`, read: deep ? found : 0, total: found },
    { what: `idp/${name} secret ids (Auth0 has none; verify proves the secret)`, read: 0, total: found },
    ...(hidden === 0
      ? []
      : [{ what: `idp/${name} keys of clients (an apply reads them: only its token may)`, read: 0, total: hidden }]),
  ];
}

/** Waits for all, so that nothing is left running when one has failed. */
async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function memoised<Result>(ask: (name: string) => Promise<Result>): (name: string) => Promise<Result> {
  const asked = new Map<string, Promise<Result>>();
  return (name) => {
    const answer = asked.get(name) ?? ask(name);
    asked.set(name, answer);
    return answer;
  };
}
