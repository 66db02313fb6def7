import { failure } from "./failure.ts";

failure("redirect-uri-unregistered", {
  check: "P1",
  code: "VERIFY_CALLBACK_REFUSED",
  hint: "Register exactly https://portal.acme.example/openid/callback/7vk2 as a sign-in redirect URI (Console: App > Redirects).",
});
