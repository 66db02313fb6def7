import { failure } from "./failure.ts";

failure("ok-for-everything", {
  check: "P1",
  verdict: "inconclusive",
  code: "VERIFY_CALLBACK_UNCLEAR",
  hint: "Sign in once by hand. When that works, say so in the tenant file: attest, check P1.",
  also: {
    P2: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
    P3: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
    P4: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
    P5: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"],
    P7: ["inconclusive", "VERIFY_LOGOUT_UNCLEAR"],
    S1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"],
  },
  unproven: ["P1", "P2", "P3", "P5", "P7", "S1"],
});
