import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { codes } from "../../src/errors/codes/index.ts";
import { brokenLink, linksOf, pageAt, pages, root } from "./pages.ts";

const all = pages();

describe("the pages", () => {
  test("are found", () => {
    const paths = all.map(({ path }) => path);
    expect(paths).toContain("README.md");
    expect(paths).toContain("docs/architecture.md");
    expect(paths.filter((path) => path.startsWith("docs/decisions/")).length).toBeGreaterThan(10);
    expect(all.flatMap(({ text }) => linksOf(text)).length).toBeGreaterThan(80);
  });

  test.each(all)("$path: every link leads somewhere", (page) => {
    expect(linksOf(page.text).flatMap((target) => brokenLink(page, target) ?? [])).toEqual([]);
  });

  test("a link to a missing page, a missing heading or out of the repository is found", () => {
    const page = { path: "docs/verify.md", text: "" };
    expect(brokenLink(page, "none.md")).toContain("there is no docs/none.md");
    expect(brokenLink(page, "sql.md#nowhere")).toContain("no heading #nowhere");
    expect(brokenLink(page, "../../elsewhere.md")).toContain("out of the repository");
    expect(brokenLink(page, "sql.md#what-the-app-reads")).toBeUndefined();
  });

  test.each(all)("$path: every file of the repository that it names is there", ({ text }) => {
    const named = [...text.matchAll(/`((?:src|sandbox|scripts|test|schema|bin|bench|ci)\/[\w./-]+)`/g)].map(
      ([, path = ""]) => path,
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test.each(all)("$path: every code that it names is one", ({ text }) => {
    const named = [...text.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, code = ""]) => code);
    const rooms = new Set(Object.keys(codes).map((code) => code.slice(0, code.indexOf("_"))));
    // A double underscore stands in tenants' variables, never in a code.
    const ours = named.filter((code) => rooms.has(code.slice(0, code.indexOf("_"))) && !code.includes("__"));
    // Variables of the environment that happen to begin with the name of a room.
    const variables = new Set(["OKTA_API_TOKEN", ...(text.includes("env:OKTA_") ? ["OKTA_PRIVATE_KEY"] : [])]);
    expect(ours.filter((code) => !(code in codes) && !variables.has(code))).toEqual([]);
  });

  test.each(all)("$path: says nothing of one machine, one registry, or how work is organised", ({ text }) => {
    const unwanted = [
      /\bregistry\.\w/i,
      /\bnpmjs\.(org|com)\b/i,
      /(^|[\s`"'(=])\/(work|tmp|home|root|Users|var|usr|opt)\//m,
      /\bhelpers?\b/i,
      /\bthe lead\b|\bteam lead\b/i,
      /\bissue (number )?#?\d+/i,
    ];
    expect(unwanted.flatMap((pattern) => pattern.exec(text)?.[0] ?? [])).toEqual([]);
  });

  test("every decision is listed, with its parts", () => {
    const listed = linksOf(pageAt("docs/decisions/README.md"));
    const decisions = all.filter(({ path }) => /^docs\/decisions\/\d{4}-/.test(path));
    expect(decisions.map(({ path }) => path.replace("docs/decisions/", ""))).toEqual(listed);
    for (const { path, text } of decisions) {
      for (const part of ["Status", "Context.", "Decision.", "Consequences."])
        expect(text, path).toContain(`**${part}**`);
      expect(text, path).toMatch(new RegExp(`^# ${/(\d{4})-/.exec(path)?.[1]} `));
    }
  });
});

describe("SECURITY.md", () => {
  const rows = pageAt("SECURITY.md")
    .split("\n")
    .filter((line) => line.includes("](test/"));

  test("names a test for each guarantee", () => {
    expect(rows.length).toBeGreaterThan(15);
  });

  test.each(rows)("%s", (row) => {
    const file = /\]\((test\/[^)]+)\)/.exec(row)?.[1] ?? "";
    const titles = [...(row.split("](test/")[1]?.matchAll(/"([^"]+)"/g) ?? [])].map(([, title = ""]) => title);
    expect(titles.length).toBeGreaterThan(0);
    const text = pageAt(file);
    for (const title of titles) expect(text).toContain(`"${title}"`);
  });
});
