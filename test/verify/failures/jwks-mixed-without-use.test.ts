import { failure } from "./failure.ts";

failure("jwks-mixed-without-use", {
  check: "K5",
  code: "VERIFY_KEYS_USE_MISSING",
  hint: "Publish every key with its use.",
  level: "should",
});
