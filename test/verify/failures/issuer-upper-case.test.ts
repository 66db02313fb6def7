import { failure } from "./failure.ts";

failure("issuer-upper-case", {
  check: "D3",
  code: "VERIFY_ISSUER_DIFFERS",
  hint: "Write the issuer exactly as https://ID.SOUND.EXAMPLE",
  keepsSecret: true,
});
