import type { Check } from "../check.ts";
import { answersOf, documentExchanges } from "../exchanges.ts";
import { fail, notRun, pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { hostOf } from "../unanswered.ts";

/** Milliseconds. */
const slow = 3_000;

/** The documents come within three seconds, once the connection stands. Apps that wait less give up a sign-in. */
export const latency: Check = {
  id: "T3",
  title: "The documents come in time",
  spec: specs.own("T3"),
  level: "policy",
  link: "discovery",
  needs: ["D4"],
  async run(context) {
    const answers = answersOf(await documentExchanges(context));
    const times = answers.map(({ what, url, answer }) => ({ what, url, took: answer.answeredAt - answer.sentAt }));
    const slowest = times.sort((a, b) => b.took - a.took)[0];
    if (slowest === undefined) return notRun(context.subject.endpoints === undefined ? "D1" : "K1");
    const took = Math.max(0, Math.round(slowest.took));
    const seconds = (took / 1_000).toFixed(1);
    if (took > slow) {
      return fail(
        "VERIFY_SLOW",
        `${hostOf(slowest.url)} took ${seconds} s for ${slowest.what}, asked from ${context.ranFrom}.`,
        { milliseconds: took },
        {
          expected: `at most ${slow / 1_000} s`,
          actual: `${seconds} s`,
          hint: "Ask its administrator why; apps that wait less give up.",
        },
      );
    }
    return pass(`The documents come within ${slow / 1_000} s.`, { milliseconds: took });
  },
};
