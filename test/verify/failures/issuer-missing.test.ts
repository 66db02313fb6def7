import { failure } from "./failure.ts";

failure("issuer-missing", {
  check: "D3",
  code: "VERIFY_ISSUER_DIFFERS",
  hint: "The identity provider must put its issuer into the document.",
  keepsSecret: true,
});
