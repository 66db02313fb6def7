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
  /** What becomes of the client; missing when nothing of it differs. */
  readonly change: Change | undefined;
  /** What changes of the parts; each is told with the first connection that shares it. */
  readonly parts: readonly PlannedPart[];
  /** Clients of the tenant that the plan found there, this one included. */
  readonly clients: number;
  /** Whether the client serves old and new record for a while, so that it is settled twice. */
  readonly twice: boolean;
}

/** Whether more than these fields of an object differ. */
export function changesMore(change: Change | undefined, than: readonly string[]): boolean {
  return change?.action === "update" && change.paths.some((path) => !than.includes(path));
}

/** How many names of a list go or come. */
export function differing(before: Fields, after: Fields, field: string): number {
  const [old, next] = [namesIn(before[field]), namesIn(after[field])];
  return old.filter((name) => !next.includes(name)).length + next.filter((name) => !old.includes(name)).length;
}

function namesIn(value: Fields[string] | undefined): readonly string[] {
  return typeof value === "string" ? [value] : textsOf(value);
}
