import { failure } from "./failure.ts";

failure("pkce-plain-only", {
  check: "D10",
  code: "VERIFY_PKCE_UNLISTED",
  hint: "Allow S256 at the identity provider; where it cannot, set pkce: off.",
  level: "policy",
});
