import { failure } from "./failure.ts";

failure("client-not-allowed-code-flow", {
  check: "P1",
  code: "VERIFY_AUTHORIZATION_REFUSED",
  hint: "Allow the authorization code grant and response type code for this client.",
});
