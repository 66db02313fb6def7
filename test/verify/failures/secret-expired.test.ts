import { failure } from "./failure.ts";

failure("secret-expired", {
  check: "S1",
  code: "VERIFY_SECRET_REFUSED",
  hint: "Make a new client secret and hand it over (Console: App > Secrets).",
});
