import { failure } from "./failure.ts";

failure("jwks-uri-http", {
  check: "D6",
  code: "VERIFY_ENDPOINT_INVALID",
  hint: "The identity provider does not know its own public address: set its public base URL (hostname, X-Forwarded-Proto) to https.",
  keepsSecret: true,
  unproven: ["K1", "S1"],
});
