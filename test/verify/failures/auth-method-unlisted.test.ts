import { failure } from "./failure.ts";

failure("auth-method-unlisted", {
  check: "D9",
  code: "VERIFY_CLIENT_AUTH_UNLISTED",
  hint: "Choose a listed method as clientAuth, and set the same at the client.",
});
