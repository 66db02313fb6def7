import { describe, expect, test } from "vitest";
import { appSamples } from "../../scripts/app-samples.ts";
import { capabilitiesPage } from "../../scripts/capabilities-page.ts";
import { capabilityFields } from "../../src/desired/app-kind.ts";
import { kindOfApp } from "../../src/desired/app-kinds.ts";
import { appKindNames } from "../../src/workspace/app.ts";
import { pageAt } from "./pages.ts";

const page = pageAt("docs/capabilities.md");
const cellsOf = (line: string): readonly string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

describe("the table of capabilities", () => {
  test("is what the kinds say now", () => {
    expect(page).toBe(capabilitiesPage());
  });

  test("has every field of every kind", () => {
    const rows =
      page
        .split("## How a record gets there")[0]
        ?.split("\n")
        .filter((line) => line.startsWith("| `")) ?? [];
    expect(rows.map((line) => /`(\w+)`/.exec(line)?.[1])).toEqual([...capabilityFields]);
    for (const line of rows) {
      expect(cellsOf(line)).toHaveLength(appKindNames.length + 1);
      for (const cell of cellsOf(line).slice(1)) expect(["applied", "by hand", "cannot", "its own"]).toContain(cell);
    }
  });

  test.each(appKindNames)("%s says in words where each field goes, and gate, callback, secret and lock", (kind) => {
    expect(page).toContain(`\n## ${kind}\n`);
    const { capability } = kindOfApp({ kind });
    for (const field of capabilityFields) {
      const { as, note = "" } = capability[field];
      // What is not simply applied needs a reason.
      if (as !== "applied") expect(note, `${kind} ${field}`).not.toBe("");
    }
    expect(appSamples().filter(({ app }) => app.kind === kind).length).toBeGreaterThan(0);
  });

  test("an app of each kind that goes another way is among the samples", () => {
    const said = new Set(appSamples().map(({ app }) => `${app.kind} ${kindOfApp(app).secret(app)}`));
    expect([...said]).toEqual(
      expect.arrayContaining(["sql sealed", "kong sink", "kong written", "kong byHand", "workos byHand", "file sink"]),
    );
    const callbacks = appSamples().map(({ app }) => kindOfApp(app).callback(app));
    expect(new Set(callbacks)).toEqual(new Set(["computed", "afterRecord"]));
  });
});
