import { failure } from "./failure.ts";

failure("jwks-symmetric-key", {
  check: "K2",
  code: "VERIFY_KEYS_PRIVATE",
  hint: "Tell the identity provider's administrator at once: whoever read the key set can sign in as anyone. Replace the keys, then publish their public members.",
});
