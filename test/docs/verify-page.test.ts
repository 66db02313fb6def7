import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withChecksTable } from "../../scripts/checks-table.ts";
import { appChecks } from "../../src/verify/app/checks.ts";
import { checks } from "../../src/verify/checks/checks.ts";
import { domainOwnership } from "../../src/verify/domain/o1-domain.ts";
import { pageAt, root } from "./pages.ts";

const page = pageAt("docs/verify.md");

test("the table of checks is that of the code", () => {
  expect(withChecksTable(page)).toBe(page);
});

test("every check has a section that says what it proves and how to mend it", () => {
  const sections = page.split(/^### (?=[A-Z]\d)/m).slice(1);
  // Checks of the record are made in src/apply, each with its id as a text.
  const folder = join(root, "src/apply");
  const record = readdirSync(folder).flatMap((name) =>
    [...pageAt(`src/apply/${name}`).matchAll(/\bid: "([A-Z]\d+)"/g)].map(([, id = ""]) => id),
  );
  expect(record.sort()).toEqual(["R1", "R2", "R3"]);
  const ids = sections.map((section) => section.split("\n")[0]);
  expect([...ids].sort()).toEqual(
    [...[...checks, ...appChecks, domainOwnership].map(({ id }) => id), ...record].sort(),
  );
  for (const section of sections) {
    expect(section).toContain("*Proves");
    expect(section).toContain("*Mend*");
  }
});
