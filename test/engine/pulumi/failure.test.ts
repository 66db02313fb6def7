import { expect, test } from "vitest";
import { FailedCall } from "../../../src/engine/pulumi/command.ts";
import { isNoStack, pulumiFailure } from "../../../src/engine/pulumi/failure.ts";
import type { ToolAnswer } from "../../../src/engine/tool-process.ts";
import { TenantryError } from "../../../src/errors/failure.ts";

const context = {
  name: { stack: "sandbox.customers.fernhill" },
  subject: "fernhill at customers",
  folder: "/workspace/.tenantry/engines/pulumi/sandbox/customers/fernhill",
  tool: { path: "/usr/local/bin/pulumi", version: "3.259.0" },
  environment: { PULUMI_BACKEND_URL: "s3://acme/pulumi?region=eu-central-1" },
  installPlugin: "Install it where there is a network: pulumi plugin install resource auth0 v3.49.0",
  redact: (text: string) => text.replaceAll("the-secret", "(redacted)"),
};

function failed(answer: Partial<ToolAnswer>, errors: readonly string[] = []): TenantryError {
  const whole = { exit: 255, signal: undefined, out: "", err: "", stopped: undefined, ...answer };
  const error = pulumiFailure(new FailedCall("up", whole, 60_000), errors, context);
  if (!(error instanceof TenantryError)) throw error;
  return error;
}

// Words of the CLI 3.259.0 and of the plugin 3.49.0, as they came.
test.each([
  ["ENGINE_STATE_UNREADABLE", "error: getting stack configuration: get stack secrets manager: incorrect passphrase"],
  ["ENGINE_STATE_UNREADABLE", "error: the stack 'x' is newer than what this version of the Pulumi CLI understands"],
  [
    "ENGINE_PROVIDER_MISSING",
    "error: could not load provider for resource urn:pulumi:a::b::c::d: load plugin for auth0 provider: no resource plugin 'pulumi-resource-auth0' found in the workspace at version v3.49.0",
  ],
  [
    "ENGINE_BACKEND_UNREACHABLE",
    "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
  ],
  [
    "ENGINE_BACKEND_UNREACHABLE",
    'error: unable to open state database "postgres://u@127.0.0.1:1/db": failed to ping PostgreSQL: dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  [
    "ENGINE_BACKEND_UNREACHABLE",
    'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, https response error StatusCode: 0, request send failed, dial tcp: lookup no such host',
  ],
  [
    "ENGINE_CREDENTIALS_REFUSED",
    'Preview failed: refreshing urn: 1 error occurred:\n\t* 401: {"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}',
  ],
  [
    "ENGINE_CREDENTIALS_REFUSED",
    '* failed to send the request: Get "https://acme.eu.auth0.com/api/v2/organizations/o": oauth2: "access_denied" "Unauthorized"',
  ],
  [
    "AUTH0_UNREACHABLE",
    '* failed to send the request: Get "https://acme.eu.auth0.com/api/v2/clients/c": Post "https://acme.eu.auth0.com/oauth/token": proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  [
    "ENGINE_STATE_GONE",
    'Preview failed: refreshing urn: 1 error occurred:\n\t* 404: {"statusCode":404,"error":"Not Found","message":"No organization found by that id or name"}',
  ],
  [
    "ENGINE_REPLACE",
    'Preview failed: resource "urn:pulumi:a::b::c::d" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the `protect` flag',
  ],
  ["ENGINE_CRASHED", "error: rpc error: code = Unavailable desc = error reading from server: EOF"],
  ["ENGINE_FAILED", "error: something that nobody has heard of"],
])("%s: %s", (code, words) => {
  const error = failed({ err: words });
  expect(error.code).toBe(code);
  expect(error.words).toBe(words);
  expect(error.message).toContain("fernhill at customers");
});

test("a lock: who holds it, since when, and the command that releases it", () => {
  const error = failed({
    err: [
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
      "  file:///state/.pulumi/locks/organization/p/s/1.json: created by ada@build-7 (pid 4711) at 2026-11-20T10:00:00Z",
    ].join("\n"),
  });
  expect(error).toMatchObject({
    code: "ENGINE_STATE_LOCKED",
    message: "the state of fernhill at customers is locked by ada@build-7 (pid 4711, since 2026-11-20T10:00:00Z)",
    hint: "Wait for that run. When it is gone, release the lock: (cd /workspace/.tenantry/engines/pulumi/sandbox/customers/fernhill && PULUMI_BACKEND_URL='s3://acme/pulumi?region=eu-central-1' /usr/local/bin/pulumi cancel --yes --stack sandbox.customers.fernhill)",
  });
});

test("how a run ended counts more than its words", () => {
  const err = "error: incorrect passphrase";
  expect(failed({ err, stopped: "interrupted" }).code).toBe("ENGINE_INTERRUPTED");
  expect(failed({ err, stopped: "timed out" })).toMatchObject({
    code: "ENGINE_TIMED_OUT",
    message: "Pulumi did not end up of fernhill at customers within 60 s",
  });
  expect(failed({ err, stopped: "printed too much" }).code).toBe("ENGINE_ANSWER_UNREADABLE");
  expect(failed({ exit: undefined, signal: "SIGKILL" }).code).toBe("ENGINE_CRASHED");
});

test("secrets are taken out of what is told", () => {
  const error = failed({ err: "error: no such thing as the-secret" });
  expect(`${error.message} ${error.words}`).not.toContain("the-secret");
});

test("what its events told of counts more than what it printed", () => {
  expect(failed({ err: "error: update failed" }, ["rpc error: transport is closing"])).toMatchObject({
    code: "ENGINE_CRASHED",
    words: "rpc error: transport is closing",
  });
});

test("an error that is not Pulumi's goes on as it is", () => {
  const bug = new TypeError("a mistake of ours");
  expect(pulumiFailure(bug, [], context)).toBe(bug);
});

test("a stack that is not there is no failure", () => {
  const answer = { exit: 255, signal: undefined, out: "", err: "error: no stack named 'x' found", stopped: undefined };
  expect(isNoStack(new FailedCall("stack", answer, 1))).toBe(true);
  expect(isNoStack(new FailedCall("stack", { ...answer, err: "error: incorrect passphrase" }, 1))).toBe(false);
});
