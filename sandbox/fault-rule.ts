import { spelled } from "./json.ts";
/** What happens to a request instead of, or besides, its ordinary answer. */
export type FaultEffect =
  | "reset-before"
  | "reset-after"
  | "status-before"
  | "status-after"
  | "delay"
  | "rate-limit"
  | "truncate"
  | "drip"
  | "stale"
  | "expire-tokens"
  | "refuse-token";

/** Which requests go wrong, how, and how often. */
export interface FaultRule {
  /** Host name, exactly. Any when absent. */
  readonly host?: string;
  /** HTTP method in upper case. Any when absent. */
  readonly method?: string;
  /** Source of a regular expression that the path (without the query) must match. Any when absent. */
  readonly path?: string;
  /**
   * `reset-before`: the connection is reset and nothing happened. `reset-after`: the state changed, then the
   * connection is reset, so the reply is lost. `status-before`/`-after`: the same with `status` as the answer.
   * `delay`: `milliseconds` pass, then everything goes on as usual, also another fault. `rate-limit`: a 429 as the
   * vendor's, with nothing done, for so many requests or for so many milliseconds. `truncate`: the state changed, and
   * the answer says its whole length but ends after `bytes`. `drip`: the state changed, and the body of the answer
   * comes in pieces of `bytes` with `milliseconds` between them. `stale`: the request goes on as usual, and from now on
   * for `milliseconds` the host answers a GET as it last did before; what was not read since the rule was added is
   * answered as it is. `expire-tokens`: all access tokens that the host has issued for its management API are over,
   * then the request goes on as usual. `refuse-token`: this request alone is answered as if its token were over.
   */
  readonly effect: FaultEffect;
  /** For `status-*`; 500 when absent. */
  readonly status?: number;
  /**
   * For `delay`: how long, or from how long to how long, drawn anew for each request. For `drip`: between two pieces,
   * 100 when absent. For `rate-limit`: from the first request that is struck on, instead of `times`. For `stale`.
   */
  readonly milliseconds?: number | readonly [least: number, most: number];
  /** For `truncate`: how much of the body comes; half of it when absent, and never all. For `drip`: 16 when absent. */
  readonly bytes?: number;
  /**
   * How many matching requests go wrong. When absent 1, but `all` with `probability` and for a `rate-limit` that ends
   * by time.
   */
  readonly times?: number | "all";
  /** How many matching requests pass first; 0 when absent. */
  readonly skip?: number;
  /** How likely a matching request goes wrong, from 0 to 1; 1 when absent. */
  readonly probability?: number;
  /** What chance begins with: one seed and one order of requests always give the same. Made up when absent. */
  readonly seed?: number;
}

/** Which keys an effect has besides those that every rule has. */
const own: Readonly<Record<FaultEffect, readonly (keyof FaultRule)[]>> = {
  "reset-before": [],
  "reset-after": [],
  "status-before": ["status"],
  "status-after": ["status"],
  delay: ["milliseconds"],
  "rate-limit": ["milliseconds"],
  truncate: ["bytes"],
  drip: ["bytes", "milliseconds"],
  stale: ["milliseconds"],
  "expire-tokens": [],
  "refuse-token": [],
};

export const faultEffects = Object.keys(own) as readonly FaultEffect[];

const everywhere: readonly (keyof FaultRule)[] = [
  "host",
  "method",
  "path",
  "effect",
  "times",
  "skip",
  "probability",
  "seed",
];
const special: readonly (keyof FaultRule)[] = ["status", "milliseconds", "bytes"];
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const mostMilliseconds = 600_000;

/** Whether chance has a part in the rule, so that it needs a seed. */
export function isSeeded(rule: FaultRule): boolean {
  return rule.probability !== undefined || typeof rule.milliseconds === "object";
}

/** How many requests the rule strikes at most. */
export function timesOf(rule: FaultRule): number {
  if (rule.times === "all") return Number.POSITIVE_INFINITY;
  if (rule.times !== undefined) return rule.times;
  return rule.probability !== undefined || endsByTime(rule) ? Number.POSITIVE_INFINITY : 1;
}

