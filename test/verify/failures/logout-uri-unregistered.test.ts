import { failure } from "./failure.ts";

failure("logout-uri-unregistered", {
  check: "P7",
  code: "VERIFY_LOGOUT_REFUSED",
  hint: "Register exactly https://portal.acme.example/ as a sign-out redirect URI.",
  level: "should",
});
