import { failure } from "./failure.ts";

failure("code-without-sign-in", {
  check: "P1",
  verdict: "inconclusive",
  code: "VERIFY_CODE_WITHOUT_SIGN_IN",
  hint: "Check that this is no mock server and that automatic sign-in is meant.",
});
