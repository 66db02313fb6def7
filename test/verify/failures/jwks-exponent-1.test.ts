import { failure } from "./failure.ts";

failure("jwks-exponent-1", {
  check: "K3",
  code: "VERIFY_KEYS_WEAK",
  hint: "Replace the key by RSA of at least 2048 bits or by one on the curve of its algorithm.",
});
