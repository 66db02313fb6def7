import type { Check, CheckContext } from "../check.ts";
import { textMember } from "../documents.ts";
import { answersOf, documentExchanges } from "../exchanges.ts";
import type { Answer } from "../fetch/outcome.ts";
import { fail, inconclusive, notRun, pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { hostOf } from "../unanswered.ts";

/** Seconds. Libraries tolerate half a minute or a few; beyond five nobody's tokens hold. */
const tolerated = 30;
const most = 300;

/**
 * The clocks of the identity provider and of this machine agree, by the Date of its answers and the middle of the
 * exchange. More than five minutes is a must: a token is then expired when it comes, or not valid yet, and every library
 * refuses it. A document may come from a cache, whose Date is old by its Age: so a clock that seems slow is believed only
 * when an answer that no cache keeps, a bare request to the authorization endpoint, shows the same.
 */
export const clock: Check = {
  id: "T2",
  title: "The clocks agree",
  spec: specs.rfc(9110, "6.6.1"),
  level: "must",
  link: "discovery",
  needs: ["D1", "D5", "D6"],
  async run(context) {
    const answers = answersOf(await documentExchanges(context));
    if (answers.length === 0) return notRun(context.subject.endpoints === undefined ? "D1" : "K1");
    const first = answers.flatMap(({ url, answer }) => {
      const seconds = aheadBy(answer);
      return seconds === undefined ? [] : [{ url, seconds }];
    })[0];
    if (first === undefined) {
      return inconclusive(
        "VERIFY_CLOCK_UNSEEN",
        "No answer says what time it is at the identity provider.",
        {},
        { level: "policy", expected: "a Date header" },
      );
    }
    const believed = first.seconds < -tolerated ? await uncached(context) : first;
    if (believed === undefined) {
      return inconclusive(
        "VERIFY_CLOCK_UNSEEN",
        `The document is dated ${-first.seconds} s ago; it may come from a cache, and no other answer says what time it is.`,
        { seconds: first.seconds },
        { level: "policy" },
      );
    }
    const { url, seconds } = believed;
    const facts = { seconds };
    const host = hostOf(url);
    const apart = Math.abs(seconds);
    if (apart <= tolerated) {
      const text = `The clock of ${host} and the one of ${context.ranFrom} agree within ${tolerated} s`;
      return pass(first.url === url ? `${text}.` : `${text}; the document came from a cache.`, facts);
    }
    const text = `The clock of ${host} is ${apart} s ${seconds > 0 ? "ahead of" : "behind"} the one of ${context.ranFrom}.`;
    const hint = "Set the one that is wrong by NTP; if it is this machine, the app's own clock may well be right.";
    return apart > most
      ? fail("VERIFY_CLOCK_WRONG", text, facts, { expected: `at most ${most} s apart`, actual: `${apart} s`, hint })
      : fail("VERIFY_CLOCK_DRIFTS", text, facts, {
          expected: `at most ${tolerated} s apart`,
          actual: `${apart} s`,
          hint,
          level: "policy",
        });
  },
};

/**
 * Seconds by which the sender's clock is ahead of ours; undefined when the answer says no time. Date counts whole
 * seconds, so half a second is added on average; what was in a cache is older by its Age (RFC 9111, section 5.1).
 */
function aheadBy(answer: Omit<Answer, "body">): number | undefined {
  const date = Date.parse(answer.header("date") ?? "");
  if (Number.isNaN(date)) return undefined;
  const age = /^\d{1,9}$/.exec(answer.header("age")?.trim() ?? "")?.[0];
  const there = date + 500 + Number(age ?? 0) * 1_000;
  return Math.round((there - (answer.sentAt + answer.answeredAt) / 2) / 1_000);
}

/** What the authorization endpoint's clock says; undefined when it does not answer or says no time. */
async function uncached({ metadata, documents }: CheckContext) {
  const url = textMember(await metadata(), "authorization_endpoint") ?? "";
  const { outcome } = await documents.bare(url);
  const seconds = outcome.kind === "answer" ? aheadBy(outcome) : undefined;
  return seconds === undefined ? undefined : { url, seconds };
}
