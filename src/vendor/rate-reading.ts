/** The headers of a reply, as far as the limiter reads them. */
export interface ReplyHeaders {
  get(name: string): string | null;
}

/** What a reply said about its bucket. Moments are milliseconds of our clock unless said otherwise. */
export interface RateReading {
  /** Calls that the whole bucket allows (in one window, or at once); missing when the host did not say. */
  readonly limit?: number | undefined;
  /** Calls left, for everybody; missing when the host did not say. */
  readonly remaining?: number | undefined;
  /** The moment of the reset as the host wrote it, seconds of the host's clock. */
  readonly mark?: number | undefined;
  /** The same moment in our clock, by the reply's `Date`; without one the host's clock is taken to agree with ours. */
  readonly resetAt?: number | undefined;
  /** Whether the reply had a `Date`. */
  readonly dated: boolean;
  /** Earliest moment for another try; only of a 429 (or of a 503 that names one). */
  readonly retryAt?: number | undefined;
  /** Whether the bucket fills up steadily (Auth0), instead of starting anew with each window (Okta). */
  readonly refills: boolean;
}

/** How long Okta's windows last. Both vendors say more within a minute, so a reset further away is a wrong clock. */
export const windowLength = 60_000;

/** Marks are whole seconds, by the clocks of several machines. */
export const markJitter = 2_000;

/** Wait after a 429 that says nothing else, and the least wait after any. */
const leastWait = 1_000;

/**
 * Reads `X-Rate-Limit-Limit`, `-Remaining`, `-Reset` (epoch seconds of the host's clock, brought to ours by the reply's
 * `Date`) and `Retry-After` (seconds or a date). Spelled `X-RateLimit-…`, as Auth0 does, they are of a token bucket:
 * how many calls may go at once, how many are left, and when there is one more.
 *
 * @param attempt how many times this call has been refused before; lengthens the wait when the host names none
 * @see https://developer.okta.com/docs/reference/rl-best-practices/
 * @see https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
 */
export function readRates(status: number, headers: ReplyHeaders, now: number, attempt: number): RateReading {
  const date = Date.parse(headers.get("date") ?? "");
  const dated = !Number.isNaN(date);
  const hostNow = dated ? date : now;
  const refills = headers.get("x-ratelimit-limit") !== null;
  const said = (name: string) => wholeNumber(headers.get(`${refills ? "x-ratelimit" : "x-rate-limit"}-${name}`));
  const mark = said("reset");
  const reading: RateReading = {
    limit: said("limit"),
    remaining: said("remaining"),
    mark,
    resetAt: mark === undefined ? undefined : now + (mark * 1_000 - hostNow),
    dated,
    refills,
  };
  const after = readRetryAfter(headers.get("retry-after"), now, hostNow);
  if (status === 429) return { ...reading, retryAt: retryAt(reading, after, now, attempt) };
  return status === 503 && after !== undefined ? { ...reading, retryAt: after } : reading;
}

/** `Retry-After` is believed; a reset only when it can be true. */
function retryAt(reading: RateReading, after: number | undefined, now: number, attempt: number): number {
  const patient = now + leastWait * 2 ** attempt;
  const { resetAt, refills, limit = 0 } = reading;
  const plausible = resetAt !== undefined && resetAt > now && resetAt <= now + windowLength + markJitter;
  // A token bucket's next call may be taken by others: each time we wait longer for ours.
  if (refills) return Math.max(after ?? 0, plausible ? resetAt : 0, patient);
  if (after !== undefined || plausible) return Math.max(after ?? 0, plausible ? resetAt : 0, now + leastWait);
  // A reset that cannot be true: a window at most. Too many calls at once are refused with a limit of 0 and one long past.
  return resetAt !== undefined && limit > 0 ? now + windowLength : patient;
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
