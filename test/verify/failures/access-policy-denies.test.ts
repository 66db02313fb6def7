import { failure } from "./failure.ts";

failure("access-policy-denies", {
  check: "P1",
  code: "VERIFY_AUTHORIZATION_REFUSED",
  hint: "A policy of the identity provider refuses this client; look at its access policy and assignments.",
});
