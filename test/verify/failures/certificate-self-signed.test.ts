import { failure } from "./failure.ts";

failure("certificate-self-signed", {
  check: "T1",
  code: "VERIFY_TLS_FAILED",
  hint: "Install a certificate of an authority that the app trusts too.",
  keepsSecret: true,
  unproven: ["D1", "K1", "P1", "S1"],
});
