// What has to change, from what is wanted and what is there. Pure: the same two values always give the same changes.
//
// Terms. A *field* is one comparable value under a word of the model. A field that was not read is missing from what is
// there and is skipped: nothing unread is called unchanged (coverage says what was read). A *hot* field is one whose
// change can put people out or let strangers in.
//
// Premise. Both sides are brought to the same flat fields first (fields.ts for what is wanted, the adapters for what is
// there), so that comparing is only comparing. Identity is not compared: an object is ours by its marker, and the client
// id that it has is the client id that counts, because replacing a client breaks the customer.

import type { AppTenant, ConnectionRecord, IdpPart, Registration } from "../desired/connection.ts";
import { textsOf } from "../desired/json.ts";
import { isPlaceholder, tenantOfKey } from "../desired/key.ts";
import type { Change, HotField } from "./change.ts";
import { appTenantFields, differingFields, partFields, recordFields, registrationFields } from "./fields.ts";
import { hotAppTenantFields, hotPartFields, hotRecordFields, hotRegistrationFields } from "./hot.ts";
import type {
  DiscoverySnapshot,
  Fields,
  ObservedAppTenant,
  ObservedPart,
  ObservedRecord,
  ObservedRegistration,
} from "./observed.ts";

export interface Difference {
  readonly changes: readonly Change[];
  /** True when it is there as wanted, as far as it was read. */
  readonly unchanged: boolean;
}

/** Both sides of a change, in fields. */
export interface Sides {
  readonly before: Fields;
  readonly after: Fields;
}

/** Stands for a value that only an apply can tell. */
const knownAfter = "(known after)";

const nothing: Difference = { changes: [], unchanged: false };
const same: Difference = { changes: [], unchanged: true };

/** The registration of one connection. A wanted `inactive` one that never existed is not made. */
export function diffRegistration(wanted: Registration, found: ObservedRegistration | undefined): Difference {
  const of = { address: wanted.address, tenant: tenantOfKey(wanted.key), key: wanted.key };
  if (found === undefined) {
    if (wanted.state !== "active") return nothing;
    // Some identity providers give the client id themselves, and some apps the callback.
    const knownAfter = [
      ...(wanted.clientId === "" ? ["clientId"] : []),
      ...(wanted.redirectUris.some(isPlaceholder) ? ["redirectUris"] : []),
    ];
    return oneChange({ ...of, action: "create", after: without(registrationFields(wanted), knownAfter), knownAfter });
  }
  if (wanted.state === "absent") return oneChange({ ...of, action: "delete", before: found.fields });
  const after = {
    ...registrationFields(wanted),
    clientId: found.fields.clientId ?? wanted.clientId,
    ...callbackLater(wanted, found.fields),
  };
  const paths = differingFields(found.fields, after);
  if (paths.length === 0) return same;
  return oneChange(updateOf(of, found.fields, after, paths, hotRegistrationFields(found.fields, after, paths)));
}

/** A callback that the app hands out anew is known only after; until then the client keeps the placeholder that it has. */
function callbackLater({ redirectUris }: Registration, before: Fields): Fields {
  if (!redirectUris.some(isPlaceholder)) return {};
  const waits = textsOf(before.redirectUris).some(isPlaceholder);
  return { redirectUris: waits ? (before.redirectUris ?? []) : knownAfter };
}

/** Something that registrations of one identity provider share. */
export function diffPart(wanted: IdpPart, found: ObservedPart | undefined): Difference {
  const of = { address: wanted.address, tenant: wanted.tenant };
  const after = partFields(wanted);
  if (found === undefined) {
    if (wanted.state !== "active") return nothing;
    return oneChange({ ...of, action: "create", after, knownAfter: [] });
  }
  if (wanted.state === "absent") return oneChange({ ...of, action: "delete", before: found.fields });
  const paths = differingFields(found.fields, after);
  if (paths.length === 0) return same;
  return oneChange(updateOf(of, found.fields, after, paths, hotPartFields(found.fields, after, paths)));
}

/**
 * The tenant's row at one app: made for the first active connection, then kept in step with the file.
 *
 * @param proven domains that may be routed now; of a row that is there, those that are not routed yet are a change
 */
export function diffAppTenant(
  wanted: AppTenant,
  found: ObservedAppTenant | undefined,
  proven: ReadonlySet<string> = new Set(),
): Difference {
  const of = { address: wanted.address, tenant: wanted.tenant };
  const after = appTenantFields(wanted);
  if (found === undefined) {
    if (wanted.status !== "active") return nothing;
    return oneChange({ ...of, action: "create", after, knownAfter: [] });
  }
  const routing = routingOf(wanted, found, proven);
  const before = { ...found.fields, ...routing?.before };
  const whole = { ...after, ...routing?.after };
  const paths = differingFields(before, whole);
  if (paths.length === 0) return same;
  return oneChange(updateOf(of, before, whole, paths, hotAppTenantFields(paths)));
}

/** The domains that begin to be routed, with those that are; undefined when none does. */
function routingOf(wanted: AppTenant, { routed }: ObservedAppTenant, proven: ReadonlySet<string>): Sides | undefined {
  if (routed === undefined || wanted.status !== "active") return undefined;
  const now = routed.map(({ domain }) => domain);
  const begin = wanted.domains.filter((domain) => proven.has(domain) && !now.includes(domain));
  if (begin.length === 0) return undefined;
  const stay = now.filter((domain) => wanted.domains.includes(domain));
  return { before: { routed: [...now].sort() }, after: { routed: [...stay, ...begin].sort() } };
}

