import { isOrgIssuer } from "../../desired/apps/auth0.ts";
import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import { compareText } from "../../errors/issue.ts";
import type { Fields, ObservedAppTenant, ObservedRecord } from "../../plan/observed.ts";
import type { Auth0EnterpriseConnection } from "../../vendor/auth0/enterprise-connections.ts";
import type { Auth0Organization } from "../../vendor/auth0/organizations.ts";
import { isJsonObject, type JsonObject, objectIn, textIn, textsIn } from "../../vendor/json.ts";
import type { RecordObservation, RecordProblem } from "../app.ts";
import { fieldsOf } from "./connection-options.ts";
import { extraClients } from "./doors.ts";
import { isOwnOrganization, organizationNote, routedDomains, takenMessage } from "./organization.ts";
import { type Auth0Place, type OwnConnection, onlyOf, ownIn } from "./place.ts";
import { foreignMessage, probeMessage } from "./record-write.ts";
import { targetOf } from "./target.ts";

/** Up to so many records are looked at one by one, each with all that belongs to it. */
const few = 10;

/** What one look found of a record. */
interface Found {
  readonly record: ConnectionRecord;
  readonly own: OwnConnection;
}

/**
 * What is at the Auth0 tenant of the wanted records. A few are read one by one, with applications, organization and
 * domains; of many the lists are read, and of applications only whether those that the file names are enabled.
 */
export async function observeConnections(
  place: Auth0Place,
  wanted: readonly ConnectionRecord[],
  others: boolean,
): Promise<RecordObservation> {
  const whole = wanted.length <= few;
  const lookout = openLookout(place, others || !whole, whole);
  const foreign: { key: ConnectionKey; message: string }[] = [];
  const problems: RecordProblem[] = [];
  const found: Found[] = [];
  for (const record of wanted) {
    const own = await lookout.ofRecord(record, foreign, problems);
    if (own !== undefined) found.push({ record, own });
  }
  const clients = await clientsOf(place, wanted, found, whole, problems);
  const organizations = await organizationsOf(place, wanted, whole);
  const records = new Map<ConnectionKey, ObservedRecord>();
  for (const one of found) {
    const organization = whole ? organizations.get(one.record.tenant) : undefined;
    records.set(one.record.key, await observedRecord(place, one, clients.get(one.record.key), organization));
  }
  const tenants = new Map<string, ObservedAppTenant>();
  for (const [tenant, organization] of organizations) {
    if (!isOwnOrganization(organization, place.scope, tenant)) {
      const message = takenMessage(place.tenant.host, tenant, organization);
      foreign.push(...wanted.filter((record) => record.tenant === tenant).map(({ key }) => ({ key, message })));
      continue;
    }
    const mine = found.filter(({ record }) => record.tenant === tenant);
    const observed = await observedTenant(place, tenant, organization, mine, whole);
    if (observed !== undefined) tenants.set(tenant, observed);
  }
  const keys = new Set(wanted.map(({ key }) => key));
  const undeclared = (await lookout.all(others))
    .filter(({ note }) => !keys.has(note.key))
    .map(({ note }) => ({ key: note.key, state: note.state }))
    .sort((a, b) => compareText(a.key, b.key));
  const read = wanted.length;
  return {
    ...{ tenants, records, undeclared, foreign, problems },
    coverage: [
      { what: `app/${place.app.name} records`, read, total: read },
      ...(whole
        ? []
        : [
            { what: `app/${place.app.name} applications that the file does not name`, read: 0, total: found.length },
            { what: `app/${place.app.name} membership of organizations`, read: 0, total: found.length },
          ]),
    ],
  };
}

/**
 * Where one observation looks for connections: at the list, or by their names.
 *
 * @param whole whether a name that the list does not have is asked for: one of a strategy that is not listed may have it
 */
function openLookout(place: Auth0Place, listing: boolean, whole: boolean) {
  const { enterpriseConnections, host } = place.tenant;
  let asked: Promise<Listed> | undefined;
  const list = () => {
    asked ??= enterpriseConnections.all().then((connections) => listed(place, connections));
    return asked;
  };
  const all = async (look: boolean): Promise<readonly OwnConnection[]> => (look ? (await list()).own : []);

  const named = async (record: ConnectionRecord): Promise<Auth0EnterpriseConnection | undefined> => {
    const { name } = targetOf(record);
    const found = listing ? (await list()).byName.get(name) : undefined;
    if (found !== undefined || (listing && (record.state !== "active" || !whole))) return found;
    return enterpriseConnections.named(name);
  };
  const marked = async (key: ConnectionKey): Promise<OwnConnection | undefined> =>
    onlyOf(place, key, (await list()).byKey.get(key) ?? []);

  return {
    all,
    async ofRecord(
      record: ConnectionRecord,
      foreign: { key: ConnectionKey; message: string }[],
      problems: RecordProblem[],
    ): Promise<OwnConnection | undefined> {
      const { key } = record;
      const { name, strategy } = targetOf(record);
      const there = await named(record);
      const own = there === undefined ? undefined : ownIn(place, there);
      if (own?.note.key === key) {
        if (listing) await marked(key);
        if (record.state === "active") problems.push(...strategyProblems(record, own.connection.strategy));
        return own;
      }
      const other = await marked(key);
      if (other !== undefined) {
        // What is to be off is switched off under whatever name.
        if (record.state === "active") problems.push(renamed(host, record, other.connection.name));
        return other;
      }
      if (there !== undefined) {
        if (record.state === "active") foreign.push({ key, message: foreignMessage(host, key, name) });
      } else if (record.state === "active") problems.push(...strategyProblems(record, strategy));
      return undefined;
    },
  };
}

