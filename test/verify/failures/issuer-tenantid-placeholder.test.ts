import { failure } from "./failure.ts";

failure("issuer-tenantid-placeholder", {
  check: "D3",
  code: "VERIFY_ISSUER_DIFFERS",
  hint: "Use the issuer with the directory's own id (a GUID), not common, organizations or consumers.",
  keepsSecret: true,
});