/** Whether the rule is over some time after it first struck. */
export function endsByTime(rule: FaultRule): boolean {
  return rule.effect === "rate-limit" && rule.milliseconds !== undefined;
}

/** A rule from outside data. Gives the reason as text when it is not one. */
export function parseFaultRule(value: unknown): FaultRule | string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "a fault is a JSON object";
  const known: readonly string[] = [...everywhere, ...special];
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) return `unknown key ${JSON.stringify(unknown)}; known are ${known.join(", ")}`;
  const input = value as { readonly [Key in keyof FaultRule]?: unknown };
  if (!isEffect(input.effect)) return `effect is one of ${faultEffects.join(", ")}`;
  const reason = wrongPlace(input) ?? wrongNumber(input) ?? wrongTogether(input.effect, input);
  return reason ?? (input as FaultRule);
}

type Input = { readonly [Key in keyof FaultRule]?: unknown };

function isEffect(value: unknown): value is FaultEffect {
  return typeof value === "string" && Object.hasOwn(own, value);
}

/** What is wrong with where the rule strikes. */
function wrongPlace({ host, method, path }: Input): string | undefined {
  if (host !== undefined && (typeof host !== "string" || host !== host.toLowerCase() || host === "")) {
    return "host is a host name in lower case";
  }
  if (method !== undefined && !methods.includes(spelled(method))) return `method is one of ${methods.join(", ")}`;
  if (path === undefined) return undefined;
  if (typeof path !== "string" || path.length > 1000) return "path is a text of at most 1000 characters";
  try {
    new RegExp(path);
  } catch {
    return "path is the source of a regular expression";
  }
  return undefined;
}

function wrongNumber(input: Input): string | undefined {
  const { status, milliseconds, probability, times } = input;
  for (const key of ["bytes", "skip", "seed"] as const) {
    if (input[key] !== undefined && !isCount(input[key])) return `${key} is a whole number, not negative`;
  }
  if (times !== undefined && times !== "all" && !isCount(times))
    return 'times is a whole number, not negative, or "all"';
  if (Number(input.seed ?? 0) >= 2 ** 32) return "seed is below 4294967296";
  if (status !== undefined && !(isCount(status) && status >= 200 && status <= 599)) return "status is from 200 to 599";
  if (probability !== undefined && !(typeof probability === "number" && probability >= 0 && probability <= 1)) {
    return "probability is from 0 to 1";
  }
  const pair = Array.isArray(milliseconds) ? (milliseconds as readonly unknown[]) : [milliseconds, milliseconds];
  if (milliseconds === undefined) return undefined;
  const [least, most] = pair;
  if (pair.length !== 2 || !isCount(least) || !isCount(most) || least > most) {
    return "milliseconds is a whole number, not negative, or a list of the least and the most";
  }
  return most > mostMilliseconds ? `milliseconds is at most ${mostMilliseconds}` : undefined;
}

/** What does not go together. */
function wrongTogether(effect: FaultEffect, input: Input): string | undefined {
  const idle = special.find((key) => input[key] !== undefined && !own[effect].includes(key));
  if (idle !== undefined) {
    const users = faultEffects.filter((each) => own[each].includes(idle));
    return `${idle} means nothing to ${effect}; it is for ${users.join(", ")}`;
  }
  const { milliseconds, seed } = input;
  if ((effect === "delay" || effect === "stale") && milliseconds === undefined) return `${effect} needs milliseconds`;
  if (Array.isArray(milliseconds) && effect !== "delay") return "only delay takes a range of milliseconds";
  if (seed !== undefined && !isSeeded(input as FaultRule)) {
    return "seed means nothing without probability or a range of milliseconds";
  }
  if (effect === "drip" && input.bytes === 0) return "drip needs at least 1 byte in a piece";
  return undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
