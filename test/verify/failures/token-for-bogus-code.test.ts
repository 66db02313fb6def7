import { failure } from "./failure.ts";

failure("token-for-bogus-code", {
  check: "S1",
  code: "VERIFY_TOKEN_FOR_BOGUS_CODE",
  hint: "Do not let anyone sign in there: it is a mock or a broken server.",
  unproven: ["S1", "S2"],
});
