import { failure } from "./failure.ts";

failure("scope-refused", {
  check: "P1",
  code: "VERIFY_AUTHORIZATION_REFUSED",
  hint: "Take the scopes that the client may not ask for out of scopes, or allow them at the client.",
});
