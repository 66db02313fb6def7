import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import { Secret } from "../../secret/secret.ts";
import type { MendixApp } from "../../workspace/apps/mendix.ts";
import type { MendixIdpConstant } from "../../workspace/apps/mendix-constants.ts";
import { mendixEncryptionKey, mendixIdpConstants } from "../../workspace/apps/mendix-constants.ts";
import type { RecordWrite } from "../app.ts";
import type { Carried, Carrier } from "./carrier.ts";
import { type KeptStore, keepFirst, readKept } from "./kept.ts";
import { type Owner, ownershipOf, ownNote } from "./owner.ts";
import type { OwnerNote } from "./owner-note.ts";
import { doorConstants, isApiOnly, namesOf, sharedValues, valuesOf } from "./record-constants.ts";

/** What changes of records work with. */
export interface ChangeContext {
  readonly app: MendixApp;
  readonly owner: Owner;
  readonly carrier: Carrier;
  readonly kept: KeptStore;
  /** Whether the carrier holds secrets itself; else they are in the app's sink. */
  readonly holdsSecrets: boolean;
  /** The module's encryption key, where one is set. */
  readonly encryptionKey: () => Secret | undefined;
  /** Secrets that were there before a change, in memory alone. */
  readonly oldSecrets: Map<ConnectionKey, Secret>;
  /** Records that were asked for: where there is no room for a note they say which constants are whose. */
  readonly seen: Map<ConnectionKey, ConnectionRecord>;
}

/** Writes the values of a record; what was there is kept until the change is settled. */
export async function writeRecord(context: ChangeContext, write: RecordWrite): Promise<void> {
  const { app, owner, carrier, kept, holdsSecrets } = context;
  const { record } = write;
  const { key } = record;
  const carried = await carrier.read();
  const ownership = ownershipOf(carried, owner, app, record);
  if (ownership.whose === "foreign") throw foreign(ownership.message);
  const before = ownership.whose === "ours" ? ownership.note : undefined;
  if (before?.state === "tombstone") throw foreign(`The record ${key} was removed, and its key is never used again.`);

  const names = namesOf(app, record);
  const set = new Map([...valuesOf(app, write)].map(([name, value]) => [names[name] ?? "", value]));
  const shared = new Map(sharedValues(record));
  const secretName = isApiOnly(record) ? undefined : names.ClientSecret;
  if (holdsSecrets) {
    if (secretName !== undefined) set.set(secretName, write.secret?.value.reveal() ?? "");
    const encryption = encryptionKeyOf(context);
    if (encryption !== undefined) shared.set(mendixEncryptionKey(app.module), encryption);
  }
  const note = noteFor(write, owner, [...set.keys(), ...shared.keys()], names);
  const were = Object.values(before?.constants ?? {}).filter((name) => !set.has(name) && !shared.has(name));
  // A set that is given up is shut: nobody's default of the model may open it.
  const doors = new Set(doorConstants.map((door) => before?.constants[door]));
  for (const name of were.filter((each) => doors.has(each))) set.set(name, "");
  const remove = were.filter((each) => !doors.has(each));

  const secrets = secretNames(app, names, before);
  const first = await keepFirst(kept, key, {
    absent: ownership.whose !== "ours",
    note: before ?? null,
    values: shownValues(carried, [...set.keys(), ...shared.keys(), ...remove], secrets),
    hadSecret: secretName !== undefined && isThere(carried, secretName),
  });
  const old = secretName === undefined ? undefined : carried.constants.get(secretName);
  if (holdsSecrets && old !== undefined && first) context.oldSecrets.set(key, new Secret(old));
  await carrier.change({ owner: { ...owner, key }, set, shared, remove, note });
}

function foreign(message: string): TenantryError {
  return new TenantryError("MENDIX_FOREIGN", message);
}

/** @throws TenantryError MENDIX_ENCRYPTION_KEY */
function encryptionKeyOf({ app, encryptionKey }: ChangeContext): string | undefined {
  const value = encryptionKey()?.reveal();
  if (value === undefined || [...value].length === 32) return value;
  const message = `The encryption key of the app ${app.name} has ${[...value].length} characters, not 32.`;
  throw new TenantryError("MENDIX_ENCRYPTION_KEY", message);
}

function noteFor(
  { record, specDigest, secret }: RecordWrite,
  owner: Owner,
  written: readonly string[],
  names: ReturnType<typeof namesOf>,
): OwnerNote {
  const shortOf = new Map(Object.entries(names).map(([short, full]) => [full, short]));
  return {
    ...owner,
    key: record.key,
    state: "active",
    tenant: record.tenant,
    signIn: record.signIn,
    specDigest,
    secretId: secret?.id ?? null,
    endSession: record.endSession,
    constants: Object.fromEntries(written.map((name) => [shortOf.get(name) ?? name, name])),
  };
}

/** Constants whose values are secrets: they are never kept. */
function secretNames(
  app: MendixApp,
  names: ReturnType<typeof namesOf>,
  note: OwnerNote | undefined,
): ReadonlySet<string | undefined> {
  return new Set([names.ClientSecret, note?.constants.ClientSecret, mendixEncryptionKey(app.module)]);
}

function shownValues(
  carried: Carried,
  names: readonly string[],
  secrets: ReadonlySet<string | undefined>,
): Readonly<Record<string, string | null>> {
  const shown = names.filter((name) => !secrets.has(name) && !carried.hides(name));
  return Object.fromEntries(shown.map((name) => [name, carried.constants.get(name) ?? null]));
}

function isThere(carried: Carried, name: string): boolean {
  return carried.hides(name) || (carried.constants.get(name) ?? "") !== "";
}

