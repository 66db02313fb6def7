import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import type { MendixApp } from "../../workspace/apps/mendix.ts";
import type { MendixIdpConstant } from "../../workspace/apps/mendix-constants.ts";
import type { Carried } from "./carrier.ts";
import type { OwnerNote } from "./owner-note.ts";
import { type ConstantNames, namesOf } from "./record-constants.ts";

// Constants have no room for a marker. A set of them is a declared namespace: it is ours when the note beside it says so,
// or, where there is no room for a note, when its alias is the connection's.

/** Workspace and environment that we work for. */
export interface Owner {
  readonly workspace: string;
  readonly environment: string;
}

/** Whose a set of constants is. */
export type Ownership =
  | { readonly whose: "ours"; readonly note: OwnerNote | undefined }
  | { readonly whose: "nobody's" }
  | { readonly whose: "foreign"; readonly message: string };

/** The note of a connection that is ours. */
export function ownNote(carried: Carried, owner: Owner, key: ConnectionKey): OwnerNote | undefined {
  return carried.notes?.find(
    (note) => note.key === key && note.workspace === owner.workspace && note.environment === owner.environment,
  );
}

/** Constants that only an identity provider in use has. */
const telling = [
  "ClientAlias",
  "ClientID",
  "AutomaticConfigurationURL",
] as const satisfies readonly MendixIdpConstant[];

/** Whose the constants of a wanted record are now. */
export function ownershipOf(carried: Carried, owner: Owner, app: MendixApp, record: ConnectionRecord): Ownership {
  const names = namesOf(app, record);
  return carried.notes === undefined
    ? byAlias(carried, names, record)
    : byNotes(carried, carried.notes, owner, names, record.key);
}

function byNotes(
  carried: Carried,
  notes: readonly OwnerNote[],
  owner: Owner,
  names: ConstantNames,
  key: ConnectionKey,
): Ownership {
  const own = ownNote(carried, owner, key);
  const mine = new Set(Object.values(names));
  const others = notes.filter((note) => note !== own && note.state !== "tombstone");
  const other = others.find((note) => note.key === key || Object.values(note.constants).some((name) => mine.has(name)));
  if (other !== undefined) {
    const message = `The constants of ${key} belong to ${other.key} of workspace ${other.workspace}, environment ${other.environment}.`;
    return { whose: "foreign", message };
  }
  const written = new Set(Object.values(own?.constants ?? {}));
  const set = telling.map((name) => names[name]).find((name) => isSet(carried, name) && !written.has(name ?? ""));
  if (set !== undefined) return { whose: "foreign", message: `The constant ${set} was set by somebody else.` };
  return own === undefined ? { whose: "nobody's" } : { whose: "ours", note: own };
}

function byAlias(carried: Carried, names: ConstantNames, record: ConnectionRecord): Ownership {
  const { ClientAlias: alias = "" } = names;
  if (carried.hides(alias)) {
    return { whose: "foreign", message: `The constant ${alias} is private, so nobody can tell whose it is.` };
  }
  const there = carried.constants.get(alias) ?? "";
  if (there === record.target.ClientAlias) return { whose: "ours", note: undefined };
  if (there !== "") return { whose: "foreign", message: `The constant ${alias} is of the alias ${there}.` };
  const set = telling.map((name) => names[name]).find((name) => isSet(carried, name));
  return set === undefined
    ? { whose: "nobody's" }
    : { whose: "foreign", message: `The constant ${set} was set by somebody else.` };
}

function isSet(carried: Carried, name: string | undefined): boolean {
  return name !== undefined && (carried.hides(name) || (carried.constants.get(name) ?? "") !== "");
}
