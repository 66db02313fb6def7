import { type AppCheck, appOmitted, begun } from "../app/context.ts";
import { type Finding, fail, pass } from "../finding.ts";
import { specs } from "../specs.ts";

/** Seconds by which two clocks may differ: most libraries allow 30, and none of them five minutes. */
const clockWarns = 30;
const clockBreaks = 300;

/**
 * The app's callback handles an error of the identity provider: a page or a redirect, no missing route and no crash. Its
 * clock agrees with the identity provider's, because ID tokens are good for minutes.
 */
export const errorCallback: AppCheck = {
  id: "A7",
  title: "The callback handles an error",
  spec: specs.core("3.1.2.6"),
  level: "should",
  link: "app",
  needs: ["A1", "A3"],
  omitted: appOmitted,
  async run(context) {
    const answer = await context.probes.errorReplay();
    if (answer.kind === "unclear") return answer.finding;
    const { status, facts } = answer;
    const hint = "Let the callback answer error parameters (RFC 6749, section 4.1.2.1) with a page or a redirect.";
    const no = (message: string): Finding =>
      fail("VERIFY_APP_CALLBACK_BROKEN", message, facts, {
        expected: "a page (4xx) or a redirect",
        actual: `status ${status}`,
        hint,
      });
    if (status === 404 || status === 405) return no(`The callback answers ${status} to the identity provider's error.`);
    if (status >= 500) return no(`The callback fails with status ${status} on the identity provider's error.`);
    if (answer.signedIn) return no("The callback lets somebody in although the identity provider sent an error.");
    const { clock } = await begun(context);
    const theirs = (await context.probes.ownRequest()).clock;
    if (clock === undefined || theirs === undefined) return pass("The callback handles the error.", facts);
    const ahead = clock - theirs;
    const told = { ...facts, clockDifference: ahead };
    const seconds = Math.abs(ahead);
    if (seconds <= clockWarns) return pass("The callback handles the error, and the app's clock is right.", told);
    const order = ahead > 0 ? "ahead of" : "behind";
    return fail("VERIFY_APP_CLOCK_DIFFERS", `The app's clock is ${seconds} s ${order} the identity provider's.`, told, {
      level: seconds > clockBreaks ? "must" : "should",
      expected: `at most ${clockWarns} s`,
      actual: `${seconds} s`,
      hint: "Set the app's clock by NTP: ID tokens are refused when their times do not fit.",
    });
  },
};
