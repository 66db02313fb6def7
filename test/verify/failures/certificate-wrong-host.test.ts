import { failure } from "./failure.ts";

failure("certificate-wrong-host", {
  check: "T1",
  code: "VERIFY_TLS_FAILED",
  hint: "Install a certificate whose subject alternative names include the host, or use the host that the certificate names.",
  keepsSecret: true,
  unproven: ["D1", "K1", "P1", "S1"],
});
