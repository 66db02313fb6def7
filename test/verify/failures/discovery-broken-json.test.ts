import { failure } from "./failure.ts";

failure("discovery-broken-json", {
  check: "D1",
  code: "VERIFY_DISCOVERY_NOT_JSON",
  hint: "Check the issuer; a sign-in page or a proxy answers in place of the document.",
  keepsSecret: true,
  unproven: ["P1", "S1"],
});
