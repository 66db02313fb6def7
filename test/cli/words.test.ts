import { describe, expect, it } from "vitest";
import { outcomeLine, plainOutcome } from "../../src/cli/apply-text.ts";
import { quoted, reportError } from "../../src/cli/outcome.ts";
import type { ConnectionKey } from "../../src/desired/connection.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import { plain } from "../../src/plan/paint.ts";

// A program's own words stand below our sentence, each line marked as not ours.

const words = "Error: Provider produced inconsistent result\n\n  with okta_app_oauth.acme\n";
const error = new TenantryError("ENGINE_FAILED", "terraform could not apply", { words, hint: "read them" });
const failed = { key: "acme/portal" as ConnectionKey, outcome: "failed", error } as const;

describe("the words of a program", () => {
  it("stand between what failed and what mends it", () => {
    expect(outcomeLine(failed, 12, plain)).toBe(
      [
        "acme/portal   failed  ENGINE_FAILED",
        "  terraform could not apply",
        "  | Error: Provider produced inconsistent result",
        "  | ",
        "  |   with okta_app_oauth.acme",
        "  mend: read them",
      ].join("\n"),
    );
  });

  it("leave no trace where there are none", () => {
    const silent = { ...failed, error: new TenantryError("ENGINE_FAILED", "it failed", { hint: "look" }) };
    expect(outcomeLine(silent, 11, plain)).toBe("acme/portal  failed  ENGINE_FAILED\n  it failed\n  mend: look");
    expect(quoted("")).toBe("");
    expect(JSON.parse(JSON.stringify(plainOutcome(silent))).error).not.toHaveProperty("words");
  });

  it("stand in JSON as they are", () => {
    expect(plainOutcome(failed)).toMatchObject({ key: "acme/portal", error: { code: "ENGINE_FAILED", words } });
  });

  it("stand below the error that ends a command", () => {
    const err: string[] = [];
    const terminal = { out: (text: string) => err.push(text), err: (text: string) => err.push(text), paint: plain };
    expect(reportError(error, terminal, { command: "plan", json: false, debug: false })).toBe(5);
    expect(err.join("")).toContain(
      "terraform could not apply\n  | Error: Provider produced inconsistent result\n  | \n",
    );
  });
});
