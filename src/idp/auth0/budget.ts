import type { CallBudget } from "../../plan/observed.ts";
import { type CallsOfOne, callsOf, type PlannedCounts } from "../call-counts.ts";

/** Calls of one registration with one connection, its observations and the hand-over of its secret included. */
const callsOfOne = {
  // look at the organization and the client (three times: again under the locks, and to carry it out), create, name it
  creates: {
    "read clients": 5,
    "write clients": 1,
    "read connections": 1,
    "write connections": 1,
    "read organizations": 5,
    "read organization connections": 3,
    "write organizations": 1,
  },
  updates: {
    "read clients": 8,
    "write clients": 1,
    "read organizations": 3,
    "read organization connections": 3,
  },
  deletes: {
    "read clients": 7,
    "write clients": 1,
    "read organizations": 4,
    "read organization connections": 2,
    "write organizations": 1,
  },
  // a create with its connections, or a change of one connection
  parts: {
    "read organizations": 2,
    "read organization connections": 1,
    "write organizations": 1,
    "write organization connections": 1,
  },
} as const satisfies CallsOfOne;

/**
 * Calls that an apply will make, by bucket. Auth0 says how many calls may go at once, but not how fast its buckets fill
 * up, which depends on the subscription; so how many go in a minute is not known. Until the whole list of clients was
 * read once, a create reads it: one call per 100 clients, of which one is counted, as nobody knows how many there are.
 */
export function callBudget(
  host: string,
  counts: PlannedCounts,
  { listed }: { readonly listed: boolean },
): readonly CallBudget[] {
  return callsOf(host, callsOfOne, counts, !listed && counts.creates > 0 ? { "read clients": 1 } : {});
}
