import { failure } from "./failure.ts";

failure("endpoint-no-text", {
  check: "D5",
  code: "VERIFY_METADATA_MISSING",
  hint: "The identity provider must publish token_endpoint; check that this is the OpenID issuer and not another server of it.",
  also: { D20: ["fail", "VERIFY_METADATA_ODD"] },
  keepsSecret: true,
  unproven: ["P1", "S1"],
});
