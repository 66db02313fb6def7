import { expect, test } from "vitest";
import { failureOfAnswer } from "../../../src/vendor/okta/failure.ts";
import { failureOfFault, TransportFault } from "../../../src/vendor/okta/transport-fault.ts";

const write = { what: "create an app", scope: "okta.apps.manage", writes: true };
const read = { what: "list apps", scope: "okta.apps.read", writes: false };
const host = "acme.okta.com";

test.each([
  [400, "OKTA_REJECTED", "none"],
  [401, "OKTA_CREDENTIALS_REFUSED", "none"],
  [403, "OKTA_PERMISSION_MISSING", "none"],
  [404, "OKTA_NOT_FOUND", "none"],
  [409, "OKTA_REJECTED", "none"],
  [429, "OKTA_RATE_LIMITED", "none"],
  [302, "OKTA_UNEXPECTED_ANSWER", "none"],
  [500, "OKTA_UNAVAILABLE", "unclear"],
  [503, "OKTA_UNAVAILABLE", "unclear"],
] as const)("status %i of a write is %s with effect %s", (status, code, effect) => {
  expect(failureOfAnswer(host, write, { status, causes: [] })).toMatchObject({ code, effect, status });
  expect(failureOfAnswer(host, read, { status, causes: [] })).toMatchObject({ code, effect: "none" });
});

test("Okta's causes are quoted, on one line and not without end", () => {
  const causes = ["redirect_uris: 'x' is\nnot\u2028valid", "y".repeat(5_000)];
  const { message } = failureOfAnswer(host, write, { status: 400, summary: "Api validation failed: app", causes });
  expect(message).toContain("Api validation failed: app; redirect_uris: 'x' is not valid; yyy");
  expect(message.length).toBeLessThan(600);
});

test("a missing permission names the scope", () => {
  expect(failureOfAnswer(host, write, { status: 403, causes: [] }).message).toContain("okta.apps.manage");
});

test.each([
  [{ code: "ENOTFOUND" }, "none", "its name was not found"],
  [{ code: "ECONNREFUSED" }, "none", "it refused the connection"],
  [{ code: "SELF_SIGNED_CERT_IN_CHAIN" }, "none", "certificate"],
  [{ code: "ERR_TLS_CERT_ALTNAME_INVALID" }, "none", "certificate"],
  [{ code: "CERT_HAS_EXPIRED" }, "none", "certificate"],
  [{ code: "ECONNRESET" }, "unclear", "the connection was cut"],
  [{ code: "ERR_STREAM_PREMATURE_CLOSE" }, "unclear", "the connection was cut"],
  [{ name: "AbortError", type: "aborted" }, "unclear", "did not answer in time"],
  [{ type: "max-size" }, "unclear", "too large"],
  [{}, "unclear", "the connection failed"],
] as const)("fault %o of a write has the effect %s", (fault, effect, why) => {
  const failure = failureOfFault(host, write, new TransportFault(Object.assign(new Error("secret text"), fault)));
  expect(failure.effect).toBe(effect);
  expect(failure.message).toContain(why);
  expect(failure.message).not.toContain("secret text");
  expect(failureOfFault(host, read, new TransportFault(fault)).effect).toBe("none");
});
