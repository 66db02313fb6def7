import { failure } from "./failure.ts";

failure("tls-1-1", {
  check: "T1",
  code: "VERIFY_TLS_FAILED",
  hint: "Check the server's certificate, and that it speaks TLS 1.2 or newer.",
  keepsSecret: true,
  unproven: ["D1", "K1", "P1", "S1"],
});
