import { failure } from "./failure.ts";

failure("code-checked-before-client", {
  check: "S1",
  verdict: "inconclusive",
  code: "VERIFY_SECRET_UNPROVEN",
  hint: "The server looks at the code before the client, or the client is registered as public. Check at the client that it authenticates with a secret.",
  also: { S2: ["inconclusive", "VERIFY_SECRET_UNPROVEN"] },
  unproven: ["S1", "S2"],
});
