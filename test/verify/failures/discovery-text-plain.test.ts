import { failure } from "./failure.ts";

failure("discovery-text-plain", {
  check: "D1",
  code: "VERIFY_DISCOVERY_CONTENT_TYPE",
  hint: "Let the identity provider, or the proxy before it, send the document with content type application/json.",
  level: "should",
});
