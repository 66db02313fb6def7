import { markJitter, type RateReading, windowLength } from "./rate-reading.ts";

/**
 * What is known of a bucket that starts anew with each window, as Okta's do. A value: every step makes a new one.
 *
 * Windows are told apart by the end that the host writes, and not by the clocks: whether ours and the host's agree is
 * known only from a `Date`. When a window is over by our clock, one call goes and its reply says what is true.
 */
export interface RateWindow {
  readonly limit: number;
  /** The window's end as the host wrote it, seconds of its clock. */
  readonly mark: number;
  /** When a reply first told of this window. */
  readonly seenAt: number;
  /** When it ends, by our clock; never too early when replies have a `Date`. */
  readonly endsAt: number;
  /** What was left in it, for everybody, when a reply first told of it. */
  readonly atFirst: number;
  /** The least that was said to be left in it, for everybody. */
  readonly remaining: number;
  /** Our calls in it, those under way included. */
  readonly sent: number;
  /** Our calls whose replies told of it. */
  readonly answered: number;
  /** When the call went out that asks for the next window; missing while none is under way. */
  readonly askedAt?: number | undefined;
}

/** Whether a call may go now, or the moment at which to ask again: never when only a reply can change it. */
export type Permission = { readonly go: true } | { readonly go: false; readonly until: number };

/** Calls of ours that a bucket allows at once or in a window: the share of its limit, at least one. */
export function allowance(limit: number, share: number): number {
  return Math.max(1, Math.floor(limit * share));
}

/**
 * Calls that no run of ours draws: two at once with a half each would leave nobody else any. A tenth, less when the
 * share itself leaves less.
 */
function windowReserve(limit: number, share: number): number {
  return Math.floor(limit * Math.min(0.1, 1 - share));
}

/** How many calls of others are expected for each of ours, at most. */
const mostOthers = 3;

/**
 * Whether one more call may go. It may not when our calls have used up our share of the limit, or when what is left for
 * anybody is the reserve, or under way already: for each call of ours, others (a second run of ours, for one) are taken
 * to make one too, or as many as they have made so far.
 */
export function permitInWindow(window: RateWindow, underWay: number, now: number, share: number): Permission {
  if (now >= window.endsAt) {
    return window.askedAt === undefined ? { go: true } : { go: false, until: Number.POSITIVE_INFINITY };
  }
  const { limit, remaining, atFirst, answered } = window;
  const drawn = Math.max(0, atFirst - remaining - (answered - 1)) / answered;
  const others = Math.min(mostOthers, Math.max(drawn, share < 1 ? 1 : 0));
  const free = remaining - windowReserve(limit, share) - underWay * (1 + others);
  if (window.sent < allowance(limit, share) && free >= 1 + others) return { go: true };
  return { go: false, until: window.endsAt };
}

/** The window after one more call has gone out. */
export function departedInWindow(window: RateWindow, now: number): RateWindow {
  return now >= window.endsAt ? { ...window, askedAt: now } : { ...window, sent: window.sent + 1 };
}

/**
 * The window after a call has come back.
 *
 * @param window undefined before the first reply that told of one
 * @param departedAt when the call went out: a late reply tells of a window that is over
 * @param underWay calls that are still under way
 */
export function returnedInWindow(
  window: RateWindow | undefined,
  reading: RateReading | undefined,
  departedAt: number,
  underWay: number,
  now: number,
): RateWindow | undefined {
  const asked = window !== undefined && departedAt >= window.endsAt;
  const before = asked ? { ...window, askedAt: undefined } : window;
  const { limit = 0, remaining, mark } = reading ?? {};
  // A refusal may be of something else: when too many calls run at once Okta answers 429 with a limit of 0.
  if (reading === undefined || limit <= 0 || remaining === undefined || mark === undefined) return before;
  const next = {
    limit,
    mark,
    seenAt: now,
    endsAt: endOf(reading, now),
    atFirst: remaining,
    remaining,
    sent: underWay + 1,
    answered: 1,
  };
  if (before === undefined) return next;
  const later = (mark - before.mark) * 1_000;
  if (asked) {
    if (Math.abs(later) > markJitter || remaining > before.remaining) return next;
    // By the host's clock it is not over yet.
    const endsAt = Math.max(before.seenAt + windowLength, now + markJitter);
    return { ...before, endsAt, remaining, sent: before.sent + 1, answered: before.answered + 1 };
  }
  if (later < -markJitter) return before;
  if (later > markJitter && now >= before.endsAt) return next;
  // Replies may overtake each other: the least that was said to be left is what counts.
  return { ...before, limit, remaining: Math.min(before.remaining, remaining), answered: before.answered + 1 };
}

/** When the window of a reading ends. One that cannot be true is taken for a window that has just begun. */
function endOf({ resetAt = Number.NaN, dated }: RateReading, now: number): number {
  if (resetAt > now && resetAt <= now + windowLength + markJitter) return resetAt;
  return dated && resetAt > now - 2 * markJitter && resetAt <= now ? now : now + windowLength;
}
