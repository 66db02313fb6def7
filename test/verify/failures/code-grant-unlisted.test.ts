import { failure } from "./failure.ts";

failure("code-grant-unlisted", {
  check: "D8",
  code: "VERIFY_CODE_FLOW_UNSUPPORTED",
  hint: "Enable the grant authorization_code at the identity provider.",
});
