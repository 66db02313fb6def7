/** What is done when something has ended, so that the next may begin. */
export type Leave = () => void;

/** Who may begin when: so many at a time for one host, so many over all. */
export interface HostQueue {
  /** Waits for a turn. Undefined: the queue was shut, or the signal aborted, before it came. */
  enter(host: string, signal?: AbortSignal): Promise<Leave | undefined>;
  /** Whoever waits, and whoever comes from now on, gets no turn. */
  shut(): void;
}

interface Waiting {
  readonly host: string;
  readonly begin: (leave: Leave | undefined) => void;
  next?: Waiting | undefined;
}

/** Those of one host. */
interface Line {
  first?: Waiting | undefined;
  last?: Waiting | undefined;
  running: number;
  /** Whether it stands in the round. */
  inRound: boolean;
  nextInRound?: Line | undefined;
}

/**
 * A queue that takes hosts in turn: one that has many waiting, or answers slowly, holds up its own and no other host
 * while a place is free. Each step takes the same time however many wait: both the ones of a host and the hosts that could go on stand in
 * linked lists.
 */
export function createHostQueue(perHost: number, overAll: number): HostQueue {
  const lines = new Map<string, Line>();
  let running = 0;
  let isShut = false;
  let firstInRound: Line | undefined;
  let lastInRound: Line | undefined;

  function joinRound(line: Line): void {
    if (line.inRound || line.first === undefined || line.running >= perHost) return;
    line.inRound = true;
    if (lastInRound === undefined) firstInRound = line;
    else lastInRound.nextInRound = line;
    lastInRound = line;
  }

  function begin(line: Line, waiting: Waiting): void {
    running += 1;
    line.running += 1;
    let left = false;
    waiting.begin(() => {
      if (left) return;
      left = true;
      running -= 1;
      line.running -= 1;
      if (line.running === 0 && line.first === undefined) lines.delete(waiting.host);
      joinRound(line);
      goOn();
    });
  }

  function goOn(): void {
    while (running < overAll && firstInRound !== undefined) {
      const line = firstInRound;
      firstInRound = line.nextInRound;
      if (firstInRound === undefined) lastInRound = undefined;
      line.nextInRound = undefined;
      line.inRound = false;
      const waiting = line.first;
      if (waiting === undefined) continue;
      line.first = waiting.next;
      if (line.first === undefined) line.last = undefined;
      begin(line, waiting);
      joinRound(line);
    }
  }

  return {
    enter: (host, signal) =>
      new Promise((resolve) => {
        if (isShut || signal?.aborted === true) {
          resolve(undefined);
          return;
        }
        let hasGivenUp = false;
        const giveUp = (): void => {
          hasGivenUp = true;
          resolve(undefined);
        };
        signal?.addEventListener("abort", giveUp, { once: true });
        // Whoever has given up stays in the line and leaves at once when the turn comes.
        const begun = (leave: Leave | undefined): void => {
          signal?.removeEventListener("abort", giveUp);
          if (hasGivenUp) leave?.();
          else resolve(leave);
        };
        const line = lines.get(host) ?? { running: 0, inRound: false };
        lines.set(host, line);
        const waiting: Waiting = { host, begin: begun };
        if (line.last === undefined) line.first = waiting;
        else line.last.next = waiting;
        line.last = waiting;
        joinRound(line);
        goOn();
      }),
    shut() {
      isShut = true;
      firstInRound = undefined;
      lastInRound = undefined;
      for (const line of lines.values()) {
        line.inRound = false;
        for (let waiting = line.first; waiting !== undefined; waiting = waiting.next) waiting.begin(undefined);
        line.first = undefined;
        line.last = undefined;
      }
    },
  };
}
