import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lockHolderIn } from "../../../src/engine/terraform/lock.ts";
import { createRedactor } from "../../../src/secret/redact.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { failure, fakeTool, openBench, program, scratch } from "../bench.ts";

/** A tool that does this when it plans; everything else it does without a word. */
async function planning(body: string, more: Parameters<typeof openBench>[1] = {}) {
  const root = scratch();
  const path = fakeTool(root, "terraform", `if (command === "plan") { ${body} }`);
  const bench = await openBench(path, { root, ...more });
  const folder = bench.tool.workspace(join(root, "work"), { OKTA_API_TOKEN: "s3cr3t-token" }, "acme at workforce");
  await folder.write(program({}));
  return { ...bench, folder, refused: () => failure(folder.plan({ out: "plan" })) };
}

/** What a command prints with `-json` when it fails. */
function says(summary: string, detail = "", address?: string): string {
  const diagnostic = { severity: "error", summary, detail, ...(address === undefined ? {} : { address }) };
  const line = JSON.stringify({ "@level": "error", type: "diagnostic", diagnostic });
  return `console.log(${JSON.stringify(line)}); process.exitCode = 1;`;
}

const client = "okta_app_oauth.a";

describe("what the provider says of a resource", () => {
  test.each([
    [
      "ENGINE_CRASHED",
      "Terraform or its provider crashed during plan of acme at workforce",
      "Plugin did not respond",
      "The plugin encountered an error, and failed to respond to the plugin.(*GRPCProvider).ReadResource call.",
    ],
    [
      "ENGINE_CRASHED",
      "Terraform or its provider crashed during plan of acme at workforce",
      "Request cancelled",
      "The plugin.(*GRPCProvider).ApplyResourceChange request was cancelled.",
    ],
    [
      "ENGINE_CREDENTIALS_REFUSED",
      "the credentials that Terraform was given for acme at workforce are refused",
      "failed to get application",
      "the API returned an error: Invalid token provided. Error code: E0000011",
    ],
    [
      "ENGINE_CREDENTIALS_REFUSED",
      "the credentials that Terraform was given for acme at workforce are refused",
      "failed to get application",
      'oauth2: "invalid_client" "The client secret supplied is invalid."',
    ],
    [
      "ENGINE_CREDENTIALS_REFUSED",
      "the credentials that Terraform was given for acme at workforce are refused",
      "failed to get OAuth application: Empty access token",
      "",
    ],
    [
      "ENGINE_CREDENTIALS_REFUSED",
      "the credentials that Terraform was given for acme at workforce are refused",
      "failed to create application",
      "403 Forbidden: You do not have permission to perform the requested action",
    ],
    [
      "ENGINE_STATE_GONE",
      "the state of acme at workforce holds an object that Terraform does not find any more",
      "failed to get application",
      "the API returned an error: Not found: Resource not found: 0oa1 (AppInstance). Error code: E0000007",
    ],
    [
      "ENGINE_FAILED",
      "Terraform failed during plan of acme at workforce: failed to create application",
      "failed to create application",
      "Api validation failed: label",
    ],
    // Words of the tool's own failures, in the mouth of a provider.
    [
      "ENGINE_FAILED",
      "Terraform failed during plan of acme at workforce: failed to read remote state of the backend",
      "failed to read remote state of the backend",
      "",
    ],
  ])("%s: %s", async (code, message, summary, detail) => {
    const { refused } = await planning(says(summary, detail, client));
    const words = `Error: ${summary} (${client})${detail === "" ? "" : `\n\n${detail}`}`;
    expect(await refused()).toMatchObject({ code, message, words });
  });

  test("a missing object that an apply was to point to is not one that the state holds", async () => {
    const root = scratch();
    const path = fakeTool(root, "terraform", says("failed to assign group", "E0000007: Not found", client));
    const { tool } = await openBench(path, { root });
    const folder = tool.workspace(join(root, "work"), {}, "acme");
    await folder.write(program({}));
    expect(await failure(folder.applyPlan("plan"))).toMatchObject({
      code: "ENGINE_FAILED",
      message: "Terraform failed during apply of acme: failed to assign group",
    });
  });
});

