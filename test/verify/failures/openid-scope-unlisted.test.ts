import { failure } from "./failure.ts";

failure("openid-scope-unlisted", {
  check: "D12",
  code: "VERIFY_SCOPE_OPENID_UNLISTED",
  hint: "Check that the issuer is the OpenID one and not another authorization server of the same host.",
  level: "should",
});
