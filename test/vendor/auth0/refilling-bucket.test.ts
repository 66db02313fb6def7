import fc from "fast-check";
import { expect, test } from "vitest";
import { departed, freshWindow, permit, readRates, returned } from "../../../src/vendor/rate-window.ts";

/** A token bucket as Auth0 keeps one. */
class TokenBucket {
  readonly #limit: number;
  readonly #perSecond: number;
  #level: number;
  #at = 0;
  lowest: number;

  constructor(limit: number, perSecond: number) {
    this.#limit = limit;
    this.#perSecond = perSecond;
    this.#level = limit;
    this.lowest = limit;
  }

  take(now: number): { status: number; headers: Headers } {
    this.#level = Math.min(this.#limit, this.#level + ((now - this.#at) / 1_000) * this.#perSecond);
    this.#at = now;
    const allowed = this.#level >= 1;
    if (allowed) this.#level -= 1;
    this.lowest = Math.min(this.lowest, this.#level);
    const untilNext = (Math.floor(this.#level) + 1 - this.#level) / this.#perSecond;
    const headers = new Headers({
      date: new Date(now).toUTCString(),
      "x-ratelimit-limit": String(this.#limit),
      "x-ratelimit-remaining": String(Math.floor(this.#level)),
      "x-ratelimit-reset": String(Math.ceil(now / 1_000 + untilNext)),
    });
    return { status: allowed ? 200 : 429, headers };
  }
}

test("a bucket that refills is drawn down to the share of others, and never to nothing", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.double({ min: 0.2, max: 20, noNaN: true }),
      fc.constantFrom(0.25, 0.5, 0.75),
      (limit, perSecond, share) => {
        const bucket = new TokenBucket(limit, perSecond);
        let window = freshWindow;
        let now = 0;
        for (let call = 0; call < 100; call++) {
          for (let waited = 0; ; waited++) {
            const permission = permit(window, now, share);
            if (permission.go) break;
            expect(permission.until).toBeGreaterThan(now);
            expect(waited).toBeLessThan(3);
            now = permission.until;
          }
          window = departed(window, now);
          const { status, headers } = bucket.take(now);
          expect(status).toBe(200);
          window = returned(window, readRates(status, headers, now, 0), now);
        }
        const ours = Math.max(1, Math.floor(limit * share));
        expect(bucket.lowest).toBeGreaterThanOrEqual(limit - ours - 1);
      },
    ),
  );
});

test("when others have drawn it down, one call at a time asks how things stand", () => {
  const headers = (remaining: number, reset: number) =>
    new Headers({
      "x-ratelimit-limit": "10",
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(reset),
    });
  let window = departed(freshWindow, 0);
  window = returned(window, readRates(200, headers(0, 2), 0, 0), 0);
  expect(permit(window, 1_000, 0.5)).toEqual({ go: false, until: 2_000 });
  expect(permit(window, 2_000, 0.5)).toEqual({ go: true });
  window = departed(window, 2_000);
  expect(permit(window, 2_000, 0.5).go).toBe(false);
  window = returned(window, readRates(200, headers(8, 3), 2_100, 0), 2_100);
  expect(permit(window, 2_100, 0.5)).toEqual({ go: true });
});

test("Okta's spelling is of windows", () => {
  const okta = { "x-rate-limit-limit": "10", "x-rate-limit-remaining": "9", "x-rate-limit-reset": "60" };
  expect(readRates(200, new Headers(okta), 0, 0)).toEqual({ limit: 10, remaining: 9, resetAt: 60_000 });
});
