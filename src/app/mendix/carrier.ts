import type { OwnerNote } from "./owner-note.ts";

/** Constants by their full names; a value that the carrier does not show is missing. */
export type Constants = ReadonlyMap<string, string>;

/** What a carrier holds now. */
export interface Carried {
  readonly constants: Constants;
  /** Who owns which constants; undefined where the carrier has no room for it. */
  readonly notes: readonly OwnerNote[] | undefined;
  /** Whether the app has a constant of that name; always true where the carrier cannot tell. */
  knows(name: string): boolean;
  /** Whether a constant's value may be there without being shown. */
  hides(name: string): boolean;
  /** What the app would read instead of a constant that is written there, in words; undefined mostly. */
  shadowed(name: string): string | undefined;
}

/** One change of the constants of one connection. Everything that is not named stays. */
export interface CarrierChange {
  readonly owner: Pick<OwnerNote, "workspace" | "environment" | "key">;
  /** In the order in which they are written. */
  readonly set: Constants;
  /** Constants that are no longer ours; where they cannot be removed they are blanked. */
  readonly remove: readonly string[];
  /** Constants of the whole app. */
  readonly shared: Constants;
  /** Undefined: the note goes. */
  readonly note: OwnerNote | undefined;
}

/** What brings constants to an app. Reads and writes are whole: a change is there altogether or not at all. */
export interface Carrier {
  read(): Promise<Carried>;
  /** Reads anew, changes what is named and nothing else, writes. Writes nothing when it comes to the same. */
  change(change: CarrierChange): Promise<void>;
  close(): Promise<void>;
}