/** Forgets the old values. */
export async function settleRecord({ kept, oldSecrets }: ChangeContext, key: ConnectionKey): Promise<void> {
  await kept.forget(key);
  oldSecrets.delete(key);
}

/**
 * Puts the old values back. The old secret comes back too as long as this adapter lives; after that the newer one stays,
 * which the identity provider takes as well while a change is under way.
 */
export async function restoreRecord(context: ChangeContext, key: ConnectionKey): Promise<void> {
  const { carrier, owner, kept, holdsSecrets, oldSecrets } = context;
  const old = await readKept(kept, key);
  if (old === undefined) return;
  const carried = await carrier.read();
  const here = setOf(context, carried, key);
  const now = here?.note;
  if (here !== undefined && (carried.notes === undefined || now !== undefined)) {
    const values = Object.entries(old.values);
    const set = new Map(values.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]])));
    const remove = values.flatMap(([name, value]) => (value === null ? [name] : []));
    const secret = here.constants.ClientSecret;
    const oldSecret = oldSecrets.get(key)?.reveal();
    // What is in a sink is put back there.
    let secretId = (holdsSecrets ? now?.secretId : old.note?.secretId) ?? null;
    if (holdsSecrets && secret !== undefined) {
      if (oldSecret !== undefined) set.set(secret, oldSecret);
      else if (!old.hadSecret) remove.push(secret);
      if (oldSecret !== undefined || !old.hadSecret) secretId = old.note?.secretId ?? null;
    }
    const shared = new Map([...set].filter(([name]) => isShared(here.constants, name)));
    for (const name of shared.keys()) set.delete(name);
    const note = old.note === null ? undefined : { ...old.note, secretId };
    await carrier.change({ owner: { ...owner, key }, set, shared, remove, note });
  }
  await settleRecord(context, key);
}

function isShared(constants: Readonly<Record<string, string>>, name: string): boolean {
  return constants[name] === name;
}

/**
 * Nobody comes in any more once the app has started anew: what the module cannot do without is blank, explicitly, so that
 * no default of the model takes its place. Old values are forgotten with it. No record is done.
 */
export async function disableRecord(context: ChangeContext, key: ConnectionKey): Promise<void> {
  await shut(context, key, "disabled");
}

/** As `disableRecord`, and takes the set's other constants out; a note stays as a tombstone where there is room. */
export async function removeRecord(context: ChangeContext, key: ConnectionKey): Promise<void> {
  await shut(context, key, "tombstone");
}

async function shut(context: ChangeContext, key: ConnectionKey, state: "disabled" | "tombstone"): Promise<void> {
  const { carrier, owner, holdsSecrets } = context;
  const carried = await carrier.read();
  const found = setOf(context, carried, key);
  if (found !== undefined && found.note?.state !== "tombstone") {
    const { constants, note } = found;
    const doors = [...doorConstants, ...(state === "tombstone" ? (["ClientAlias"] as const) : [])].filter(
      (door) => holdsSecrets || door !== "ClientSecret",
    );
    const blank = doors.flatMap((door) => constants[door] ?? []);
    const kept = new Set([...blank, ...Object.values(constants).filter((name) => isShared(constants, name))]);
    const remove =
      state === "disabled" || note === undefined ? [] : Object.values(constants).filter((name) => !kept.has(name));
    const left = Object.fromEntries(Object.entries(constants).filter(([, name]) => !remove.includes(name)));
    await carrier.change({
      owner: { ...owner, key },
      set: new Map([
        // In the file ours are one block: what stays of it is written with it.
        ...Object.values(left)
          .filter((name) => !isShared(constants, name) && carried.notes !== undefined)
          .map((name): [string, string] => [name, carried.constants.get(name) ?? ""]),
        ...blank.map((name): [string, string] => [name, ""]),
      ]),
      shared: new Map(),
      remove,
      note: note === undefined ? undefined : shutNote(note, carried, state, left),
    });
  }
  await settleRecord(context, key);
}

/** What the blank constants held stays to be seen, so that a change is told when the set is filled in again. */
function shutNote(
  { closed: before, ...note }: OwnerNote,
  carried: Carried,
  state: OwnerNote["state"],
  constants: OwnerNote["constants"],
): OwnerNote {
  const held = (["ClientID", "AutomaticConfigurationURL"] as const).flatMap((door): [string, string][] => {
    const value = carried.constants.get(constants[door] ?? "") || before?.[door];
    return value === undefined ? [] : [[door, value]];
  });
  const closed = state === "disabled" ? { closed: Object.fromEntries(held) } : {};
  return { ...note, state, constants, secretId: null, ...closed };
}

/** The constants of a connection by the module's names, with the note of them; undefined when it has none. */
export function setOf(
  { app, owner, seen }: Pick<ChangeContext, "app" | "owner" | "seen">,
  carried: Carried,
  key: ConnectionKey,
): { readonly constants: Readonly<Record<string, string>>; readonly note: OwnerNote | undefined } | undefined {
  if (carried.notes !== undefined) {
    const note = ownNote(carried, owner, key);
    return note === undefined ? undefined : { constants: note.constants, note };
  }
  const record = seen.get(key);
  const names = namesOf(app, record ?? { target: {} });
  const alias = record === undefined ? tenantOfKey(key) : record.target.ClientAlias;
  if (carried.constants.get(names.ClientAlias ?? "") !== alias) return undefined;
  const idp = Object.keys(mendixIdpConstants) as MendixIdpConstant[];
  const there = idp.flatMap((name): [string, string][] => {
    const full = names[name];
    return full !== undefined && carried.knows(full) ? [[name, full]] : [];
  });
  return { constants: Object.fromEntries(there), note: undefined };
}
