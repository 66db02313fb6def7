import { failure } from "./failure.ts";

failure("redirects-everything", {
  check: "P3",
  code: "VERIFY_CALLBACK_UNCHECKED",
  hint: "Make the identity provider check redirect URIs; until then anyone can collect authorization codes.",
  also: {
    D17: ["fail", "VERIFY_RESPONSE_ISSUER_MISSING"],
    P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
    P2: ["fail", "VERIFY_CALLBACK_PREFIX"],
  },
  unproven: ["P1", "P2"],
});
