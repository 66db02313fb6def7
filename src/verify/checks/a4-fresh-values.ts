import { type AppCheck, appOmitted, begun, hiddenIn } from "../app/context.ts";
import { notBegunAgain } from "../app/start.ts";
import { type FindingDetails, fail, inconclusive, pass } from "../finding.ts";
import { specs } from "../specs.ts";

/** A state shorter than this is refused by some providers (Ory Hydra). */
const shortestTaken = 8;
/** What a value that cannot be guessed needs at least; 16 characters of base64 hold 96 bits. */
const shortestGood = 16;

/** State, nonce and PKCE challenge are there, long enough, and new at each visit. */
export const freshValues: AppCheck = {
  id: "A4",
  title: "State, nonce and PKCE are there and fresh",
  spec: specs.rfc(9700, "4.7"),
  level: "must",
  link: "app",
  needs: ["A1"],
  omitted: appOmitted,
  async run(context) {
    const { request } = await begun(context);
    const hidden = hiddenIn(request);
    if (hidden !== undefined) {
      const message = `The app sends its request by ${hidden}, so that state, nonce and PKCE cannot be seen.`;
      return inconclusive("VERIFY_APP_REQUEST_HIDDEN", message);
    }
    const again = await context.probes.start("second");
    if (again.kind !== "begun") return notBegunAgain(again);
    const one = (name: string): string => request.searchParams.get(name) ?? "";
    const repeats = (name: string): boolean => one(name) === (again.request.searchParams.get(name) ?? "");
    const state = one("state");
    const facts = {
      stateLength: state.length,
      nonceLength: one("nonce").length,
      challengeMethod: method(one("code_challenge_method")),
    };
    const no = (code: Parameters<typeof fail>[0], message: string, details: FindingDetails) =>
      fail(code, message, facts, details);
    const stateHint = "Let the app make a new random state of at least 16 characters for each sign-in.";
    if (state === "") return no("VERIFY_APP_STATE_WEAK", "The app sends no state.", { hint: stateHint });
    if (repeats("state")) {
      return no("VERIFY_APP_STATE_WEAK", "The app sends the same state at every visit.", { hint: stateHint });
    }
    if (state.length < shortestTaken) {
      const message = `The state has ${state.length} characters; some identity providers refuse it.`;
      return no("VERIFY_APP_STATE_WEAK", message, { expected: "16 characters or more", hint: stateHint });
    }
    if (context.subject.pkce === "S256") {
      const hint = "Let the app make a new code verifier for each sign-in and send its S256 challenge (RFC 7636).";
      if (one("code_challenge") === "") {
        return no("VERIFY_APP_PKCE_WEAK", "The app sends no PKCE challenge although its record says S256.", { hint });
      }
      if (one("code_challenge_method") !== "S256" || !/^[\w-]{43}$/.test(one("code_challenge"))) {
        return no("VERIFY_APP_PKCE_WEAK", "The app's PKCE challenge is not one of method S256.", {
          expected: "code_challenge_method=S256 and 43 characters of base64url",
          hint,
        });
      }
      if (repeats("code_challenge")) {
        return no("VERIFY_APP_PKCE_WEAK", "The app sends the same PKCE challenge at every visit.", { hint });
      }
    }
    const level = "should";
    if (state.length < shortestGood) {
      const message = `The state has ${state.length} characters, so it may be guessed.`;
      return no("VERIFY_APP_STATE_WEAK", message, { level, expected: "16 characters or more", hint: stateHint });
    }
    const nonce = one("nonce");
    if (nonce === "" || repeats("nonce")) {
      const message = nonce === "" ? "The app sends no nonce." : "The app sends the same nonce at every visit.";
      const hint = "Let the app send a new nonce with each sign-in and compare it in the ID token.";
      return no("VERIFY_APP_NONCE_WEAK", message, { level, hint });
    }
    return pass("State, nonce and what else must be new at each visit are.", facts);
  },
};

/** The method when it is one that there is; free text gets into no result. */
function method(text: string): string | undefined {
  return text === "S256" || text === "plain" ? text : undefined;
}
