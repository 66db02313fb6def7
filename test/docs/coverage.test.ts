import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pageAt, root } from "./pages.ts";

const facts = join(root, "../shared/facts/targets.md");

/** A line of the table: which capability, and the tests that prove it. */
interface Row {
  readonly line: string;
  readonly proofs: readonly { readonly file: string; readonly title: string }[];
}

const rows: readonly Row[] = pageAt("docs/coverage.md")
  .split("\n")
  .filter((text) => /^\| [A-E]\d+ \|/.test(text))
  .map((text) => ({
    line: /^\| ([A-E]\d+) \|/.exec(text)?.[1] ?? "",
    proofs: [...text.matchAll(/\[(test\/[\w./-]+)\]\(\.\.\/\1\): "((?:[^"\\]|\\.)*)"/g)].map(
      ([, file = "", title = ""]) => ({ file, title: title.replaceAll("\\|", "|") }),
    ),
  }));

/** Every capability that the model, plan or apply must have: those marked P. */
function demanded(text: string): readonly string[] {
  const section = text.split("\n## 0.")[1]?.split("\n## 1.")[0] ?? "";
  return [...section.matchAll(/\b([A-E]\d+) ((?:[PRD](?:\([a-z]+\))?\+?)+) /g)].flatMap(([, line = "", marks = ""]) =>
    marks.includes("P") ? [line] : [],
  );
}

describe("docs/coverage.md", () => {
  test("has each capability once, with a proof", () => {
    const lines = rows.map(({ line }) => line);
    expect(lines.length).toBe(88);
    expect(new Set(lines).size).toBe(lines.length);
    expect(rows.filter(({ proofs }) => proofs.length === 0)).toEqual([]);
  });

  test.each(rows)("$line: its tests are there", ({ proofs }) => {
    for (const { file, title } of proofs) {
      expect(existsSync(join(root, file)), file).toBe(true);
      expect(pageAt(file), file).toContain(`"${title}"`);
    }
  });

  test("a mark is read in all its forms", () => {
    const text =
      "\n## 0. All\n- A1 P one\n- A2 R two · A3 P(schema)+R three\n- A4 R+P four · A5 D five\n- A6 P+D six\n## 1. Next\n- A7 P no\n";
    expect(demanded(`x${text.replace("## 1", "\n## 1")}`)).toEqual(["A1", "A3", "A4", "A6"]);
  });

  test.skipIf(!existsSync(facts))("has every capability that the facts demand (../shared/facts/targets.md)", () => {
    const wanted = demanded(readFileSync(facts, "utf8"));
    expect(wanted.length).toBeGreaterThan(80);
    expect(rows.map(({ line }) => line)).toEqual(wanted);
  });
});
