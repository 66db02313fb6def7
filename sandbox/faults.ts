import { Reads } from "./reads.ts";

/** What happens to a request instead of, or besides, its ordinary answer. */
type FaultEffect = "reset-before" | "reset-after" | "status-before" | "status-after" | "delay" | "truncate" | "stale";

/** Which requests go wrong, how, and how often. */
export interface FaultRule {
  /** Host name, exactly. Any when absent. */
  readonly host?: string;
  /** HTTP method in upper case. Any when absent. */
  readonly method?: string;
  /** Source of a regular expression that the path (without the query) must match. Any when absent. */
  readonly path?: string;
  /**
   * `reset-before`: the connection is destroyed and nothing happened. `reset-after`: the state changed, then the
   * connection is destroyed, so the reply is lost. `status-before`/`-after`: the same with `status` as the answer.
   * `delay`: `milliseconds` pass, then everything goes on as usual. `truncate`: the state changed, and the answer says
   * its whole length but ends after `bytes`. `stale`: the request goes on as usual, and from now on for `milliseconds`
   * the host answers a GET as it last did before; what was not read since the rule was added is answered as it is.
   */
  readonly effect: FaultEffect;
  /** For `status-*`; 500 when absent. */
  readonly status?: number;
  /** For `delay` and `stale`; 0 when absent. */
  readonly milliseconds?: number;
  /** For `truncate`: how much of the body comes; half of it when absent, and never all of it. */
  readonly bytes?: number;
  /** How many matching requests go wrong; 1 when absent. */
  readonly times?: number;
  /** How many matching requests pass first; 0 when absent. */
  readonly skip?: number;
}

/** The request that a fault strikes. */
export interface FaultyRequest {
  readonly host: string;
  readonly method: string;
  readonly path: string;
}

/** A rule added in the same process, which may also be told of each hit. */
export interface LocalFaultRule extends FaultRule {
  /** Called when the fault strikes: before the request is handled for `-before`, `delay` and `stale`, after it for the others. */
  readonly onHit?: (request: FaultyRequest) => void;
}

/** A rule with what became of it so far. */
export interface FaultCount extends FaultRule {
  readonly id: number;
  readonly passed: number;
  readonly hits: number;
  readonly remaining: number;
}

interface ActiveFault {
  readonly id: number;
  readonly rule: LocalFaultRule;
  readonly pattern: RegExp | undefined;
  passed: number;
  hits: number;
}

const effects: readonly string[] = [
  "reset-before",
  "reset-after",
  "status-before",
  "status-after",
  "delay",
  "truncate",
  "stale",
];

/** The faults of one sandbox. Of several rules that match a request the oldest with hits left strikes. */
export class Faults {
  /** What was read, while a rule may ask for it to be shown again. */
  readonly reads = new Reads();
  readonly #active: ActiveFault[] = [];
  #next = 1;

  /** Adds a rule and gives its number. Throws a `TypeError` when the rule makes no sense. */
  add(rule: LocalFaultRule): number {
    const id = this.#next++;
    const pattern = rule.path === undefined ? undefined : new RegExp(rule.path);
    if (rule.effect === "stale") this.reads.remember();
    this.#active.push({ id, rule, pattern, passed: 0, hits: 0 });
    return id;
  }

  clear(): void {
    this.#active.length = 0;
    this.reads.forget();
  }

  counts(): readonly FaultCount[] {
    return this.#active.map(({ id, rule, passed, hits }) => {
      const { onHit: _onHit, ...plain } = rule;
      return { ...plain, id, passed, hits, remaining: Math.max(0, (rule.times ?? 1) - hits) };
    });
  }

  /** The rule that strikes this request, counted as hit; undefined when it passes. */
  take(request: FaultyRequest): LocalFaultRule | undefined {
    for (const fault of this.#active) {
      const { rule } = fault;
      if (rule.host !== undefined && rule.host !== request.host) continue;
      if (rule.method !== undefined && rule.method !== request.method) continue;
      if (fault.pattern !== undefined && !fault.pattern.test(request.path)) continue;
      if (fault.hits >= (rule.times ?? 1)) continue;
      if (fault.passed < (rule.skip ?? 0)) {
        fault.passed += 1;
        continue;
      }
      fault.hits += 1;
      return rule;
    }
    return undefined;
  }
}

/** A rule from outside data. Gives the reason as text when it is not one. */
export function parseFaultRule(value: unknown): FaultRule | string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "a fault is a JSON object";
  const known = ["host", "method", "path", "effect", "status", "milliseconds", "bytes", "times", "skip"];
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) return `unknown key ${JSON.stringify(unknown)}; known are ${known.join(", ")}`;
  const input = value as Record<string, unknown>;
  if (typeof input.effect !== "string" || !effects.includes(input.effect))
    return `effect is one of ${effects.join(", ")}`;
  for (const key of ["host", "method", "path"]) {
    if (input[key] !== undefined && typeof input[key] !== "string") return `${key} is a text`;
  }
  for (const key of ["status", "milliseconds", "bytes", "times", "skip"]) {
    if (input[key] !== undefined && !(Number.isInteger(input[key]) && Number(input[key]) >= 0)) {
      return `${key} is a whole number, not negative`;
    }
  }
  if (input.status !== undefined && (Number(input.status) < 200 || Number(input.status) > 599)) {
    return "status is from 200 to 599";
  }
  if (input.milliseconds !== undefined && Number(input.milliseconds) > 600_000) return "milliseconds is at most 600000";
  if (typeof input.path === "string") {
    try {
      new RegExp(input.path);
    } catch {
      return "path is the source of a regular expression";
    }
  }
  return input as unknown as FaultRule;
}
