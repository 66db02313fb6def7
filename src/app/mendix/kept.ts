import type { ConnectionKey } from "../../desired/connection.ts";
import { canonicalJson, type Json } from "../../desired/json.ts";
import { isJsonObject } from "../../vendor/json.ts";
import type { KeptValues } from "../open-options.ts";
import { noteOf, type OwnerNote } from "./owner-note.ts";

/** What a set of constants was before a change. No secret is in it. */
export interface KeptRecord {
  /** There was no record of ours. */
  readonly absent: boolean;
  readonly note: OwnerNote | null;
  /** By full name; null for a constant that nobody had set. What was not shown is missing. */
  readonly values: Readonly<Record<string, string | null>>;
  /** Whether the constant of the secret was set. */
  readonly hadSecret: boolean;
}

/** Where old values are kept: in the store, or, in a run without one, in memory. */
export type KeptStore = KeptValues;

export function keptIn(kept: KeptValues | undefined): KeptStore {
  if (kept !== undefined) return kept;
  const memory = new Map<ConnectionKey, Json>();
  return {
    keep: async (key, values) => {
      memory.set(key, values);
    },
    read: async (key) => memory.get(key),
    forget: async (key) => {
      memory.delete(key);
    },
  };
}

/** What is kept of a record; undefined when nothing is. */
export async function readKept(kept: KeptStore, key: ConnectionKey): Promise<KeptRecord | undefined> {
  const found = await kept.read(key);
  if (!isJsonObject(found) || !isJsonObject(found.values)) return undefined;
  return {
    absent: found.absent === true,
    note: noteOf(found.note) ?? null,
    values: found.values as KeptRecord["values"],
    hadSecret: found.hadSecret === true,
  };
}

/** Keeps a record's old values, unless older ones are kept already: those were proven last. Gives whether it did. */
export async function keepFirst(kept: KeptStore, key: ConnectionKey, record: KeptRecord): Promise<boolean> {
  if ((await kept.read(key)) !== undefined) return false;
  await kept.keep(key, JSON.parse(canonicalJson(record)) as Json);
  return true;
}
