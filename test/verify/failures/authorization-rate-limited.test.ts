import { failure } from "./failure.ts";

failure("authorization-rate-limited", {
  check: "P1",
  verdict: "inconclusive",
  code: "VERIFY_ANSWER_UNCLEAR",
  hint: "Try again later; if it stays, ask the identity provider's administrator what stands in front of the server.",
  also: { P2: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"], P3: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  unproven: ["P1", "P2", "P3"],
});
