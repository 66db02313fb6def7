import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { ObservedRecord } from "../../plan/observed.ts";
import type { MendixApp } from "../../workspace/apps/mendix.ts";
import { mendixEncryptionKey } from "../../workspace/apps/mendix-constants.ts";
import type { RecordObservation, RecordProblem } from "../app.ts";
import type { Carried, Carrier } from "./carrier.ts";
import { type KeptRecord, type KeptStore, readKept } from "./kept.ts";
import { type Owner, ownershipOf } from "./owner.ts";
import type { OwnerNote } from "./owner-note.ts";
import { fieldsOf, namesOf, sharedValues, valuesOf } from "./record-constants.ts";

export interface ObserveContext {
  readonly app: MendixApp;
  readonly owner: Owner;
  readonly carrier: Carrier;
  readonly kept: KeptStore;
}

/** Faults of the place that the file names: they stop its connections and no others. */
const placeFaults: ReadonlySet<string> = new Set([
  "MENDIX_MANIFEST_UNFIT",
  "MENDIX_FILE_UNREADABLE",
  "MENDIX_ENVIRONMENT_MISSING",
]);

/** What is there of the wanted records, and what else is ours. */
export async function observeRecords(
  { app, owner, carrier, kept }: ObserveContext,
  wanted: readonly ConnectionRecord[],
  others: boolean,
): Promise<RecordObservation> {
  const coverage = [{ what: `app/${app.name} records`, read: wanted.length, total: wanted.length }];
  let carried: Carried;
  try {
    carried = await carrier.read();
  } catch (error) {
    if (!(error instanceof TenantryError) || !placeFaults.has(error.code)) throw error;
    const { code, message, hint } = error;
    const problems = wanted.map(({ key }) => ({ key, code, message, hint, path: [] }));
    return { tenants: new Map(), records: new Map(), undeclared: [], foreign: [], coverage, problems };
  }
  const records = new Map<ConnectionKey, ObservedRecord>();
  const foreign: { key: ConnectionKey; message: string }[] = [];
  const problems: RecordProblem[] = [];
  for (const record of wanted) {
    const { key } = record;
    const ownership = ownershipOf(carried, owner, app, record);
    if (ownership.whose === "foreign") {
      foreign.push({ key, message: ownership.message });
      continue;
    }
    if (record.state === "active") problems.push(...problemsOf(carried, app, record));
    if (ownership.whose === "ours") {
      records.set(key, observed(carried, app, record, ownership.note, await readKept(kept, key)));
    }
  }
  const keys = new Set(wanted.map(({ key }) => key));
  const undeclared = others ? undeclaredIn(carried, owner, keys) : [];
  return { tenants: new Map(), records, undeclared, foreign, coverage, problems };
}

function undeclaredIn(carried: Carried, owner: Owner, keys: ReadonlySet<string>): RecordObservation["undeclared"] {
  return (carried.notes ?? [])
    .filter(({ workspace, environment }) => workspace === owner.workspace && environment === owner.environment)
    .filter(({ key }) => !keys.has(key))
    .map(({ key, state }) => ({ key, state }));
}

function observed(
  carried: Carried,
  app: MendixApp,
  record: ConnectionRecord,
  note: OwnerNote | undefined,
  old: KeptRecord | undefined,
): ObservedRecord {
  const find = (name: string) => ({ value: carried.constants.get(name), hidden: carried.hides(name) });
  return {
    key: record.key,
    state: stateOf(carried, app, record, note),
    fields: fieldsOf(app, record, find, note),
    secretId: note?.secretId,
    specDigest: note?.specDigest,
    previous: old === undefined ? undefined : previousOf(app, record, old),
  };
}

/** The old values; none when there was no record. */
function previousOf(app: MendixApp, record: ConnectionRecord, old: KeptRecord): ObservedRecord["fields"] {
  if (old.absent) return {};
  const find = (name: string) => ({ value: old.values[name] ?? undefined, hidden: old.values[name] === undefined });
  return fieldsOf(app, record, find, old.note ?? undefined);
}

/** Off is what the values say: a set that somebody has filled in again by hand is open, whatever the note says. */
function stateOf(
  carried: Carried,
  app: MendixApp,
  record: ConnectionRecord,
  note: OwnerNote | undefined,
): ObservedRecord["state"] {
  const { AutomaticConfigurationURL: address = "" } = namesOf(app, record);
  const open = carried.hides(address) || (carried.constants.get(address) ?? "") !== "";
  if (open) return "active";
  if (note === undefined) return "disabled";
  return note.state;
}

function problemsOf(carried: Carried, app: MendixApp, record: ConnectionRecord): readonly RecordProblem[] {
  const { key } = record;
  const names = namesOf(app, record);
  const path = record.target.constants === undefined ? [] : ["mendix", "constants"];
  // What discovery tells is of no matter to the names.
  const discovery = { issuer: "", authorizationEndpoint: "", tokenEndpoint: "", jwksUri: "" };
  const set = [...valuesOf(app, { record, discovery }).keys()].flatMap((name) => names[name] ?? []);
  const secret = record.clientAuth.startsWith("client_secret") ? [names.ClientSecret ?? ""] : [];
  const own = app.encryptionKey === undefined ? [] : [mendixEncryptionKey(app.module)];
  const all = [...set, ...secret, ...sharedValues(record).keys(), ...own];
  const missing = all.filter((name) => name !== "" && !carried.knows(name));
  const found: RecordProblem[] = [];
  if (missing.length > 0) {
    const message = `the deployed app has no constant ${missing.join(", ")}`;
    const hint = "check `module` and `onboardingModule` of the app and `constants` of the connection";
    found.push({ key, code: "MENDIX_CONSTANT_MISSING", message, hint, path });
  }
  for (const name of all) {
    const why = carried.shadowed(name);
    if (why === undefined) continue;
    const hint = "remove the variable, or write `form: MX` for the carrier";
    found.push({ key, code: "MENDIX_SHADOWED", message: why, hint, path: [] });
    break;
  }
  return found;
}
