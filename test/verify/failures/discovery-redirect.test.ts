import { failure } from "./failure.ts";

failure("discovery-redirect", {
  check: "D1",
  code: "VERIFY_DISCOVERY_REDIRECTED",
  hint: "Use the identity provider's own issuer: a redirect from http to https, to www or to a login page means that this URL is not it.",
  also: { D21: ["fail", "VERIFY_DOCUMENT_REDIRECTED"] },
  keepsSecret: true,
  unproven: ["P1", "S1"],
});
