import type { ManualStep } from "../../desired/app-kind.ts";
import { workosOrganization } from "../../desired/apps/workos.ts";
import type { AppTenant, ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import type { Fields, ObservedAppTenant, ObservedRecord } from "../../plan/observed.ts";
import type { WorkosConnection } from "../../vendor/workos/connections.ts";
import type { WorkosOrganization } from "../../vendor/workos/organizations.ts";
import type { RecordObservation, RecordProblem } from "../app.ts";
import { letsIn, otherText, standingOf } from "./connection.ts";
import { type KeptRecord, type OwnPart, readOwn, strangerOf } from "./metadata.ts";
import { isRouted, strangerText, takenText } from "./organization.ts";
import type { WorkosPlace } from "./place.ts";
import { activateStep, callbackStep, changeStep, handOffSteps } from "./steps.ts";
import { fixedDifferences, shownFields } from "./values.ts";

/** Up to so many are read one by one; more cost less with all of the environment's. */
const few = 10;

/** What is read of WorkOS: organizations by external id, and their connections. */
interface Reading {
  readonly organizations: ReadonlyMap<string, WorkosOrganization>;
  withDomain(domain: string): Promise<readonly WorkosOrganization[]>;
  connectionsOf(organizationId: string): Promise<readonly WorkosConnection[]>;
}

/**
 * Reads organizations and connections. Writes nothing.
 *
 * @param tenants those whose domains are looked for at other organizations
 */
export async function observeRecords(
  place: WorkosPlace,
  wanted: readonly ConnectionRecord[],
  others: boolean,
  tenants: readonly AppTenant[],
): Promise<RecordObservation> {
  const reading = await read(place, wanted, others);
  const found: Found = { tenants: new Map(), records: new Map(), foreign: [], problems: [], waiting: new Map() };
  for (const record of wanted) {
    const organization = reading.organizations.get(workosOrganization(place.app, record.tenant));
    if (organization === undefined) continue;
    const stranger = strangerOf(organization, place.owner);
    if (stranger !== undefined) {
      found.foreign.push({ key: record.key, message: strangerText(organization, stranger) });
      continue;
    }
    const own = readOwn(organization);
    found.tenants.set(record.tenant, observedTenant(organization, own));
    if (own.record !== undefined && own.record.key !== record.key) {
      const message = `The WorkOS organization ${organization.id} holds the connection of ${own.record.key}; an organization has one.`;
      found.foreign.push({ key: record.key, message });
      continue;
    }
    see(place, found, record, organization, own.record, await reading.connectionsOf(organization.id));
  }
  for (const tenant of tenants) found.problems.push(...(await takenDomains(place, reading, tenant, wanted)));
  const keys = new Set(wanted.map(({ key }) => key));
  const total = keys.size;
  return {
    ...found,
    undeclared: others ? undeclaredIn(place, reading.organizations.values(), keys) : [],
    coverage: [{ what: `app/${place.app.name} records`, read: total, total }],
  };
}

interface Found {
  readonly tenants: Map<string, ObservedAppTenant>;
  readonly records: Map<ConnectionKey, ObservedRecord>;
  readonly foreign: { readonly key: ConnectionKey; readonly message: string }[];
  readonly problems: RecordProblem[];
  readonly waiting: Map<ConnectionKey, readonly ManualStep[]>;
}

async function read(place: WorkosPlace, wanted: readonly ConnectionRecord[], others: boolean): Promise<Reading> {
  const { organizations, connections, app } = place;
  const ids = [...new Set(wanted.map(({ tenant }) => workosOrganization(app, tenant)))];
  const whole = others || ids.length > few;
  const found = whole ? await organizations.all() : await Promise.all(ids.map((id) => organizations.byExternalId(id)));
  const byId = new Map(
    found.flatMap((each) => (each?.externalId === undefined ? [] : [[each.externalId, each] as const])),
  );
  let all: ReadonlyMap<string, readonly WorkosConnection[]> | undefined;
  const connectionsOf = async (id: string): Promise<readonly WorkosConnection[]> => {
    if (ids.length <= few) return connections.list(id);
    all ??= Map.groupBy(await connections.list(), ({ organizationId }) => organizationId ?? "");
    return all.get(id) ?? [];
  };
  const withDomain = async (domain: string): Promise<readonly WorkosOrganization[]> =>
    whole
      ? found.filter((each) => each !== undefined).filter((each) => has(each, domain))
      : organizations.withDomain(domain);
  return { organizations: byId, withDomain, connectionsOf };
}

function has({ domains }: WorkosOrganization, domain: string): boolean {
  return domains.some((each) => each.domain === domain);
}

/** Domains of a tenant that another organization has: WorkOS would refuse them. */
async function takenDomains(
  { app }: WorkosPlace,
  { organizations, withDomain }: Reading,
  { tenant, domains }: AppTenant,
  wanted: readonly ConnectionRecord[],
): Promise<readonly RecordProblem[]> {
  const live = wanted.filter((record) => record.tenant === tenant && record.state === "active");
  const own = organizations.get(workosOrganization(app, tenant));
  const problems: RecordProblem[] = [];
  for (const [index, domain] of live.length === 0 ? [] : domains.entries()) {
    if (own !== undefined && has(own, domain)) continue;
    const [owner] = (await withDomain(domain)).filter((each) => each.id !== own?.id && has(each, domain));
    if (owner === undefined) continue;
    const message = takenText(domain, tenant, owner);
    const hint = `take it off that organization in the WorkOS dashboard, or out of \`domains\``;
    const path = ["domains", index];
    problems.push(
      ...live.map(({ key }) => ({ key, code: "WORKOS_DOMAIN_TAKEN", message, hint, path, in: "tenant" }) as const),
    );
  }
  return problems;
}

/** What there is of one wanted record. */
function see(
  { app }: WorkosPlace,
  found: Found,
  record: ConnectionRecord,
  organization: WorkosOrganization,
  kept: KeptRecord | undefined,
  connections: readonly WorkosConnection[],
): void {
  const { key } = record;
  const wantedOn = record.state === "active";
  const standing = standingOf(connections, kept);
  const wait = (steps: readonly ManualStep[]): void => {
    if (wantedOn) found.waiting.set(key, steps);
  };
  if (kept?.state === "tombstone") {
    found.records.set(key, { key, state: "tombstone", fields: {} });
    return;
  }
  if (standing.kind === "other") {
    const message = otherText(standing.connection, organization.id);
    const hint = "delete it in the WorkOS dashboard when nobody uses it: an organization has one connection";
    found.problems.push({ key, code: "WORKOS_CONNECTION_OTHER", message, hint, path: [] });
  }
  if (kept === undefined) return;
  if (standing.kind !== "own") {
    if (kept.state === "waiting") wait(handOffSteps(app, organization.id, organization, record, undefined));
    // Asked for and never seen: nothing is there. Deleted by us or by others: nobody comes in.
    else if (kept.state !== "making") found.records.set(key, gone(kept));
    return;
  }
  const { connection } = standing;
  const callback = callbackOf(record, connection, kept);
  if (callback === undefined) wait([callbackStep(connection.id)]);
  if (!letsIn(connection) && connection.state !== "deleting") wait([activateStep(connection.id, connection.state)]);
  const live = kept.state === "live" && letsIn(connection);
  const fields: Fields = {
    ...kept.values?.fields,
    tenant: record.tenant,
    signIn: record.signIn,
    ...(callback === undefined ? {} : { redirectUri: callback }),
    ...shownFields(connection, stringIn(kept.values?.fields, "issuer")),
  };
  found.records.set(key, {
    key,
    // Deleted once, and there again: somebody lets people in who should not come in.
    state: live || (kept.state === "disabled" && letsIn(connection)) ? "active" : "pending",
    fields,
    secretId: kept.values?.secretId,
    specDigest: kept.values?.specDigest,
    previous: kept.previous === null ? {} : kept.previous?.fields,
  });
  const done = kept.asked !== undefined && kept.asked.updatedAt !== connection.updatedAt;
  if (live && kept.values !== undefined && !done) {
    const names = fixedDifferences(kept.values, { ...kept.values.fields, ...wantedFields(record) });
    if (names.length > 0) wait([changeStep(connection.id, names, record)]);
  }
}

/** What is wanted of the fields that WorkOS cannot change, as far as a record knows it before its client does. */
function wantedFields({ issuer, clientId, clientAuth, pkce, claims, target }: ConnectionRecord): Fields {
  return {
    ...{ issuer, clientAuth, pkce, claims },
    ...(clientId === "" ? {} : { clientId }),
    "workos.groups": target.groups ?? null,
    "workos.attributes": target.attributes ?? null,
  };
}

/** The connection is not there any more; its callback went with it. */
function gone({ key, values }: KeptRecord): ObservedRecord {
  const { redirectUri: _lost, ...fields } = values?.fields ?? {};
  return { key, state: "disabled", fields, secretId: values?.secretId, specDigest: values?.specDigest };
}

/** The redirect URI of a connection: what WorkOS shows or showed, or what a person copied into the tenant's file. */
export function callbackOf(
  { target }: ConnectionRecord,
  { callback }: WorkosConnection,
  kept: KeptRecord | undefined,
): string | undefined {
  return callback ?? (typeof target.callback === "string" ? target.callback : kept?.callback);
}

function observedTenant(organization: WorkosOrganization, { tenant: kept }: OwnPart): ObservedAppTenant {
  const { tenant, id, status, proofs } = kept;
  const there = organization.domains.filter(({ domain }) => kept.domains.includes(domain));
  const known = new Map(proofs.map((proof) => [proof.domain, proof]));
  const routed = there
    .filter(isRouted)
    .map(({ domain }) => known.get(domain) ?? { domain, verifiedAt: null, verification: "kept" });
  return {
    ...{ tenant, status },
    fields: { id, name: organization.name, status, domains: there.map(({ domain }) => domain).sort() },
    routed: routed.sort((a, b) => (a.domain < b.domain ? -1 : 1)),
  };
}

function undeclaredIn(
  { owner }: WorkosPlace,
  organizations: Iterable<WorkosOrganization>,
  wanted: ReadonlySet<ConnectionKey>,
): RecordObservation["undeclared"] {
  const states = { live: "active", handed: "pending", making: "pending", disabled: "disabled" } as const;
  return [...organizations]
    .filter((organization) => strangerOf(organization, owner) === undefined)
    .flatMap((organization) => {
      const { record } = readOwn(organization);
      if (record === undefined || wanted.has(record.key)) return [];
      if (record.state === "tombstone" || record.state === "waiting") return [];
      return [{ key: record.key, state: states[record.state] }];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function stringIn(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.[name];
  return typeof value === "string" ? value : undefined;
}
