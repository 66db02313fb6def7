import { failure } from "./failure.ts";

failure("iss-parameter-differs", {
  check: "D17",
  code: "VERIFY_RESPONSE_ISSUER_DIFFERS",
  hint: "The identity provider must send iss=https://id.sound.example, every character of it, a final slash too.",
  also: { P1: ["fail", "VERIFY_ISSUER_DIFFERS"] },
  unproven: ["P1"],
});
