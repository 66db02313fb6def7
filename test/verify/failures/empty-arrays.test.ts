import { failure } from "./failure.ts";

failure("empty-arrays", {
  check: "D20",
  code: "VERIFY_METADATA_ODD",
  hint: "The identity provider's administrator can correct acr_values_supported; strict libraries may refuse the document.",
  level: "should",
});
