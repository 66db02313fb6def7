import { failure } from "./failure.ts";

failure("issuer-http", {
  check: "D3",
  code: "VERIFY_ISSUER_DIFFERS",
  hint: "Write the issuer exactly as http://id.sound.example",
  keepsSecret: true,
});