/** What a record's diff needs besides the two records. */
export interface RecordContext {
  /** What the issuer's discovery document said; needed when the record is wanted active. */
  readonly discovery?: DiscoverySnapshot | undefined;
  /** Id of the secret that the identity provider would hand over now; undefined when it was not read. */
  readonly secretId?: string | undefined;
  /** Hand the secret over again although nothing differs. */
  readonly handOver?: boolean | undefined;
}

/**
 * The record of one connection. A new one is created (pending) and activated; a pending or disabled one is brought up
 * to date and activated; an active one is updated in place. A change that was begun and not finished is finished. Where
 * a tombstone stands nothing is made: the slug is never used again, and the plan is refused before it comes here.
 */
export function diffRecord(
  wanted: ConnectionRecord,
  found: ObservedRecord | undefined,
  context: RecordContext,
): Difference {
  const of = { address: wanted.address, tenant: wanted.tenant, key: wanted.key };
  if (found?.state === "tombstone") return wanted.state === "active" ? nothing : same;
  if (found === undefined) {
    if (wanted.state !== "active") return nothing;
    const after = wantedFields(wanted, context);
    const secretLater = wanted.clientAuth.startsWith("client_secret") && !("clientSecretId" in after);
    const knownAfter = [
      ...(wanted.clientId === "" ? ["clientId"] : []),
      ...(secretLater ? ["clientSecretId"] : []),
      ...(isPlaceholder(wanted.redirectUri) ? ["redirectUri"] : []),
    ];
    return {
      changes: [
        { ...of, action: "create", after: without(after, knownAfter), knownAfter },
        { ...of, action: "activate" },
      ],
      unchanged: false,
    };
  }
  if (wanted.state === "tombstone" || wanted.state === "absent") {
    return oneChange({ ...of, action: "delete", before: { ...found.fields, state: found.state } });
  }
  if (wanted.state === "disabled") {
    if (found.state === "disabled") return same;
    return oneChange(updateOf(of, { state: found.state }, { state: "disabled" }, ["state"], []));
  }
  const after = wantedFields(wanted, context);
  const before: Fields = {
    ...found.fields,
    ...(context.secretId === undefined || found.secretId === undefined ? {} : { clientSecretId: found.secretId }),
    ...(found.previous === undefined ? {} : { unfinished: true }),
    ...(context.handOver === true ? { clientSecret: "(as it is)" } : {}),
  };
  const complete: Fields = {
    ...after,
    ...(found.previous === undefined ? {} : { unfinished: false }),
    ...(context.handOver === true ? { clientSecret: "(handed over again)" } : {}),
  };
  const paths = differingFields(before, complete);
  const changes: Change[] = [];
  if (paths.length > 0) {
    const documented = wanted.endpoints === undefined;
    changes.push(updateOf(of, before, complete, paths, hotRecordFields(before, complete, paths, documented)));
  }
  if (found.state !== "active") changes.push({ ...of, action: "activate" });
  return { changes, unchanged: changes.length === 0 };
}

function wantedFields(wanted: ConnectionRecord, { discovery, secretId }: RecordContext): Fields {
  if (discovery === undefined) throw new TypeError(`no discovery document was read for ${wanted.key}`);
  const written = recordFields(wanted, discovery);
  // The identity provider gives the client id when it makes the client.
  const fields = wanted.clientId === "" ? { ...written, clientId: knownAfter } : written;
  return secretId === undefined ? fields : { ...fields, clientSecretId: secretId };
}

/**
 * The update that an engine's own plan tells of, with what only our comparison sees; nothing when there is neither.
 *
 * @param told what the engine tells, in fields
 * @param direct our comparison of the same object
 */
export function updateTold(
  of: Pick<Change, "address" | "tenant" | "key">,
  told: Sides,
  direct: Difference,
  hotOf: typeof hotRegistrationFields | typeof hotPartFields,
): Difference {
  const seen = direct.changes.find((change) => change.action === "update");
  const own = differingFields(told.before, told.after);
  const more = (seen?.paths ?? []).filter((path) => !own.includes(path));
  const paths = [...own, ...more].sort();
  if (paths.length === 0) return same;
  const before = { ...told.before, ...only(seen?.before ?? {}, more) };
  const after = { ...told.after, ...only(seen?.after ?? {}, more) };
  const hot = [...new Set([...hotOf(before, after, paths), ...(more.length > 0 ? (seen?.hot ?? []) : [])])];
  return oneChange(updateOf(of, before, after, paths, hot));
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** An update of the fields named, with just those on both sides. */
function updateOf(
  of: Pick<Change, "address" | "tenant" | "key">,
  before: Fields,
  after: Fields,
  paths: readonly string[],
  hot: readonly HotField[],
): Change {
  return {
    ...of,
    action: "update",
    before: only(before, paths),
    after: only(after, paths),
    paths,
    hot,
    knownAfter: [],
  };
}

/** A difference of just this change. */
export function oneChange(change: Change): Difference {
  return { changes: [change], unchanged: false };
}

function only(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
}
