import { failure } from "./failure.ts";

failure("issuer-other-path", {
  check: "D3",
  code: "VERIFY_ISSUER_DIFFERS",
  hint: "Write the issuer exactly as https://id.sound.example/oauth2/default",
  keepsSecret: true,
});
