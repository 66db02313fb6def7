import { type AppCheck, type AppContext, appOmitted } from "../app/context.ts";
import { type Facts, type Finding, fail, inconclusive, notRun, pass } from "../finding.ts";
import { nobodySignedIn } from "../probe/authorization-answer.ts";
import { specs } from "../specs.ts";
import { contrast } from "./contrast.ts";

/** The identity provider takes the request that the app really makes: its own URL with `prompt=none`. */
export const ownRequest: AppCheck = {
  id: "A6",
  title: "The identity provider takes the app's own request",
  spec: specs.rfc(6749, "4.1.2.1"),
  level: "must",
  link: "app",
  needs: ["A1", "A2", "A3"],
  omitted: appOmitted,
  async run(context) {
    const told = context.options.shown?.toldBy;
    if (told !== undefined) return notRun(told);
    const { answer } = await context.probes.ownRequest();
    const { facts } = answer;
    const expected = "login_required at the redirect URI";
    switch (answer.kind) {
      case "unclear":
        return answer.finding;
      case "refused":
        return fail(
          "VERIFY_APP_REQUEST_REFUSED",
          `The identity provider refuses the app's own request (status ${String(facts.status)}).`,
          facts,
          { expected, actual: answer.error ?? "a refusal", hint: "Compare the app's request with what P1 sends." },
        );
      case "strayed":
      case "page":
        return ignored(context, answer.facts);
      case "returned":
        break;
      default:
        return answer satisfies never;
    }
    if (answer.code) {
      const message = "The identity provider issued a code for the app's own request although nobody signed in.";
      return inconclusive("VERIFY_CODE_WITHOUT_SIGN_IN", message, facts);
    }
    const { error } = answer;
    if (error === undefined || !nobodySignedIn.has(error)) {
      return fail(
        "VERIFY_APP_REQUEST_REFUSED",
        `The identity provider refuses the app's own request: ${error ?? "without an error"}.`,
        facts,
        { expected, actual: error ?? "no error", hint: "Look at what the app asks for: scopes, PKCE, response mode." },
      );
    }
    if (!answer.state) {
      const message = "The app's state did not come back unchanged, and the app must refuse that.";
      return inconclusive("VERIFY_CALLBACK_UNCLEAR", message, facts);
    }
    if (context.options.shown?.foreignRefused !== true) {
      const control = contrast(answer, (await context.probes.foreignRequest()).answer);
      if (control !== "refused") {
        const message = "The app's own request was taken, but one to a host that cannot exist was not refused either.";
        return inconclusive("VERIFY_CALLBACK_UNCLEAR", message, facts);
      }
    }
    return pass("The identity provider takes the app's own request.", facts);
  },
};

/** Where `prompt=none` is ignored, what P1 has shown and A3 compared is all that can be known. */
function ignored({ options }: AppContext, facts: Facts): Finding {
  const known = options.shown?.registered === true;
  const message = known
    ? "The identity provider ignores prompt=none; the app sends what P1 has shown to be registered (A3)."
    : "The identity provider shows a page for the app's own request, which says neither yes nor no.";
  return inconclusive("VERIFY_CALLBACK_UNCLEAR", message, facts, known ? { level: "should" } : {});
}
