import { failure } from "./failure.ts";

failure("jwks-missing-kids", {
  check: "K4",
  code: "VERIFY_KEYS_WITHOUT_KID",
  hint: "Publish every key with a kid of its own.",
});
