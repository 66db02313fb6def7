// Who goes when (design, section 3: Rates and waves). Connections of one lane (an identity provider and an app) go one
// at a time until one of them has been activated; then the rest go side by side. A failed activation stops what has not
// begun in its lane: what failed for one would likely fail for all. Connections that share something go one after
// another, in any lane.

import type { Connection } from "../desired/connection.ts";

/** One connection of an apply, with what it has to wait for. */
export interface Turn {
  readonly connection: Connection;
  /** Where one failure makes the next likely. Undefined for a connection that is switched off: nothing holds it back. */
  readonly lane: string | undefined;
  /** Places of earlier turns that share something with this one. */
  readonly after: readonly number[];
}

/**
 * Turns in the order given.
 *
 * @param sharedBy names of what a connection must not touch at the same time as another one that names it too
 */
export function turnsOf(
  connections: readonly Connection[],
  laneOf: (connection: Connection) => string | undefined,
  sharedBy: (connection: Connection) => readonly string[],
): readonly Turn[] {
  const lastUser = new Map<string, number>();
  return connections.map((connection, place) => {
    const names = sharedBy(connection);
    const after = new Set(names.flatMap((name) => lastUser.get(name) ?? []));
    for (const name of names) lastUser.set(name, place);
    return { connection, lane: laneOf(connection), after: [...after] };
  });
}

/** How turns are carried out. */
export interface WaveOptions<Outcome> {
  /** At most so many at once. */
  readonly parallelism: number;
  /** Says why nothing more may be begun; undefined while all is well. */
  readonly halted: () => string | undefined;
  readonly carryOut: (turn: Turn) => Promise<Outcome>;
  readonly notAttempted: (turn: Turn, because: string) => Outcome;
  /** What an outcome means for those that wait in the same lane. */
  readonly meaning: (outcome: Outcome) => "opens" | "stops" | "nothing";
}

/**
 * Carries turns out, each once at most. What `carryOut` throws is thrown when all that was under way has ended.
 *
 * @returns the outcomes in the order of the turns
 */
export async function inWaves<Outcome>(
  turns: readonly Turn[],
  options: WaveOptions<Outcome>,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<number, Outcome>();
  const underWay = new Map<number, Promise<void>>();
  const open = new Set<string>();
  const stoppedBy = new Map<string, string>();
  const broken: { error: unknown }[] = [];
  let waiting = turns.map((_, place) => place);

  const begin = (place: number, turn: Turn): void => {
    const ended = options.carryOut(turn).then(
      (outcome) => {
        outcomes.set(place, outcome);
        if (turn.lane === undefined) return;
        const meaning = options.meaning(outcome);
        if (meaning === "opens") open.add(turn.lane);
        if (meaning === "stops" && !stoppedBy.has(turn.lane)) stoppedBy.set(turn.lane, turn.connection.key);
      },
      (error: unknown) => void broken.push({ error }),
    );
    underWay.set(
      place,
      ended.then(() => void underWay.delete(place)),
    );
  };

  /** Why this turn is never begun. */
  const refusal = ({ lane }: Turn): string | undefined => {
    const halted = broken.length > 0 ? "the run broke off" : options.halted();
    const failed = lane === undefined ? undefined : stoppedBy.get(lane);
    return halted ?? (failed && `${failed} failed first at the same identity provider and app`);
  };

  for (;;) {
    // Of each lane that is not open yet, who has the next turn or has it now.
    const first = new Map<string, number>();
    for (const place of underWay.keys()) {
      const lane = turns[place]?.lane;
      if (lane !== undefined) first.set(lane, place);
    }
    const left: number[] = [];
    for (const place of waiting) {
      const turn = turns[place] as Turn;
      const because = refusal(turn);
      // A refused turn ends after those before it too: who comes after it waits for them through it.
      const ready = turn.after.every((earlier) => outcomes.has(earlier));
      if (because !== undefined && ready) {
        outcomes.set(place, options.notAttempted(turn, because));
        continue;
      }
      const { lane } = turn;
      const hasTurn = lane === undefined || open.has(lane) || !first.has(lane);
      if (lane !== undefined && !first.has(lane)) first.set(lane, place);
      if (ready && hasTurn && underWay.size < options.parallelism) begin(place, turn);
      else left.push(place);
    }
    waiting = left;
    if (underWay.size === 0) break;
    await Promise.race(underWay.values());
  }
  const [bug] = broken;
  if (bug !== undefined) throw bug.error;
  return turns.map((_, place) => outcomes.get(place) as Outcome);
}
