import { failure } from "./failure.ts";

failure("certificate-expired", {
  check: "T1",
  code: "VERIFY_TLS_FAILED",
  hint: "Renew the certificate.",
  keepsSecret: true,
  unproven: ["D1", "K1", "P1", "S1"],
});
