import { failure } from "./failure.ts";

failure("iss-parameter-differs", {
  check: "D17",
  code: "VERIFY_RESPONSE_ISSUER_DIFFERS",
  hint: "The identity provider must send iss=https://id.sound.example, every character of it, a final slash too.",
  unproven: ["D17"],
});
