/** Milliseconds up to which two clocks are called the same: replies take their time, and their dates are whole seconds. */
const tolerance = 60_000;

/** What mends clocks that differ. */
export const mendClock = "Set the one of the two that is wrong right (NTP), then run the command again.";

/**
 * How the clock of this machine differs from a host's, as a sentence without its full stop; undefined when they agree,
 * or when the host does not tell its time. What is signed with a wrong time is refused, and nobody says why.
 *
 * @param dated the `Date` of the host's reply (RFC 9110, section 6.6.1)
 * @param now milliseconds since the epoch, by the clock of this machine
 */
export function clockDifference(host: string, dated: string | null | undefined, now: number): string | undefined {
  const ahead = now - Date.parse(dated ?? "");
  if (!(Math.abs(ahead) > tolerance)) return undefined;
  return `the clock of this machine is ${span(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} ${host}'s`;
}

function span(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 120) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
