import { failure } from "./failure.ts";

failure("secret-wrong", {
  check: "S1",
  code: "VERIFY_SECRET_REFUSED",
  hint: "Copy the current secret of client acme portal again, and check that it has not expired (Console: App > Secrets). Id or secret hold special characters, which some servers do not read back with client_secret_basic; by client_secret_post it is refused too.",
});
