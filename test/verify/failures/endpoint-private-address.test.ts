import { failure } from "./failure.ts";

failure("endpoint-private-address", {
  check: "D6",
  code: "VERIFY_ENDPOINT_INVALID",
  hint: "If 169.254.169.254 is the tenant's own private host, add 169.254.169.254 to verify.allowPrivate in tenantry.yaml.",
  keepsSecret: true,
  unproven: ["S1"],
});