describe("what the tool says of itself", () => {
  test.each([
    ["ENGINE_PLAN_STALE", "Saved plan is stale", ""],
    ["ENGINE_REPLACE", "Instance cannot be destroyed", "Resource okta_app_oauth.a has lifecycle.prevent_destroy set"],
    [
      "ENGINE_STATE_UNREADABLE",
      "Error acquiring the state lock",
      "Error message: failed to write backup file: decryption failed for all provided methods",
    ],
    ["ENGINE_STATE_UNREADABLE", "Error refreshing state", "state data in S3 does not have the expected content."],
    ["ENGINE_PROVIDER_MISSING", "Inconsistent dependency lock file", ""],
    ["ENGINE_PROVIDER_MISSING", "Required plugins are not installed", ""],
    [
      "ENGINE_PROVIDER_MISSING",
      "Failed to load plugin schemas",
      "Could not load the schema for provider okta/okta: exec format error",
    ],
    [
      "ENGINE_BACKEND_UNREACHABLE",
      "Error refreshing state: operation error S3: GetObject, https response error StatusCode: 403, AccessDenied",
      "",
    ],
    ["ENGINE_BACKEND_UNREACHABLE", "Failed to get existing workspaces", "storage: bucket doesn't exist"],
    ["ENGINE_BACKEND_UNREACHABLE", "Failed to save state", "Error saving state: HTTP error: 503"],
    ["ENGINE_CREDENTIALS_REFUSED", "failed to configure the Okta client", "E0000011: Invalid token provided"],
    ["ENGINE_CRASHED", "Failed to read schema", "panic: runtime error: invalid memory address"],
  ])("%s: %s %s", async (code, summary, detail) => {
    expect(await (await planning(says(summary, detail))).refused()).toMatchObject({ code });
  });

  test("on stderr, in a frame and wrapped", async () => {
    const words =
      '╷\n│ Error: Backend initialization required, please run\n│ "terraform init"\n│ \n│ Reason: none\n╵\n';
    const { refused } = await planning(`console.error(${JSON.stringify(words)}); process.exitCode = 1;`);
    expect(await refused()).toMatchObject({
      code: "ENGINE_BACKEND_UNREACHABLE",
      words: 'Error: Backend initialization required, please run\n\n"terraform init"\n\nReason: none',
    });
  });

  test("nothing at all", async () => {
    expect(await (await planning("process.exitCode = 7;")).refused()).toEqual({
      code: "ENGINE_FAILED",
      message: "Terraform failed during plan of acme at workforce: it ended with exit code 7",
      hint: "Read its own words below the message, mend what they name, then plan again.",
      words: undefined,
    });
  });

  test("whatever a backend says when it cannot be had, as long as init came no further", async () => {
    const root = scratch();
    const path = fakeTool(
      root,
      "terraform",
      `console.log("Initializing the backend..."); console.error("Error: No valid credential sources found\\n\\nStatusCode: 403"); process.exitCode = 1;`,
    );
    const { tool } = await openBench(path, { root });
    const folder = tool.workspace(join(root, "work"), {}, "acme");
    await folder.write(program({}));
    expect(await failure(folder.init())).toMatchObject({
      code: "ENGINE_BACKEND_UNREACHABLE",
      message: "Terraform cannot reach the state of acme",
      words: "Error: No valid credential sources found\n\nStatusCode: 403",
    });
  });
});

