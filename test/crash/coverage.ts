import type { RunResult } from "./run.ts";
import { type Fault, kindOfRequest, type Shape } from "./sequence.ts";

/** What a series of runs has struck. A kind of effect or of write counts once in each scenario. */
export class Coverage {
  readonly #faults = new Map<string, number>();
  readonly #scenarios = new Map<string, number>();
  readonly #effects = new Set<string>();
  readonly #writes = new Set<string>();
  readonly #killedAt = new Set<string>();
  readonly #struck = new Set<string>();
  readonly #kills = { request: 0, write: 0 };
  #looks = 0;
  #missed = 0;

  /** What there is to strike in a scenario. */
  learned(scenario: string, { requests, writes }: Shape): void {
    for (const request of requests) {
      if (!request.startsWith("GET ")) this.#effects.add(`${scenario}: ${kindOfRequest(request)}`);
    }
    for (const write of writes) this.#writes.add(`${scenario}: ${write}`);
  }

  ran(scenario: string, fault: Fault, { struck, looks }: RunResult): void {
    add(this.#scenarios, scenario);
    add(this.#faults, nameOf(fault));
    this.#looks += looks;
    if (struck.length === 0) this.#missed += 1;
    for (const place of struck) {
      const what = `${scenario}: ${fault.kind.includes("write") ? place : kindOfRequest(place)}`;
      this.#struck.add(what);
      if (!("points" in fault)) continue;
      this.#killedAt.add(what);
      this.#kills[fault.kind === "kill at write" ? "write" : "request"] += 1;
    }
  }

  summary(): string {
    const of = (all: ReadonlySet<string>, some: ReadonlySet<string>) =>
      `${[...all].filter((each) => some.has(each)).length} of ${all.size}`;
    const { request, write } = this.#kills;
    return [
      `scenarios: ${listed(this.#scenarios)}`,
      `faults: ${listed(this.#faults)}; ${this.#missed} applies ended before theirs`,
      `kills: ${request + write}; ${request} at requests, ${write} at writes`,
      `of the kinds of remote effect in each scenario killed at: ${of(this.#effects, this.#killedAt)}, ` +
        `struck in any way: ${of(this.#effects, this.#struck)}`,
      `of the kinds of database write in each scenario killed at: ${of(this.#writes, this.#killedAt)}`,
      `the watcher looked ${this.#looks} times`,
    ].join("\n");
  }
}

function nameOf(fault: Fault): string {
  switch (fault.kind) {
    case "kill at request":
    case "kill at write": {
      const place = fault.kind.slice("kill at ".length);
      const times = fault.points.length > 1 ? `, ${fault.points.length} in a row` : "";
      return `-9 ${fault.when} a ${place}${times}`;
    }
    case "write fails":
      return "failing writes";
    case "reply lost":
      return `connection cut ${fault.when} a request`;
    case "error":
      return fault.status === 429 ? "429 storm" : `${fault.status} ${fault.when} a request`;
    case "truncated":
      return "answer cut short";
    case "stale":
      return "stale reads";
    default:
      return fault satisfies never;
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function listed(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted.map(([name, count]) => `${name} ${count}`).join(", ");
}
