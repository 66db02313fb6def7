import { failure } from "./failure.ts";

failure("discovery-missing-authorization-endpoint", {
  check: "D5",
  code: "VERIFY_METADATA_MISSING",
  hint: "The identity provider must publish authorization_endpoint; check that this is the OpenID issuer and not another server of it.",
  keepsSecret: true,
  unproven: ["P1", "S1"],
});
