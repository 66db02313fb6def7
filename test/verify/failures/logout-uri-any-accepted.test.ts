import { failure } from "./failure.ts";

failure("logout-uri-any-accepted", {
  check: "P7",
  verdict: "inconclusive",
  code: "VERIFY_LOGOUT_UNCLEAR",
  hint: "Sign out once by hand to see where people end up.",
  level: "should",
  unproven: ["P7"],
});
