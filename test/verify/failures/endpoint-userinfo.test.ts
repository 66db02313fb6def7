import { failure } from "./failure.ts";

failure("endpoint-userinfo", {
  check: "D6",
  code: "VERIFY_ENDPOINT_INVALID",
  hint: "Write an absolute https URL without user information.",
  keepsSecret: true,
  unproven: ["S1"],
});
