import { failure } from "./failure.ts";
import { withoutPushing } from "./sound.ts";

failure(
  "prompt-none-ignored",
  {
    check: "P1",
    verdict: "inconclusive",
    code: "VERIFY_CALLBACK_UNCLEAR",
    hint: "Sign in once by hand. When that works, say so in the tenant file: attest, check P1.",
    also: {
      P2: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P3: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P4: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
    },
    unproven: ["P1", "P2", "P3"],
  },
  { vendor: withoutPushing },
);
