import { describe, expect, test } from "vitest";
import { fileApp, resolveFileApp } from "../../../src/workspace/apps/file.ts";

const right = {
  kind: "file",
  baseUrl: "https://legacy.acme.example",
  callback: "/sso/{tenant}/callback",
  path: "out/{tenant}.json",
  format: "json",
  secretSink: "vault:kv/sso/{tenant}#client_secret",
};

function issuesOf(change: Readonly<Record<string, unknown>>): readonly string[] {
  const result = fileApp.safeParse({ ...right, ...change });
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("an app of kind file", () => {
  test("is as it was written, secrets kept out of the file", () => {
    expect(resolveFileApp("legacy", fileApp.parse(right))).toMatchObject({
      ...{ kind: "file", name: "legacy", path: "out/{tenant}.json", format: "json", plainSecrets: false },
      secretSink: "vault:kv/sso/{tenant}#client_secret",
    });
  });

  test.each([
    ["/etc/{tenant}", "relative to the workspace"],
    ["a/../{tenant}", "must not hold `..`"],
    ["./{tenant}", "must not hold `..`"],
    ["a//{tenant}", "must not hold `..`"],
    ["out/all.json", "must hold `{tenant}`"],
    ["out/{tenant}-{id}.json", "must not hold `{`"],
    ["out/{tenant}*", "must not hold `{`"],
    ["out\\{tenant}", "relative to the workspace"],
  ])("its path may not be %s", (path, why) => {
    expect(issuesOf({ path }).join()).toContain(why);
  });

  test("says where secrets go: to a sink, or into the file by name, never to both", () => {
    expect(issuesOf({ secretSink: undefined })).toEqual([expect.stringContaining("secretSink: must say where")]);
    expect(issuesOf({ secretSink: undefined, plainSecrets: true })).toEqual([]);
    expect(issuesOf({ plainSecrets: true })).toEqual([expect.stringContaining("plainSecrets: must not be")]);
    expect(issuesOf({ secretSink: undefined, clientAuth: ["none"] })).toEqual([]);
  });
});

describe("a secret sink", () => {
  test.each([
    "vault:kv/sso/{tenant}#client_secret",
    "vault:kv/{environment}/{tenant}/{app}-{signIn}#secret",
    "op://sso/{tenant}/{app}/secret",
    "aws-sm:sso/{tenant}#{app}",
    "aws-sm:sso/{tenant}",
    "gcp-sm:projects/acme-sso/secrets/{tenant}_{app}",
    "file:secrets/{tenant}",
    "file:/run/secrets/{tenant}",
  ])("may be %s", (secretSink) => expect(issuesOf({ secretSink })).toEqual([]));

  test.each([
    ["env:SECRET_{tenant}", "can be written to"],
    ["vault:kv/sso#client_secret", "must hold `{tenant}`"],
    ["vault:kv/{tenant}", "must be a reference"],
    ["vault:kv/../{tenant}#a", "must be a reference"],
    ["vault:kv/{tenant}#{id}", "must not hold `{`"],
    ["op://sso/{tenant}", "must be a reference"],
    ["gcp-sm:projects/acme-sso/secrets/{tenant}/versions/3", "must name no version"],
    ["s3cret", "must be a reference"],
  ])("may not be %s", (secretSink, why) => {
    expect(issuesOf({ secretSink }).join()).toContain(why);
  });
});
