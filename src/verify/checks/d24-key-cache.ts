import type { Check } from "../check.ts";
import { answersOf, documentExchanges } from "../exchanges.ts";
import { notRun, pass } from "../finding.ts";
import { specs } from "../specs.ts";

const day = 86_400;

/**
 * Tells how long the key set may be kept. More than a day means that a new key is seen late, and `no-store` that every
 * sign-in may ask again: both are worth knowing before keys are rotated, and neither keeps anybody out.
 */
export const keyCaching: Check = {
  id: "D24",
  title: "How long the key set may be kept is told",
  spec: specs.core("10.1.1"),
  level: "policy",
  link: "discovery",
  needs: ["D1", "D5"],
  async run(context) {
    const keys = answersOf(await documentExchanges(context)).find(({ what }) => what === "the key set");
    if (keys === undefined || keys.answer.status !== 200) return notRun("K1");
    const directives = keys.answer.headers("cache-control").join(",").toLowerCase();
    const noStore = /(?:^|[\s,])no-store(?:$|[\s,])/.test(directives);
    const seconds = ageIn(directives) ?? expiry(keys.answer);
    const facts = { noStore, seconds };
    if (noStore) return pass("The key set may not be kept: apps that obey ask for it again and again.", facts);
    if (seconds === undefined)
      return pass("Nothing says how long the key set may be kept; each library has its own rule.", facts);
    return seconds > day
      ? pass(
          `The key set may be kept for ${Math.round(seconds / day)} days: publish a new key that long before it signs.`,
          facts,
        )
      : pass(`The key set may be kept for ${seconds} s.`, facts);
  },
};

function ageIn(directives: string): number | undefined {
  const text = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})/.exec(directives)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** Seconds from the answer's own date to its Expires; 0 for one that is no date, as RFC 9111, section 5.3 says. */
function expiry(answer: { header(name: string): string | undefined; readonly answeredAt: number }): number | undefined {
  const text = answer.header("expires");
  if (text === undefined) return undefined;
  const until = Date.parse(text);
  const date = Date.parse(answer.header("date") ?? "");
  const from = Number.isNaN(date) ? answer.answeredAt : date;
  return Number.isNaN(until) ? 0 : Math.max(0, Math.round((until - from) / 1_000));
}
