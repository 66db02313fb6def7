import { failure } from "./failure.ts";

failure("pkce-unlisted", {
  check: "D10",
  code: "VERIFY_PKCE_UNSAID",
  hint: "Sign in once: where PKCE is not supported it is mostly ignored, and seldom refused; then set pkce: off.",
  level: "policy",
});
