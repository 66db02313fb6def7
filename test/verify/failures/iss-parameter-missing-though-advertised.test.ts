import { failure } from "./failure.ts";

failure("iss-parameter-missing-though-advertised", {
  check: "D17",
  code: "VERIFY_RESPONSE_ISSUER_MISSING",
  hint: "The identity provider must send iss, or set authorization_response_iss_parameter_supported to false.",
});
