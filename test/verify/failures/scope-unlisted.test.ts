import { failure } from "./failure.ts";

failure("scope-unlisted", {
  check: "D12",
  code: "VERIFY_SCOPE_UNLISTED",
  hint: "Take email, profile out of scopes, or define it at the identity provider.",
  level: "should",
});
