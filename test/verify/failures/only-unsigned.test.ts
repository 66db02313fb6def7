import { failure } from "./failure.ts";

failure("only-unsigned", {
  check: "D7",
  code: "VERIFY_SIGNING_UNVERIFIABLE",
  hint: "Choose a signing key and RS256 for the client.",
});
