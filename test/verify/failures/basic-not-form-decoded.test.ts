import { failure } from "./failure.ts";

failure("basic-not-form-decoded", {
  check: "S1",
  code: "VERIFY_CLIENT_AUTH_METHOD",
  hint: "Set clientAuth: client_secret_post in the tenant file, or make a new secret of letters and digits (Console: App > Secrets).",
});
