import { failure } from "./failure.ts";

failure("only-implicit-flow", {
  check: "D8",
  code: "VERIFY_CODE_FLOW_UNSUPPORTED",
  hint: "Enable the response type code (authorization code flow) at the identity provider.",
});
