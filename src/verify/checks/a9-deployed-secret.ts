import { type AppCheck, appOmitted } from "../app/context.ts";
import { fail, inconclusive, pass, skipped } from "../finding.ts";
import { specs } from "../specs.ts";

/**
 * The deployed app redeems an invented code with its own copy of the secret. What the token endpoint says to it, as far
 * as the app tells it, shows whether that copy is right.
 */
export const deployedSecret: AppCheck = {
  id: "A9",
  title: "The deployed app's own secret is right",
  spec: specs.rfc(6749, "5.2"),
  level: "should",
  link: "app",
  needs: ["A1", "A3"],
  omitted(context) {
    const omitted = appOmitted(context);
    if (omitted !== undefined || context.options.appCode) return omitted;
    return skipped("Not asked for: an invented code goes to the app's callback only with --app-code.");
  },
  async run({ probes }) {
    const answer = await probes.bogusCode();
    if (answer.kind === "unclear") return { ...answer.finding, level: "should" };
    const { told, facts, status } = answer;
    const [error, ...others] = told;
    if (error === undefined || others.length > 0) {
      return inconclusive(
        "VERIFY_APP_ANSWER_UNCLEAR",
        `The app answers ${status} and does not tell what the token endpoint said to it.`,
        facts,
        { hint: "Let the app name the token endpoint's error code in the header x-oidc-error or on its error page." },
      );
    }
    if (error === "invalid_grant") {
      return {
        ...pass("The deployed app's own secret is right: its code was refused, not the app.", facts),
        level: "must",
      };
    }
    return fail("VERIFY_APP_SECRET_STALE", `The token endpoint refuses the deployed app: ${error}.`, facts, {
      level: "must",
      expected: "invalid_grant",
      actual: error,
      hint: "The deployed app uses another secret than its record: restart it, or see that it reads the record.",
    });
  },
};
