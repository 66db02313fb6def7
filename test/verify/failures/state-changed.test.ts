import { failure } from "./failure.ts";

failure("state-changed", {
  check: "P1",
  verdict: "inconclusive",
  code: "VERIFY_CALLBACK_UNCLEAR",
  hint: "Sign in once by hand to see whether it works; then an entry under attest: of the tenant's file stands for it.",
});
