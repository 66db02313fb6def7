import { failure } from "./failure.ts";

failure("endpoint-loopback-decimal", {
  check: "D6",
  code: "VERIFY_ENDPOINT_INVALID",
  hint: "Write the host in lower-case letters, digits, dots and hyphens (A-labels), without a trailing dot.",
  keepsSecret: true,
  unproven: ["S1"],
});
