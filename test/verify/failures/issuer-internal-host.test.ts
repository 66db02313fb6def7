import { failure } from "./failure.ts";

failure("issuer-internal-host", {
  check: "D3",
  code: "VERIFY_ISSUER_DIFFERS",
  hint: "The document belongs to another host. If that is the tenant's own (a custom domain), write the issuer as https://idp.internal.example",
  keepsSecret: true,
});
