import { failure } from "./failure.ts";

failure("endpoint-relative", {
  check: "D6",
  code: "VERIFY_ENDPOINT_INVALID",
  hint: "Write an absolute https URL without user information.",
  keepsSecret: true,
  unproven: ["P1", "P3", "S1"],
});
