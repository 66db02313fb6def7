import { failure } from "./failure.ts";

failure("discovery-too-large", {
  check: "D1",
  verdict: "inconclusive",
  code: "VERIFY_ANSWER_TOO_LARGE",
  hint: "Check that the URL is the right one; metadata and key sets are small.",
  keepsSecret: true,
  unproven: ["P1", "S1"],
});
