import { failure } from "./failure.ts";

failure("jwks-x5c-other-key", {
  check: "K6",
  code: "VERIFY_KEYS_CERTIFICATE_DIFFERS",
  hint: "Publish the key with its own, valid certificate and thumbprint, or without.",
  level: "policy",
});
