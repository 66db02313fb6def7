import { failure } from "./failure.ts";

failure("jwks-duplicate-kid", {
  check: "K4",
  code: "VERIFY_KEYS_KID_SHARED",
  hint: "Publish each key once, with a kid of its own.",
});
