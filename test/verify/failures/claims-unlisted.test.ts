import { failure } from "./failure.ts";

failure("claims-unlisted", {
  check: "D13",
  code: "VERIFY_CLAIM_UNLISTED",
  hint: "Let the identity provider put email, groups into the ID token.",
  level: "should",
});
