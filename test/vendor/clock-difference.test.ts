import { expect, test } from "vitest";
import { clockDifference } from "../../src/vendor/clock-difference.ts";

const now = Date.UTC(2026, 10, 21, 9, 0, 0);
const dated = (milliseconds: number): string => new Date(now - milliseconds).toUTCString();
const [minute, hour] = [60_000, 3_600_000];

test.each([
  [90_000, "2 minutes ahead of"],
  [-80_000, "1 minute behind"],
  [hour, "60 minutes ahead of"],
  [-hour, "60 minutes behind"],
  [5 * hour, "5 hours ahead of"],
  [-72 * hour, "3 days behind"],
])("a clock that differs by %i ms is told of", (ahead, side) => {
  expect(clockDifference("acme.okta.com", dated(ahead), now)).toBe(
    `the clock of this machine is ${side} acme.okta.com's`,
  );
});

test.each([
  ["clocks that agree", dated(0)],
  ["a difference that a slow reply can make", dated(minute)],
  ["no date", undefined],
  ["no date at all", null],
  ["a date that is none", "soon"],
])("%s: nothing is said", (_, date) => {
  expect(clockDifference("acme.okta.com", date, now)).toBeUndefined();
});
