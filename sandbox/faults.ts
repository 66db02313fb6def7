import { randomInt } from "node:crypto";
import { endsByTime, type FaultEffect, type FaultRule, isSeeded, parseFaultRule, timesOf } from "./fault-rule.ts";
import { Reads } from "./reads.ts";
import { createSeeded } from "./seeded.ts";

/** The request that a fault strikes. */
export interface FaultyRequest {
  readonly host: string;
  readonly method: string;
  readonly path: string;
}

/** A rule added in the same process, which may also be told of each hit. */
export interface LocalFaultRule extends FaultRule {
  /**
   * Called when the fault strikes: after the request is handled for `-after`, `truncate` and `drip`, before it for the
   * others.
   */
  readonly onHit?: (request: FaultyRequest) => void;
}

/** A rule with what became of it so far. */
export interface FaultCount extends FaultRule {
  readonly id: number;
  /** Matching requests that passed because of `skip` or `probability`. */
  readonly passed: number;
  readonly hits: number;
  /** How many hits are left; null when they are not counted. */
  readonly remaining: number | null;
  /** When a rule that ends by time does (RFC 3339); absent until it has struck. */
  readonly ends?: string;
}

/** One rule striking one request. */
export interface Strike {
  readonly effect: FaultEffect;
  readonly status: number;
  readonly milliseconds: number | undefined;
  readonly bytes: number | undefined;
  /** When requests are let through again (milliseconds since the epoch), where that is known. */
  readonly until: number | undefined;
  /** Tells who wants to know that it has struck. */
  readonly told: () => void;
}

interface ActiveFault {
  readonly id: number;
  readonly rule: LocalFaultRule;
  readonly pattern: RegExp | undefined;
  /** What chance says next. */
  readonly random: () => number;
  passed: number;
  hits: number;
  /** When a rule that ends by time does; set by its first hit. */
  ends: number | undefined;
}

/**
 * The faults of one sandbox. Of several rules that match a request the oldest with hits left strikes; a `delay` is
 * beside the others, so that a request can be late and go wrong.
 */
export class Faults {
  /** What was read, while a rule may ask for it to be shown again. */
  readonly reads = new Reads();
  readonly #active: ActiveFault[] = [];
  readonly #clock: () => number;
  #next = 1;

  /** `clock` gives milliseconds since the epoch, for what ends by time. */
  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  /** Adds a rule and gives its number. Throws a `TypeError` when the rule makes no sense. */
  add({ onHit, ...plain }: LocalFaultRule): number {
    const checked = parseFaultRule(plain);
    if (typeof checked === "string") throw new TypeError(checked);
    const id = this.#next++;
    const seed = checked.seed ?? randomInt(2 ** 32);
    const rule: LocalFaultRule = {
      ...checked,
      ...(isSeeded(checked) ? { seed } : {}),
      ...(onHit === undefined ? {} : { onHit }),
    };
    const pattern = rule.path === undefined ? undefined : new RegExp(rule.path);
    if (rule.effect === "stale") this.reads.remember();
    this.#active.push({ id, rule, pattern, random: createSeeded(seed), passed: 0, hits: 0, ends: undefined });
    return id;
  }

  clear(): void {
    this.#active.length = 0;
    this.reads.forget();
  }

  /** Removes one rule. False when there is none of this number. */
  remove(id: number): boolean {
    const at = this.#active.findIndex((fault) => fault.id === id);
    if (at === -1) return false;
    this.#active.splice(at, 1);
    if (!this.#active.some(({ rule }) => rule.effect === "stale")) this.reads.forget();
    return true;
  }

  counts(): readonly FaultCount[] {
    return this.#active.map((fault) => {
      const { id, rule, passed, hits, ends } = fault;
      const { onHit: _onHit, ...plain } = rule;
      const left = this.#left(fault);
      return {
        ...plain,
        id,
        passed,
        hits,
        remaining: Number.isFinite(left) ? left : null,
        ...(ends === undefined ? {} : { ends: new Date(ends).toISOString() }),
      };
    });
  }

  /** What strikes this request, counted as hits: at most one delay, and then at most one other fault. */
  take(request: FaultyRequest): readonly Strike[] {
    const late = this.#strike(request, (effect) => effect === "delay");
    const other = this.#strike(request, (effect) => effect !== "delay");
    return [late, other].flatMap((strike) => strike ?? []);
  }

  #strike(request: FaultyRequest, isWanted: (effect: FaultEffect) => boolean): Strike | undefined {
    for (const fault of this.#active) {
      const { rule, pattern } = fault;
      if (!isWanted(rule.effect) || this.#left(fault) === 0) continue;
      if (rule.host !== undefined && rule.host !== request.host) continue;
      if (rule.method !== undefined && rule.method !== request.method) continue;
      if (pattern !== undefined && !pattern.test(request.path)) continue;
      if (fault.passed < (rule.skip ?? 0) || (rule.probability !== undefined && fault.random() >= rule.probability)) {
        fault.passed += 1;
        continue;
      }
      return this.#hit(fault, request);
    }
    return undefined;
  }

  #hit(fault: ActiveFault, request: FaultyRequest): Strike {
    const { rule } = fault;
    const { milliseconds } = rule;
    fault.hits += 1;
    if (endsByTime(rule)) fault.ends ??= this.#clock() + Number(milliseconds);
    return {
      effect: rule.effect,
      status: rule.status ?? 500,
      milliseconds: typeof milliseconds === "object" ? drawn(milliseconds, fault.random()) : milliseconds,
      bytes: rule.bytes,
      until: fault.ends,
      told: () => rule.onHit?.(request),
    };
  }

  /** How many requests the rule can still strike. */
  #left({ rule, hits, ends }: ActiveFault): number {
    return ends !== undefined && this.#clock() >= ends ? 0 : Math.max(0, timesOf(rule) - hits);
  }
}

/** A whole number between the two, both included. */
function drawn([least, most]: readonly [number, number], random: number): number {
  return least + Math.floor(random * (most - least + 1));
}
