import { failure } from "./failure.ts";

failure("query-mode-unlisted", {
  check: "D11",
  code: "VERIFY_RESPONSE_MODE_UNLISTED",
  hint: "Set responseMode: form_post, if the app can.",
  level: "policy",
});
