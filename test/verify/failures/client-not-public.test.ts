import { failure } from "./failure.ts";

failure(
  "client-not-public",
  {
    check: "S1",
    code: "VERIFY_CLIENT_NOT_PUBLIC",
    hint: "Make acme-public a public client with PKCE (token endpoint authentication: none) (Console: App > Secrets), or set clientAuth in the tenant file to what it has.",
  },
  { shows: "nothing" },
);
