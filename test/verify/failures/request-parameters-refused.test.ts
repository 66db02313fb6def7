import { failure } from "./failure.ts";

failure("request-parameters-refused", {
  check: "P1",
  code: "VERIFY_AUTHORIZATION_REFUSED",
  hint: "Check pkce, responseMode, acrValues and extraParams against what the client requires.",
});
