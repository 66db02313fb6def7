import { failure } from "./failure.ts";

failure("boolean-as-text", {
  check: "D20",
  code: "VERIFY_METADATA_ODD",
  hint: "The identity provider's administrator can correct claims_parameter_supported; strict libraries may refuse the document.",
  level: "should",
});
