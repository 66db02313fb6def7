import { failure } from "./failure.ts";

failure("document-flaps", {
  check: "D23",
  code: "VERIFY_DISCOVERY_VARIES",
  hint: "Several servers answer for that name: give each the same public base URL and configuration.",
  level: "policy",
});
