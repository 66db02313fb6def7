import { failure } from "./failure.ts";

failure("par-required", {
  check: "D15",
  code: "VERIFY_PAR_REQUIRED",
  hint: "Switch the requirement for pushed authorization requests (PAR) off at the identity provider.",
});
