import { failure } from "./failure.ts";

failure("endpoint-fragment", {
  check: "D6",
  code: "VERIFY_ENDPOINT_INVALID",
  hint: "Correct the public base URL of the identity provider; for a private one, allow its host in verify.allowPrivate.",
  keepsSecret: true,
  unproven: ["S1"],
});
