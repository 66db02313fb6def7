import { failure } from "./failure.ts";

failure("response-type-refused", {
  check: "P1",
  code: "VERIFY_AUTHORIZATION_REFUSED",
  hint: "Allow response type code for this client.",
});
