import { failure } from "./failure.ts";

failure("certificate-soon-expiring", {
  check: "T1",
  code: "VERIFY_CERTIFICATE_RUNS_OUT",
  hint: "Renew the certificate of id.sound.example, and see that its renewal is automatic.",
});
