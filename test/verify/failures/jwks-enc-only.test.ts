import { failure } from "./failure.ts";

failure("jwks-enc-only", {
  check: "K1",
  code: "VERIFY_KEYS_MISSING",
  hint: "Publish the key that signs ID tokens at https://id.sound.example/jwks",
  also: { K5: ["fail", "VERIFY_KEYS_ENCRYPTION_ONLY"] },
});