interface Listed {
  readonly own: readonly OwnConnection[];
  readonly byKey: ReadonlyMap<ConnectionKey, readonly OwnConnection[]>;
  readonly byName: ReadonlyMap<string, Auth0EnterpriseConnection>;
}

function listed(place: Auth0Place, connections: readonly Auth0EnterpriseConnection[]): Listed {
  const own = connections.flatMap((connection) => ownIn(place, connection) ?? []);
  return {
    own,
    byKey: Map.groupBy(own, ({ note }) => note.key),
    byName: new Map(connections.map((connection) => [connection.name, connection])),
  };
}

function strategyProblems(record: ConnectionRecord, present: string): readonly RecordProblem[] {
  const { strategy } = targetOf(record);
  const of = { key: record.key, code: "AUTH0_CONNECTION_STRATEGY", path: ["auth0", "strategy"] } as const;
  if (present !== strategy) {
    const message = `the connection of ${record.key} is of strategy ${present}, which never changes, and should be ${strategy}`;
    return [{ ...of, message, hint: `write \`auth0: { strategy: ${present} }\` at the connection` }];
  }
  if (strategy !== "okta" || record.issuer === "" || isOrgIssuer(record.issuer)) return [];
  const message = `${record.issuer} is no Okta org's own authorization server, which \`strategy: okta\` is for`;
  return [{ ...of, message, hint: "write `auth0: { strategy: oidc }` at the connection" }];
}

function renamed(host: string, record: ConnectionRecord, name: string): RecordProblem {
  const [is, should] = [JSON.stringify(name), JSON.stringify(targetOf(record).name)];
  return {
    key: record.key,
    code: "AUTH0_CONNECTION_RENAMED",
    message: `at Auth0 (${host}) the connection of ${record.key} is called ${is}, and should be ${should}`,
    hint: `names never change at Auth0: write \`auth0: { name: ${name} }\` at the connection`,
    path: ["auth0", "name"],
  };
}

/** What applications a connection is enabled for, in the file's spelling. */
interface EnabledClients {
  readonly shown: readonly string[];
  /** Whether anybody can come in at all, but for the proof. */
  readonly open: boolean;
}

async function clientsOf(
  place: Auth0Place,
  wanted: readonly ConnectionRecord[],
  found: readonly Found[],
  whole: boolean,
  problems: RecordProblem[],
): Promise<ReadonlyMap<ConnectionKey, EnabledClients>> {
  const probe = place.app.probe?.clientId;
  const ids = new Map<string, string>();
  for (const record of wanted.filter(({ state }) => state === "active")) {
    for (const [index, name] of targetOf(record).clients.entries()) {
      const one = await place.clients.find(name);
      const of = { key: record.key, path: ["auth0", "clients", index] };
      if ("why" in one) {
        const hint = "mend the name in tenantry.yaml or at the connection, or write the client id";
        problems.push({ ...of, code: "AUTH0_APPLICATION_MISSING", message: one.why, hint });
      } else if (one.id === probe) {
        const hint = "make an application of its own for `probe:`";
        problems.push({ ...of, code: "AUTH0_PROBE", message: probeMessage(record.key, name), hint });
      } else ids.set(name, one.id);
    }
  }
  const enabledFor = whole
    ? await byConnection(place, found)
    : await byClient(place, [...new Set(ids.values())], found);
  const result = new Map<ConnectionKey, EnabledClients>();
  for (const { record } of found) {
    const enabled = enabledFor.get(record.key) ?? [];
    const { clients } = targetOf(record);
    const mine = clients.flatMap((name) => ids.get(name) ?? []);
    const extra = await extraClients(place, enabled, [...mine, ...(probe === undefined ? [] : [probe])]);
    const shown = [...clients.filter((name) => enabled.includes(ids.get(name) ?? "")), ...extra].sort();
    result.set(record.key, { shown, open: enabled.some((id) => id !== probe) });
  }
  return result;
}

