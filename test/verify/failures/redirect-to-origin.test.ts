import { failure } from "./failure.ts";

failure("redirect-to-origin", {
  check: "P1",
  verdict: "inconclusive",
  code: "VERIFY_CALLBACK_UNCLEAR",
  hint: "Register exactly https://portal.acme.example/openid/callback/7vk2 as a sign-in redirect URI (Console: App > Redirects).",
});
