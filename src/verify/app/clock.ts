import type { Answer } from "../fetch/outcome.ts";

/**
 * Seconds by which the clock of a server is ahead of this machine's, by its `Date` (RFC 9110, section 6.6.1) and half of
 * the round trip. Undefined without a date, or when a cache kept the answer (`Age`).
 */
export function clockOffset({ header, sentAt, answeredAt }: Answer): number | undefined {
  const at = Date.parse(header("date") ?? "");
  if (Number.isNaN(at) || header("age") !== undefined) return undefined;
  // Dates have no milliseconds: half a second is what they lack on average.
  return Math.round((at + 500 - (sentAt + answeredAt) / 2) / 1_000);
}
