import { failure } from "./failure.ts";

failure("certificate-not-yet-valid", {
  check: "T1",
  code: "VERIFY_TLS_FAILED",
  hint: "Check the clock of this machine and the certificate's dates.",
  keepsSecret: true,
  unproven: ["D1", "K1", "P1", "S1"],
});
