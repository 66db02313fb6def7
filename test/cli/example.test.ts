import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkFiles } from "../../src/cli/context.ts";
import { appKindNames } from "../../src/workspace/app.ts";
import { openTestWorkspace, type TestWorkspace, tenantsOfExample } from "../support/workspace.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("the example", () => {
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await openTestWorkspace({ whole: "all" });
  });
  afterAll(() => workspace.close());

  test("uses every kind of app and every kind of source", () => {
    const { context } = checkFiles(root, undefined, "2026-11-22");
    const used = context?.connections.filter(({ status }) => status !== "draft") ?? [];
    expect(new Set(used.map(({ record }) => record.kind))).toEqual(new Set(appKindNames));
    const sources = used.map(({ registration }) =>
      registration.idp.includes(".") ? `${registration.kind} in place` : registration.kind,
    );
    expect(new Set(sources)).toEqual(new Set(["okta", "auth0", "external", "okta in place"]));
    expect(tenantsOfExample().length).toBe(13);
  });

  test("is taken from its files to proven sign-ins, and nothing is left to do", async () => {
    const applied = await workspace.tenantry("apply", "--yes");
    expect(applied.exit, applied.err + applied.out).toBe(0);
    const verified = await workspace.tenantry("verify", "--json");
    expect(verified.exit, verified.err).toBe(0);
    const { summary } = verified.json() as unknown as { readonly summary: Readonly<Record<string, number>> };
    // A draft of each way, and a company that is switched off.
    expect(summary).toMatchObject({ pass: 14, skipped: 3, fail: 0, inconclusive: 0 });
    const planned = await workspace.tenantry("plan", "--exit-code");
    expect(planned.exit, planned.out).toBe(0);
  });

  test("keeps no secret of the intranet in its file", () => {
    const file = readFileSync(`${workspace.root}/.tenantry/sandbox/intranet/ferrous-works.json`, "utf8");
    const kept = String(
      workspace.sandbox.standIns.vault.path("kv", "sso/ferrous-works/intranet")?.newest?.client_secret ?? "",
    );
    expect(kept.length).toBeGreaterThan(20);
    expect(file).not.toContain(kept);
    expect(JSON.parse(file)).toMatchObject({
      clientSecretReference: "vault:kv/sso/ferrous-works/intranet#client_secret",
    });
  });
});
