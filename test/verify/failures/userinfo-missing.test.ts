import { failure } from "./failure.ts";

failure("userinfo-missing", {
  check: "D18",
  code: "VERIFY_USERINFO_MISSING",
  hint: "Let the identity provider put every claim that the app reads into the ID token.",
  level: "should",
});