async function byConnection(place: Auth0Place, found: readonly Found[]) {
  const pairs = found.map(async ({ record, own }) => {
    const enabled = await place.tenant.enterpriseConnections.clientsOf(own.connection.id);
    return [record.key, enabled] as const;
  });
  return new Map(await Promise.all(pairs));
}

async function byClient(place: Auth0Place, clientIds: readonly string[], found: readonly Found[]) {
  const keyOf = new Map(found.map(({ record, own }) => [own.connection.id, record.key]));
  const enabled = new Map<ConnectionKey, string[]>();
  for (const clientId of clientIds) {
    for (const { id } of await place.tenant.clients.connections(clientId)) {
      const key = keyOf.get(id);
      if (key !== undefined) enabled.set(key, [...(enabled.get(key) ?? []), clientId]);
    }
  }
  return enabled;
}

async function organizationsOf(
  { tenant, organizationName }: Auth0Place,
  wanted: readonly ConnectionRecord[],
  whole: boolean,
): Promise<ReadonlyMap<string, Auth0Organization>> {
  const slugs = [...new Set(wanted.map((record) => record.tenant))];
  const listed = whole ? undefined : await tenant.organizations.all();
  const byName = new Map(listed?.map((organization) => [organization.name, organization]));
  const pairs = slugs.map(async (slug) => {
    const name = organizationName(slug);
    return [slug, whole ? await tenant.organizations.named(name) : byName.get(name)] as const;
  });
  return new Map((await Promise.all(pairs)).flatMap(([slug, one]) => (one === undefined ? [] : [[slug, one]])));
}

async function observedRecord(
  place: Auth0Place,
  { record, own: { connection, note } }: Found,
  clients: EnabledClients | undefined,
  organization: Auth0Organization | undefined,
): Promise<ObservedRecord> {
  // Whoever has enabled a connection that is off lets people in again.
  const state = note.state === "disabled" && clients?.open === true ? "active" : note.state;
  const live = state === "active";
  const membership = live ? await membershipOf(place, connection, organization, note.membership) : note.membership;
  const of = { homeRealm: note.homeRealm, clients: live ? clients?.shown : undefined };
  return {
    key: record.key,
    state,
    fields: fieldsOf(connection, record, { ...of, membership }),
    secretId: note.secretId,
    ...(note.specDigest === "" ? {} : { specDigest: note.specDigest }),
    previous: note.open === undefined ? undefined : await previousFields(place, record, connection),
  };
}

/** Of a connection that is enabled for no organization it is said that nobody becomes a member. */
async function membershipOf(
  { tenant }: Auth0Place,
  { id }: Auth0EnterpriseConnection,
  organization: Auth0Organization | undefined,
  noted: boolean,
): Promise<boolean> {
  if (organization === undefined) return noted;
  const enabled = await tenant.organizations.enabledConnections(organization.id);
  return enabled.find(({ connectionId }) => connectionId === id)?.assignMembershipOnLogin ?? !noted;
}

async function previousFields(
  place: Auth0Place,
  record: ConnectionRecord,
  connection: Auth0EnterpriseConnection,
): Promise<Fields> {
  const kept = await place.kept.read(record.key);
  if (!isJsonObject(kept)) return {};
  const options: JsonObject = objectIn(kept, "options");
  const note = objectIn(kept, "note");
  const old = {
    ...connection,
    options,
    displayName: textIn(kept, "displayName") ?? connection.displayName,
    showAsButton: kept.showAsButton === true,
  };
  return fieldsOf(old, record, { homeRealm: note.homeRealm === true, membership: note.membership === true });
}

async function observedTenant(
  { tenant }: Auth0Place,
  slug: string,
  organization: Auth0Organization,
  found: readonly Found[],
  whole: boolean,
): Promise<ObservedAppTenant | undefined> {
  const note = organizationNote(organization);
  if (note === undefined) return undefined;
  const leading = found.filter(({ own }) => own.note.state === "active" && own.note.homeRealm);
  const aliases = found.map(({ own }) => textsIn(own.connection.options, "domain_aliases"));
  const extra = aliases.flat();
  const known = leading.map(({ own }) => textsIn(own.connection.options, "domain_aliases"));
  // Of many, what leads to a connection is what its domains are routed by.
  const read = whole || note.domains === undefined || known.length === 0;
  const domains = read ? await tenant.discoveryDomains.all(organization.id) : undefined;
  const verified = domains === undefined ? (known[0] ?? []) : routedDomains(domains);
  const routed = verified.filter((domain) => known.every((list) => list.includes(domain)));
  const names = domains?.map(({ domain }) => domain) ?? note.domains ?? [];
  return {
    tenant: slug,
    status: note.status,
    fields: {
      id: note.id,
      name: organization.displayName,
      status: note.status,
      domains: [...new Set([...names, ...extra])].sort(),
    },
    routed: [...routed].sort().map((domain) => ({ domain, verifiedAt: null, verification: "verified" })),
  };
}
