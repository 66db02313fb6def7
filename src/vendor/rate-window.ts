/** The headers of a reply, as far as the limiter reads them. */
export interface ReplyHeaders {
  get(name: string): string | null;
}

/** What a reply said about its bucket, in our own clock. */
export interface RateReading {
  /** Calls that the whole bucket allows in one window; missing when the host did not say. */
  readonly limit?: number | undefined;
  /** Calls left in this window, for everybody; missing when the host did not say. */
  readonly remaining?: number | undefined;
  /** When the window ends, milliseconds of our clock; missing when the host did not say. */
  readonly resetAt?: number | undefined;
  /** Earliest moment for another try, milliseconds of our clock; only of a 429 (or of a 503 that names one). */
  readonly retryAt?: number | undefined;
  /** Whether the bucket fills up steadily (Auth0), instead of starting anew with each window. */
  readonly refills?: boolean | undefined;
}

/** What is known of one bucket. A value: every step makes a new one. */
export interface RateWindow {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  readonly resetAt?: number | undefined;
  /** Our calls in this window, those under way included. */
  readonly sent: number;
  readonly underWay: number;
  /** Nothing goes before this moment (a 429 said so). */
  readonly blockedUntil: number;
  /** The bucket fills up steadily: what is left in it counts, and not what we sent. */
  readonly refills?: boolean | undefined;
}

/** Whether a call may go now, or the moment at which to ask again. */
export type Permission = { readonly go: true } | { readonly go: false; readonly until: number };

export const freshWindow: RateWindow = { sent: 0, underWay: 0, blockedUntil: 0 };

/** Wait after a 429 that says nothing else, and the least wait after any. Reset times are whole seconds. */
const leastWait = 1_000;

/** Calls of ours that a window allows: the share of its limit, at least one. */
export function allowance(limit: number, share: number): number {
  return Math.max(1, Math.floor(limit * share));
}

/**
 * Whether one more call may go to a bucket. It may not while a 429 holds it, while our calls have used up our share of
 * the limit, or while all that is left for anybody is already under way.
 */
export function permit(window: RateWindow, now: number, share: number): Permission {
  if (now < window.blockedUntil) return { go: false, until: window.blockedUntil };
  const current = rolled(window, now);
  if (current.limit === undefined) return { go: true };
  const most = allowance(current.limit, share);
  const end = current.resetAt;
  if (current.refills) return permitRefilling(current, current.limit - most);
  // A new window whose end no reply has told yet: no more than our share at once.
  if (end === undefined) return current.underWay < most ? { go: true } : { go: false, until: now + leastWait };
  if (current.sent >= most) return { go: false, until: end };
  if (current.remaining !== undefined && current.underWay >= current.remaining) return { go: false, until: end };
  return { go: true };
}

/**
 * A bucket that fills up steadily is drawn down to what is left for others. Below that, one call at a time goes after
 * each moment at which the host named more to come; its reply tells how things stand.
 */
function permitRefilling(current: RateWindow, leftForOthers: number): Permission {
  if ((current.remaining ?? 0) - current.underWay > leftForOthers) return { go: true };
  if (current.resetAt === undefined && current.underWay === 0) return { go: true };
  // When nothing is named, the call under way decides by coming back.
  return { go: false, until: current.resetAt ?? Number.POSITIVE_INFINITY };
}

/** The window after one more call has gone out. */
export function departed(window: RateWindow, now: number): RateWindow {
  const current = rolled(window, now);
  return { ...current, sent: current.sent + 1, underWay: current.underWay + 1 };
}

/** The window after a call has come back; `reading` is missing when no reply came. */
export function returned(window: RateWindow, reading: RateReading | undefined, now: number): RateWindow {
  const current = rolled(window, now);
  const back = { ...current, underWay: Math.max(0, current.underWay - 1) };
  if (reading === undefined) return back;
  // The wait that a refusal names is enough. Its other numbers may be of something else: when too many calls run at
  // once Okta answers 429 with a limit of 0.
  if (reading.retryAt !== undefined) return { ...back, blockedUntil: Math.max(back.blockedUntil, reading.retryAt) };
  const { limit } = reading;
  if (limit === undefined || limit <= 0 || reading.resetAt === undefined) return back;
  if (reading.refills) {
    return { ...back, refills: true, limit, remaining: reading.remaining, resetAt: Math.max(reading.resetAt, now + 1) };
  }
  if (reading.resetAt <= now) return back;
  // Reset times are whole seconds by two clocks: a later reading may move the same window's end by up to two seconds.
  const sameWindow = current.resetAt === undefined || reading.resetAt <= current.resetAt + 2_000;
  const resetAt = sameWindow ? Math.max(reading.resetAt, current.resetAt ?? 0) : reading.resetAt;
  // Replies may overtake each other: within one window the least that was said to be left is what counts.
  const remaining = sameWindow ? least(current.remaining, reading.remaining) : reading.remaining;
  const sent = sameWindow ? back.sent : back.underWay + 1;
  return { ...back, limit, remaining, resetAt, sent };
}

/**
 * Reads `X-Rate-Limit-Limit`, `-Remaining`, `-Reset` (epoch seconds of the host's clock, brought to ours by the reply's
 * `Date`) and `Retry-After` (seconds or a date). Spelled `X-RateLimit-…`, as Auth0 does, they are of a token bucket:
 * how many calls may go at once, how many are left, and when there is more.
 *
 * @param attempt how many times this call has been refused before; lengthens the wait when the host names none
 * @see https://developer.okta.com/docs/reference/rl-best-practices/
 * @see https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
 */
export function readRates(status: number, headers: ReplyHeaders, now: number, attempt: number): RateReading {
  const dated = Date.parse(headers.get("date") ?? "");
  const hostNow = Number.isNaN(dated) ? now : dated;
  const refills = headers.get("x-ratelimit-limit") !== null;
  const said = (name: string) => wholeNumber(headers.get(`${refills ? "x-ratelimit" : "x-rate-limit"}-${name}`));
  const reset = said("reset");
  const resetAt = reset === undefined ? undefined : now + (reset * 1_000 - hostNow);
  const reading: RateReading = {
    limit: said("limit"),
    remaining: said("remaining"),
    resetAt,
    ...(refills ? { refills } : {}),
  };
  const retryAfter = readRetryAfter(headers.get("retry-after"), now, hostNow);
  if (status !== 429) return status === 503 && retryAfter !== undefined ? { ...reading, retryAt: retryAfter } : reading;
  const named = Math.max(retryAfter ?? 0, resetAt ?? 0);
  const unnamed = now + leastWait * 2 ** attempt;
  return { ...reading, retryAt: named > 0 ? Math.max(named, now + leastWait) : unnamed };
}

/** A window whose end has passed becomes a new one, in which only the calls under way count. */
function rolled(window: RateWindow, now: number): RateWindow {
  if (window.resetAt === undefined || now < window.resetAt) return window;
  return { ...window, sent: window.underWay, remaining: undefined, resetAt: undefined };
}

function readRetryAfter(text: string | null, now: number, hostNow: number): number | undefined {
  if (text === null) return undefined;
  const seconds = wholeNumber(text);
  if (seconds !== undefined) return now + seconds * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : now + (date - hostNow);
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}
