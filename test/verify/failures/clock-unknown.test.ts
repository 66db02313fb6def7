import { failure } from "./failure.ts";

failure("clock-unknown", {
  check: "T2",
  verdict: "inconclusive",
  code: "VERIFY_CLOCK_UNSEEN",
  hint: "Nothing need be done; where sign-ins fail for times in tokens, compare the clocks by hand.",
  level: "policy",
});
