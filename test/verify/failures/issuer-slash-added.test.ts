import { failure } from "./failure.ts";

failure("issuer-slash-added", {
  check: "D3",
  code: "VERIFY_ISSUER_DIFFERS",
  hint: "Write the issuer exactly as https://id.sound.example/",
  keepsSecret: true,
});
