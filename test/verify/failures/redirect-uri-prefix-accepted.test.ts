import { failure } from "./failure.ts";

failure("redirect-uri-prefix-accepted", {
  check: "P2",
  code: "VERIFY_CALLBACK_PREFIX",
  hint: "Register exactly https://portal.acme.example/openid/callback/7vk2 and no wildcard (Console: App > Redirects).",
  level: "should",
});
