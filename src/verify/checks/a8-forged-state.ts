import type { CallbackAnswer } from "../app/callback.ts";
import { type AppCheck, appOmitted } from "../app/context.ts";
import { type Finding, fail, inconclusive, pass } from "../finding.ts";
import { specs } from "../specs.ts";

const ways = [
  ["no-cookies", "a state of its own from a browser that did not begin the sign-in"],
  ["state", "a state that it never made"],
  ["no-state", "no state"],
] as const;

type Answered = Extract<CallbackAnswer, { kind: "answer" }>;

/**
 * The callback refuses an answer that the app did not ask for in this browser; else anybody can be signed in as somebody
 * else. The code that goes with it is invented, so an app that takes the state shows it by asking the token endpoint.
 */
export const forgedState: AppCheck = {
  id: "A8",
  title: "A forged or missing state is refused",
  spec: specs.rfc(9700, "4.7"),
  level: "must",
  link: "app",
  needs: ["A1", "A3"],
  omitted: appOmitted,
  async run(context) {
    const answers: Answered[] = [];
    for (const [how, what] of ways) {
      const answer = await context.probes.forged(how);
      if (answer.kind === "unclear") return answer.finding;
      const bad = taken(answer, what);
      if (bad !== undefined) return bad;
      answers.push(answer);
    }
    const facts = { statuses: answers.map(({ status }) => status) };
    const saidWhy = context.options.appCode ? await tellsApart(context.probes.bogusCode()) : undefined;
    return pass(
      saidWhy === true
        ? "A forged or missing state is refused, and one of the app's own is looked at further."
        : "An answer with a forged or missing state lets nobody in.",
      facts,
    );
  },
};

function taken(answer: Answered, what: string): Finding | undefined {
  const { facts, told, signedIn, status, newCookie } = answer;
  const hint = "Let the callback compare state with what the browser's cookie holds before anything else.";
  const details = { expected: "a refusal (4xx, or a redirect to an error)", hint };
  if (told.length > 0) {
    const message = `The callback took ${what}: it went on to the token endpoint.`;
    return fail("VERIFY_APP_STATE_UNCHECKED", message, facts, { ...details, actual: told.join(", ") });
  }
  if (signedIn) {
    const message = `The callback took ${what} and let somebody in.`;
    return fail("VERIFY_APP_STATE_UNCHECKED", message, facts, { ...details, actual: `status ${status}` });
  }
  if (status < 300 && newCookie) {
    const message = `The callback answers ${what} with ${status} and a new cookie, which looks like a sign-in.`;
    return inconclusive("VERIFY_APP_ANSWER_UNCLEAR", message, facts, details);
  }
  return undefined;
}

/** Whether the app asks the token endpoint for a state of its own, which the forged ones did not get it to. */
async function tellsApart(asked: Promise<CallbackAnswer>): Promise<boolean> {
  const answer = await asked;
  return answer.kind === "answer" && answer.told.length > 0;
}
