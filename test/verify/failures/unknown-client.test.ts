import { failure } from "./failure.ts";

failure("unknown-client", {
  check: "P1",
  code: "VERIFY_CALLBACK_REFUSED",
  hint: "Check the client id acme portal and that it belongs to this issuer (Console: App > Redirects).",
});
