import { expect, test } from "vitest";
import { readRates } from "../../src/vendor/rate-reading.ts";

const at = Date.UTC(2026, 10, 21);
const seconds = at / 1_000;

function read(status: number, headers: Record<string, string>, attempt = 0) {
  return readRates(status, new Headers(headers), at, attempt);
}

test("Okta's spelling is of windows, Auth0's of buckets that fill up", () => {
  const okta = {
    "x-rate-limit-limit": "10",
    "x-rate-limit-remaining": "9",
    "x-rate-limit-reset": String(seconds + 60),
  };
  expect(read(200, okta)).toEqual({
    ...{ limit: 10, remaining: 9, mark: seconds + 60, resetAt: at + 60_000, dated: false, refills: false },
  });
  const auth0 = { "x-ratelimit-limit": "5", "x-ratelimit-remaining": "4", "x-ratelimit-reset": String(seconds + 1) };
  expect(read(200, auth0)).toMatchObject({ limit: 5, remaining: 4, refills: true });
});

test("the reset is brought to our clock by the reply's Date", () => {
  const headers = { date: new Date(at - 3_600_000).toUTCString(), "x-rate-limit-reset": String(seconds - 3_600 + 20) };
  expect(read(200, headers)).toMatchObject({ resetAt: at + 20_000, dated: true });
});

const window = { "x-rate-limit-limit": "100", "x-rate-limit-remaining": "0" };
const bucket = { "x-ratelimit-limit": "5", "x-ratelimit-remaining": "0" };

test.each([
  ["Retry-After in seconds", { "retry-after": "7" }, 0, 7_000],
  ["Retry-After as a date", { "retry-after": new Date(at + 9_000).toUTCString() }, 0, 9_000],
  ["Retry-After as a date of a host that is ahead", skewed(3_600_000), 0, 9_000],
  ["a reset", { ...window, "x-rate-limit-reset": String(seconds + 31) }, 0, 31_000],
  ["the later of both", { ...window, "x-rate-limit-reset": String(seconds + 31), "retry-after": "3" }, 0, 31_000],
  ["a reset that has passed: a whole window", { ...window, "x-rate-limit-reset": String(seconds - 90) }, 0, 60_000],
  ["a reset tomorrow: a whole window", { ...window, "x-rate-limit-reset": String(seconds + 86_400) }, 0, 60_000],
  ["too many at once", { "x-rate-limit-limit": "0", "x-rate-limit-reset": "1609459200" }, 2, 4_000],
  ["nothing", {}, 3, 8_000],
  ["Auth0's next call", { ...bucket, "x-ratelimit-reset": String(seconds + 3) }, 0, 3_000],
  ["Auth0's next call, which others took twice", { ...bucket, "x-ratelimit-reset": String(seconds + 1) }, 2, 4_000],
  ["Auth0's next call yesterday", { ...bucket, "x-ratelimit-reset": String(seconds - 86_400) }, 1, 2_000],
])("a refusal that names %s", (_, headers, attempt, wait) => {
  expect(read(429, headers, attempt).retryAt).toBe(at + wait);
});

function skewed(by: number): Record<string, string> {
  return { date: new Date(at + by).toUTCString(), "retry-after": new Date(at + by + 9_000).toUTCString() };
}

test("an answer that is no refusal names no wait, but a 503 may", () => {
  expect(read(200, { "retry-after": "9" })).not.toHaveProperty("retryAt");
  expect(read(503, { "retry-after": "9" }).retryAt).toBe(at + 9_000);
});
