import { random, shuffled } from "./random.ts";

/** Where a fault can strike in an apply of one scenario, as a run without a fault shows it. */
export interface Shape {
  /** Every request, in order: method and path. */
  readonly requests: readonly string[];
  /** Every write to a database, in order: database and first words of the statement. */
  readonly writes: readonly string[];
  /** What the guards ask for, as arguments. */
  readonly acks: readonly string[];
}

/** What goes wrong in one run. Points count from 1. */
export type Fault =
  | { readonly kind: "kill at request"; readonly when: "before" | "after"; readonly points: readonly number[] }
  | { readonly kind: "kill at write"; readonly when: "before" | "after"; readonly points: readonly number[] }
  | { readonly kind: "write fails"; readonly point: number; readonly lasts: boolean }
  | { readonly kind: "reply lost"; readonly when: "before" | "after"; readonly point: number }
  | {
      readonly kind: "error";
      readonly when: "before" | "after";
      readonly point: number;
      readonly status: number;
      readonly times: number;
    }
  | { readonly kind: "truncated"; readonly point: number }
  | { readonly kind: "stale"; readonly point: number; readonly milliseconds: number };

/** Kinds of faults in a round of runs, and what they strike at: so many effects or writes, one after the other. */
const round = [
  { kind: "request before", at: "kills", count: 1 },
  { kind: "write before", at: "writes", count: 1 },
  { kind: "reset after", at: "replies", count: 1 },
  { kind: "write after", at: "writes", count: 1 },
  { kind: "request after", at: "kills", count: 1 },
  { kind: "stale", at: "reads", count: 1 },
  { kind: "write before", at: "writes", count: 1 },
  { kind: "error after", at: "replies", count: 1 },
  { kind: "twice", at: "writes", count: 2 },
  { kind: "truncated", at: "replies", count: 1 },
  { kind: "write after", at: "writes", count: 1 },
  { kind: "request after", at: "kills", count: 1 },
  { kind: "reset before", at: "replies", count: 1 },
  { kind: "error before", at: "replies", count: 1 },
  { kind: "fail", at: "writes", count: 1 },
  { kind: "thrice", at: "kills", count: 3 },
  { kind: "storm", at: "replies", count: 1 },
] as const;

/** Which scenario the run has: each of them once in every round of as many runs. */
export function scenarioOf(seed: number, run: number, count: number): number {
  const turn = Math.floor((run - 1) / count);
  const order = shuffled(
    Array.from({ length: count }, (_, index) => index),
    random(seed, turn, 1),
  );
  return order[(run - 1) % count] ?? 0;
}

/**
 * The fault of a run: the same for the same seed, run and shape. Kinds follow one another, each scenario beginning at
 * another one. What is struck goes round all kinds of effects, or of writes, that the scenario has.
 */
export function faultOf(seed: number, run: number, scenario: number, scenarios: number, shape: Shape): Fault {
  const turn = Math.floor((run - 1) / scenarios);
  const slotAt = (any: number) => round[(any + scenario * 5 + seed) % round.length] ?? round[0];
  const slot = slotAt(turn);
  const next = random(seed, run, 2);
  let struck = 0;
  for (let earlier = 0; earlier < turn; earlier += 1) {
    if (slotAt(earlier).at === slot.at) struck += slotAt(earlier).count;
  }
  const places = slot.at === "writes" ? byKind(shape.writes) : byKind(shape.requests.map(kindOfRequest));
  const effects = slot.at === "writes" ? places : places.filter(({ kind }) => !kind.startsWith("GET "));
  const order = shuffled(effects, random(seed, scenario, slot.at.length, 3));
  /** The next place in the round; of requests, some are reads. */
  const point = (more = 0): number => {
    const reads = slot.at === "kills" ? 0.2 : slot.at === "replies" ? 0.35 : 0;
    const chosen =
      next() < reads ? places[Math.floor(next() * places.length)] : order[(struck + more) % Math.max(1, order.length)];
    return chosen?.points[Math.floor(next() * chosen.points.length)] ?? 1;
  };
  const status = [500, 502, 503][Math.floor(next() * 3)] ?? 500;
  const { kind } = slot;
  switch (kind) {
    case "request before":
    case "request after":
      return { kind: "kill at request", when: kind === "request after" ? "after" : "before", points: [point()] };
    case "write before":
    case "write after":
      return { kind: "kill at write", when: kind === "write after" ? "after" : "before", points: [point()] };
    case "fail":
      return { kind: "write fails", point: point(), lasts: next() < 0.5 };
    case "twice":
      return { kind: "kill at write", when: "after", points: [point(), point(1)] };
    case "thrice":
      return { kind: "kill at request", when: "after", points: [point(), point(1), point(2)] };
    case "reset before":
    case "reset after":
      return { kind: "reply lost", when: kind === "reset after" ? "after" : "before", point: point() };
    case "error before":
    case "error after": {
      // Four of a kind are more than what is tried again.
      const times = next() < 0.5 ? 1 : 4;
      return { kind: "error", when: kind === "error after" ? "after" : "before", point: point(), status, times };
    }
    case "storm":
      return { kind: "error", when: "before", point: point(), status: 429, times: 1 + Math.floor(next() * 8) };
    case "truncated":
      return { kind: "truncated", point: point() };
    case "stale":
      return { kind: "stale", point: point(), milliseconds: 50 + Math.floor(next() * 350) };
    default:
      return kind satisfies never;
  }
}

/** A request without what differs from run to run. */
export function kindOfRequest(request: string): string {
  return request
    .replaceAll(/\/(0oa|00g|rst|ocs|aus|org_|con_|cred_)[A-Za-z0-9]+/g, "/$1…")
    .replace(/\/api\/v2\/clients\/[A-Za-z0-9]{32}/, "/api/v2/clients/…");
}

/** The places of each kind, counted from 1. */
function byKind(kinds: readonly string[]): readonly { readonly kind: string; readonly points: readonly number[] }[] {
  const places = kinds.map((kind, index) => ({ kind, point: index + 1 }));
  return [...Map.groupBy(places, ({ kind }) => kind)].map(([kind, all]) => ({
    kind,
    points: all.map(({ point }) => point),
  }));
}

/** One line that says what goes wrong. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case "kill at request":
    case "kill at write":
      return `-9 ${fault.when} ${fault.kind.slice("kill at ".length)} ${fault.points.join(", then ")}`;
    case "write fails":
      return `write ${fault.point}${fault.lasts ? " and all after it" : ""} failing`;
    case "reply lost":
      return `connection cut ${fault.when} request ${fault.point}`;
    case "error":
      return `${fault.status} ${fault.when} request ${fault.point}${fault.times > 1 ? `, ${fault.times} times` : ""}`;
    case "truncated":
      return `answer to request ${fault.point} cut short`;
    case "stale":
      return `reads stale for ${fault.milliseconds} ms from request ${fault.point}`;
    default:
      return fault satisfies never;
  }
}
