import { failure } from "./failure.ts";

failure("jwks-empty", {
  check: "K1",
  code: "VERIFY_KEYS_MISSING",
  hint: "Publish the key that signs ID tokens at https://id.sound.example/jwks",
});
