import { failure } from "./failure.ts";

failure("certificate-incomplete-chain", {
  check: "T1",
  code: "VERIFY_TLS_FAILED",
  hint: "Install the full chain on the server. Browsers hide a missing intermediate, servers do not. For a private authority, start Tenantry with NODE_EXTRA_CA_CERTS naming its PEM file.",
  keepsSecret: true,
  unproven: ["D1", "K1", "P1", "S1"],
});
