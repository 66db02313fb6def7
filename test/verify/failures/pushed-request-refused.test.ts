import { failure } from "./failure.ts";

failure("pushed-request-refused", {
  check: "P5",
  code: "VERIFY_PUSHED_REFUSED",
  hint: "Check redirect URI, scopes and PKCE of client acme portal (Console: App > Redirects).",
  level: "should",
});
