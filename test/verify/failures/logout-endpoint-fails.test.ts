import { failure } from "./failure.ts";

failure("logout-endpoint-fails", {
  check: "P7",
  verdict: "inconclusive",
  code: "VERIFY_ANSWER_UNCLEAR",
  hint: "Try again later; if it stays, ask the identity provider's administrator what stands in front of the server.",
  level: "should",
});
