import type { IdpPart, Registration } from "../desired/connection.ts";
import { textsOf } from "../desired/json.ts";
import type { Change } from "../plan/change.ts";
import type { Fields, ObservedPart, ObservedRegistration } from "../plan/observed.ts";

/** Something that registrations share, and what an apply changes of it. */
export interface PlannedPart {
  readonly part: IdpPart;
  readonly found: ObservedPart | undefined;
  readonly change: Change;
}

/** One time that a client is brought to what is wanted. */
export interface Settle {
  /** What differs then; missing when nothing does. */
  readonly change: Change | undefined;
  /** Whether it is settled although nothing that is compared differs: keys that were kept go. */
  readonly anyway: boolean;
}

/**
 * What an apply will do for one connection at its identity provider, as far as its calls depend on it. `on`: the client
 * is registered and proven. `off`: it is switched off. `delete`: it is switched off, then deleted. `retire`: a client
 * that the connection left behind here is deleted.
 */
export interface PlannedWork {
  readonly course: "on" | "off" | "delete" | "retire";
  readonly wanted: Registration;
  /** The client as the plan found it. */
  readonly found: ObservedRegistration | undefined;
  /** How the client is settled: once, or twice when it serves the old record and the new one for a while. */
  readonly settles: readonly Settle[];
  /** What changes of the parts; each is told with the first connection that shares it. */
  readonly parts: readonly PlannedPart[];
  /** Clients of the tenant that the plan found there, this one included. */
  readonly clients: number;
}

/** Whether more than these fields of the client differ. */
export function changesMore({ change, anyway }: Settle, than: readonly string[]): boolean {
  return anyway || (change?.action === "update" && change.paths.some((path) => !than.includes(path)));
}

/** Whether these two settle it in place. */
export function updates({ change, anyway }: Settle): boolean {
  return anyway || change?.action === "update";
}

/** How many names of a list go or come. */
export function differing(before: Fields, after: Fields, field: string): number {
  const [old, next] = [namesIn(before[field]), namesIn(after[field])];
  return old.filter((name) => !next.includes(name)).length + next.filter((name) => !old.includes(name)).length;
}

function namesIn(value: Fields[string] | undefined): readonly string[] {
  return typeof value === "string" ? [value] : textsOf(value);
}
