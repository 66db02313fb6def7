import { failure } from "./failure.ts";

failure(
  "drip",
  {
    check: "D1",
    verdict: "inconclusive",
    code: "VERIFY_TIMEOUT",
    hint: "Try again; raise verify.deadline if the server is slow by nature.",
    keepsSecret: true,
    unproven: ["P1", "S1"],
  },
  { deadline: 1_500 },
);
