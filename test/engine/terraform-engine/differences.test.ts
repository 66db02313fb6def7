import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differences } from "./differences.ts";

test("docs/engines.md lists every difference that the parity tests allow, and no other", () => {
  const page = readFileSync(new URL("../../../docs/engines.md", import.meta.url), "utf8");
  const listed = [...page.matchAll(/^\s*\| `(settings\.\S+|credentials\.\S+)` \|/gm)].map(([, path]) => path);
  expect(listed.sort()).toEqual(
    Object.keys(differences)
      .map((path) => path.replace(/\.\d+\./, ".*."))
      .sort(),
  );
});
