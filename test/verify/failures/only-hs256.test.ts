import { failure } from "./failure.ts";

failure("only-hs256", {
  check: "D7",
  code: "VERIFY_SIGNING_UNVERIFIABLE",
  hint: "Choose a signing key and RS256 for the client.",
});
