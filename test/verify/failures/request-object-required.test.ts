import { failure } from "./failure.ts";

failure("request-object-required", {
  check: "D16",
  code: "VERIFY_REQUEST_OBJECT_REQUIRED",
  hint: "Switch the requirement for signed request objects off for this client; P1 shows whether it is held to.",
  level: "should",
});
