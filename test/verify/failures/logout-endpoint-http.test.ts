import { failure } from "./failure.ts";

failure("logout-endpoint-http", {
  check: "D6",
  code: "VERIFY_ENDPOINT_ODD",
  hint: "Set the identity provider's public base URL to https.",
  level: "should",
});