describe("the end of the tool", () => {
  test("ENGINE_CRASHED with the words of its panic", async () => {
    const { refused } = await planning(
      'console.error("!!!!!!!!!!!!!!!!!!!!!!!!!!! TERRAFORM CRASH !!!!!!!!!!!!!!!!!!!!!!!!!!!!\\npanic: runtime error"); process.exitCode = 11;',
    );
    expect(await refused()).toMatchObject({
      code: "ENGINE_CRASHED",
      message: "Terraform or its provider crashed during plan of acme at workforce",
      words: expect.stringContaining("panic: runtime error"),
    });
  });

  test("ENGINE_CRASHED when a signal ended it that was not ours", async () => {
    expect(await (await planning('process.kill(process.pid, "SIGKILL");')).refused()).toMatchObject({
      code: "ENGINE_CRASHED",
      message: "Terraform was ended by SIGKILL during plan of acme at workforce",
    });
  });

  test("ENGINE_TIMED_OUT when it hangs", async () => {
    const { refused } = await planning("setInterval(() => undefined, 1000);", { limit: 1_000 });
    expect(await refused()).toMatchObject({
      code: "ENGINE_TIMED_OUT",
      message: "Terraform did not end plan of acme at workforce within 1 s",
      hint: "See what it waits for (its own words are below the message), then try again.",
    });
  });

  test("ENGINE_INTERRUPTED when it hangs and we are asked to stop", async () => {
    const begun = JSON.stringify({ type: "refresh_start", "@message": "okta_app_oauth.a: Refreshing state..." });
    const { refused, step, stop } = await planning(
      `console.log(${JSON.stringify(begun)}); setInterval(() => undefined, 1000);`,
    );
    const refusal = refused();
    expect(await step(/Refreshing/)).toBe("acme at workforce: okta_app_oauth.a: Refreshing state...");
    stop();
    expect(await refusal).toMatchObject({
      code: "ENGINE_INTERRUPTED",
      message: "Terraform was asked to stop during plan of acme at workforce, and has stopped",
    });
  });

  test("words of any length are cut to their end", async () => {
    const { refused } = await planning(
      'process.stderr.write("x".repeat(5_000_000) + " the end"); process.exitCode = 1;',
    );
    const { words } = await refused();
    expect([words?.length, words?.slice(-8)]).toEqual([64 * 1024, " the end"]);
  });

  test("a secret in its words, its steps or the message is not passed on", async () => {
    const redactor = createRedactor([new Secret("s3cr3t-token")]);
    const step = JSON.stringify({ type: "apply_start", "@message": "a: Creating with s3cr3t-token" });
    const { refused, told } = await planning(
      `console.log(${JSON.stringify(step)}); ${says("refused s3cr3t-token", "Authorization: SSWS s3cr3t-token")}`,
      { redactor },
    );
    expect(await refused()).toMatchObject({
      message: "Terraform failed during plan of acme at workforce: refused [secret]",
      words: "Error: refused [secret]\n\nAuthorization: SSWS [secret]",
    });
    expect(told).toEqual(["acme at workforce: a: Creating with [secret]"]);
  });

  test("ENGINE_ANSWER_UNREADABLE when its plan or its outputs are none", async () => {
    const { folder, refused } = await planning("");
    expect(await refused()).toMatchObject({
      code: "ENGINE_ANSWER_UNREADABLE",
      message: "Terraform 1.11.4 did not answer a plan in JSON",
    });
    expect(await failure(folder.outputs())).toMatchObject({
      code: "ENGINE_ANSWER_UNREADABLE",
      message: "Terraform 1.11.4 did not answer its outputs in JSON",
    });
  });
});

describe("what to do about a state", () => {
  test.each([
    [
      "that is not yet encrypted",
      "ENGINE_STATE_UNREADABLE",
      "error loading state: encountered unencrypted payload without unencrypted method configured",
      /written before engines\.terraform\.encryption was.*--adopt-into terraform/,
    ],
    [
      "that is encrypted, when the file asks for none any more",
      "ENGINE_STATE_UNREADABLE",
      "Unsupported state file format: This state file is encrypted and can not be read without an encryption configuration",
      /name its passphrase there again/,
    ],
    [
      "that OpenTofu has written",
      "ENGINE_PROVIDER_MISSING",
      "Could not retrieve the list of available versions for provider providers.opentofu.org/okta/okta: no network",
      /terraform -chdir=work state replace-provider providers\.opentofu\.org\/okta\/okta providers\.terraform\.io\/okta\/okta$/,
    ],
    [
      "whose lock nobody has signed yet",
      "ENGINE_STATE_LOCKED",
      "Error acquiring the state lock: resource temporarily unavailable, open .x.tfstate.lock.info: no such file",
      /./,
    ],
  ])("%s", async (_, code, words, hint) => {
    const { refused } = await planning(says("Error refreshing state", words));
    expect(await refused()).toMatchObject({ code, hint: expect.stringMatching(hint) });
  });
});

describe("the holder of a lock", () => {
  test.each([
    ["nobody's words", "Error acquiring the state lock", undefined],
    ["no id", "Lock Info:\n  ID:\n  Who: a@b", undefined],
    ["only an id", "Lock Info:\n  ID:        abc-1\n  Who:       \n  Created:   \n", { id: "abc-1" }],
    [
      "another one's info than the lock's",
      "already locked: ID=abc-1\nLock Info:\n  ID: xyz\n  Who: me@here",
      { id: "abc-1" },
    ],
    [
      "all of it",
      "already locked: ID=abc-1\nLock Info:\n  ID: abc-1\n  Operation: OperationTypeInvalid\n  Who: a@b\n  Created: 2026-11-21 21:17:53 +0000 UTC",
      { id: "abc-1", who: "a@b", operation: "invalid", created: "2026-11-21 21:17:53 UTC" },
    ],
  ])("from %s", (_, words, holder) => expect(lockHolderIn(words)).toEqual(holder));
});
