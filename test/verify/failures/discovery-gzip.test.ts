import { failure } from "./failure.ts";

failure("discovery-gzip", {
  check: "D1",
  verdict: "inconclusive",
  code: "VERIFY_ANSWER_ENCODED",
  hint: "Switch forced compression off for the metadata in the proxy before the server.",
  keepsSecret: true,
  unproven: ["P1", "S1"],
});
