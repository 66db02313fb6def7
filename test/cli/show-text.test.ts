import { describe, expect, it } from "vitest";
import { recordFacts } from "../../src/cli/show-text.ts";
import type { Connection } from "../../src/desired/connection.ts";

/** What `show` says of a record's own fields at the app. */
function shown(target: Connection["record"]["target"]): readonly (readonly [string, string])[] {
  const record = { kind: "kong", scopes: [], claims: {}, require: {}, target };
  const connection = { record, specDigest: "digest", manualSteps: [] };
  return recordFacts(connection as unknown as Connection).filter(([label]) => label.startsWith("kong "));
}

describe("a record's own fields", () => {
  it("are texts as they are, and JSON where they are more", () => {
    expect(shown({ on: "route r", logout: { path: "/out" } })).toEqual([
      ["kong on", "route r"],
      ["kong logout", '{"path":"/out"}'],
    ]);
  });

  it.each([[null], [[]], [{}]])("say none for %j", (value) => {
    expect(shown({ groups: value })).toEqual([["kong groups", "none"]]);
  });

  it.each([
    [false, "false"],
    [0, "0"],
  ])("say %j", (value, text) => {
    expect(shown({ enabled: value })).toEqual([["kong enabled", text]]);
  });
});
