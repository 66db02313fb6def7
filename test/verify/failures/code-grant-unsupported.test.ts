import { failure } from "./failure.ts";

failure("code-grant-unsupported", {
  check: "S1",
  code: "VERIFY_CLIENT_REFUSED",
  hint: "Allow the authorization code grant for this client, and check that the issuer is the right authorization server.",
});
