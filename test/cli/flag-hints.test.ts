import { expect, test } from "vitest";
import { withFlags } from "../../src/cli/verify/flag-hints.ts";
import { verifyCodes } from "../../src/errors/codes/verify.ts";
import type { CheckResult } from "../../src/store/evidence.ts";

// Without a workspace there is no file to write into: what it would say is a flag, or nothing at all.

const result: CheckResult = {
  ...{ id: "S1", link: "secret", title: "t", level: "must", verdict: "fail", message: "m", evidence: {} },
};
const hinted = (hint: string): string | undefined => withFlags({ ...result, hint }).hint;

test.each([
  [
    "If 10.0.0.1:9443 is right, add 10.0.0.1:9443 to verify.allowPrivate in tenantry.yaml.",
    "If 10.0.0.1:9443 is right, give --allow-private 10.0.0.1:9443.",
  ],
  [
    "Set clientAuth: client_secret_post in the tenant file, or change the client to client_secret_basic.",
    "Give --client-auth client_secret_post, or change the client to client_secret_basic.",
  ],
  [
    "Set clientAuth: client_secret_basic or client_secret_post, and the same at the client.",
    "Give --client-auth client_secret_basic or client_secret_post, and the same at the client.",
  ],
  ["Set responseMode: query, or allow form_post.", "Give --response-mode query, or allow form_post."],
  [
    "Take the scopes that the client may not ask for out of scopes, or allow them at the client.",
    "Take the scopes that the client may not ask for out of --scope, or allow them at the client.",
  ],
  ["Sign in once by hand. When that works, say so in the tenant file: attest, check P1.", "Sign in once by hand."],
  ["Nothing of a file.", "Nothing of a file."],
])("%s", (file, flags) => {
  expect(hinted(file)).toBe(flags);
});

test("messages name flags too, and a result without a hint stays without", () => {
  const switchedOff = withFlags({ ...result, message: "Switched off by verify.wrongSecretControl." });
  expect(switchedOff).toEqual({ ...result, message: "Switched off by --no-wrong-secret-control." });
});

test("no general hint of a check sends anybody to a file that is not there", () => {
  const left = Object.entries(verifyCodes)
    .filter(([code]) => !/^VERIFY_(?:APP|DOMAIN|DNS|ENDPOINTS_UNUSABLE|PLAN)/.test(code))
    .map(([code, { mend }]) => [code, hinted(mend)] as const)
    .filter(([, hint]) =>
      /tenantry\.yaml|tenant'?s? file|clientAuth|responseMode|verify\.allowPrivate/.test(hint ?? ""),
    );
  expect(left).toEqual([]);
});
