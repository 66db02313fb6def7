import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { compile } from "../../src/desired/compile.ts";
import { formatIssue, type Issue } from "../../src/errors/issue.ts";
import { checkFleet, checkRules } from "../../src/rules/check.ts";
import { loadTenants } from "../../src/tenant/load.ts";
import { loadWorkspace } from "../../src/workspace/load.ts";
import { memoryFiles } from "./memory-files.ts";
import { replaced } from "./replaced.ts";

// Files come from pull requests of anybody: whatever is in them, loading gives issues with a place, and never throws.

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const workspace = read("tenantry.yaml");

type Content = string | Uint8Array;

/** The example's tenants, with a sign-in of every kind among them. */
const names = ["whiterabbit", "fernhill", "alder-voss", "bluefin-studios", "ostrava-steel", "tannberg"];
const tenants: Readonly<Record<string, string>> = Object.fromEntries(
  names.map((name) => [name, read(`tenants/${name}.yaml`)]),
);
const tenant = tenants.whiterabbit ?? "";

/** Loads, compiles and checks; every issue there is. */
function check(workspaceFile: Content, tenantFile: Content): readonly Issue[] {
  return checkAll(workspaceFile, { whiterabbit: tenantFile });
}

function checkAll(workspaceFile: Content, tenantFiles: Readonly<Record<string, Content>>): readonly Issue[] {
  const all = Object.entries(tenantFiles).map(([name, content]): [string, Content] => [
    `tenants/${name}.yaml`,
    content,
  ]);
  const contents: Readonly<Record<string, Content>> = {
    "tenantry.yaml": workspaceFile,
    ...Object.fromEntries(all),
  };
  const files = memoryFiles(contents);
  const loaded = loadWorkspace(files, "/workspace", undefined);
  const { tenants: read, issues } = loadTenants(files);
  const rules = (loaded.workspace === undefined ? [undefined] : loaded.environments).flatMap((environment) => {
    const one = loadWorkspace(files, "/workspace", environment);
    if (one.workspace === undefined) return checkFleet(read);
    const connections = compile(one.workspace, read, "2027-03-01");
    return checkRules({ ...one, tenants: read, connections });
  });
  const found = [...loaded.issues, ...issues, ...rules];
  const lines = new Map(Object.entries(contents).map(([path, content]) => [path, linesOf(content)]));
  for (const issue of found) {
    expectPlace(issue, lines.get(issue.file));
    for (const place of issue.related ?? []) expectPlace({ ...issue, ...place }, lines.get(place.file));
  }
  return found;
}

function linesOf(content: Content): readonly string[] {
  return (typeof content === "string" ? content : new TextDecoder().decode(content)).split("\n");
}

/** A place that is there, and a text without anything that a terminal would obey. */
function expectPlace(issue: Issue, lines: readonly string[] | undefined): void {
  const shown = formatIssue(issue);
  const line = lines?.[issue.line - 1];
  if (line === undefined || issue.column < 1 || issue.column > line.length + 1) throw new Error(`no place: ${shown}`);
  if (issue.message === "" || issue.hint === "") throw new Error(`says nothing: ${shown}`);
  if (/\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(shown.replaceAll("\n", ""))) {
    throw new Error(`hidden characters: ${JSON.stringify(shown)}`);
  }
}

test("the files that are changed below are right before", () => {
  expect(check(workspace, tenant)).toEqual([]);
});

test("nothing at all", () => {
  const nothing = memoryFiles({});
  const places = [loadWorkspace(nothing, "/workspace", undefined).issues, loadTenants(nothing).issues];
  expect(places.map((issues) => issues.map(({ code }) => code))).toEqual([["FILE_UNREADABLE"], ["TENANT_NONE"]]);
});

test("a file that may not be read, and a folder that may not", () => {
  const files = memoryFiles({ "tenantry.yaml": workspace, "tenants/whiterabbit.yaml": tenant });
  const locked = { ...files, read: () => ({ reason: "EACCES" }) };
  expect(
    [loadWorkspace(locked, "/workspace", undefined).issues, loadTenants(locked).issues].flat().map(formatIssue),
  ).toMatchInlineSnapshot(`
    [
      "tenantry.yaml:1:1  FILE_UNREADABLE  tenantry.yaml cannot be read (EACCES)
      mend: check that it is a plain file that may be read",
      "tenants/whiterabbit.yaml:1:1  FILE_UNREADABLE  tenants/whiterabbit.yaml cannot be read (EACCES)
      mend: check that it is a plain file that may be read",
    ]
  `);
  expect(loadTenants({ ...files, list: () => ({ reason: "EACCES" }) }).issues.map(formatIssue)).toMatchInlineSnapshot(`
    [
      "tenants:1:1  FILE_UNREADABLE  tenants/ cannot be read (EACCES)
      mend: check that you are in the right folder and branch",
    ]
  `);
});

test("a large file is cut off before it is parsed", () => {
  const asked: number[] = [];
  const files = memoryFiles({ "tenants/whiterabbit.yaml": "a: [".repeat(2 ** 21) });
  const watched = {
    ...files,
    read(path: string, limit: number) {
      asked.push(limit);
      return files.read(path, limit);
    },
  };
  expect(loadTenants(watched).issues.map(({ code }) => code)).toEqual(["FILE_TOO_LARGE"]);
  expect(asked).toEqual([256 * 1024 + 1]);
});

test("any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      check(bytes, tenant);
      check(workspace, bytes);
    }),
    { numRuns: 80 },
  );
});

const token = fc.constantFrom(
  ..."a b: c:\n- - [ ] { } , : ? & * ! | > ' \" % @ ` # ~ null true 1 0x1F .inf << __proto__ --- ... \\".split(" "),
  "\n",
  "\n  ",
  "\t",
  " ",
  "\r\n",
  "\r",
  "&a ",
  "*a",
  "!!str ",
  "tenant: ",
  "signIn:\n  ",
  "environments:\n  ",
  "apps:\n  ",
  "\u0000",
  "\u001b[2J",
  "\u2028",
  "\ufeff",
  '"\\e"',
  "\u{1f469}\u200d\u{1f373}",
);

test("any text that looks like YAML", () => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 25 }), (tokens) => {
      const text = tokens.join("");
      check(text, tenant);
      check(workspace, text);
    }),
    { numRuns: 200 },
  );
});

test("a right file with parts cut out, doubled or put in", () => {
  const edit = fc.record({ at: fc.nat(2_000), cut: fc.nat(30), put: fc.oneof(token, fc.string({ unit: "binary" })) });
  const edited = (text: string, edits: readonly { at: number; cut: number; put: string }[]): string =>
    edits.reduce((old, { at, cut, put }) => {
      const place = at % (old.length + 1);
      return old.slice(0, place) + put + old.slice(place + cut);
    }, text);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      check(workspace, edited(tenant, edits));
      check(edited(workspace, edits), tenant);
    }),
    { numRuns: 80 },
  );
});

test("right YAML with any value in any place", () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    // What is right in some place or other.
    fc.constantFrom<unknown>({}, [], "", 0, null, true, "default", "env:A", "file:a", "draft", "active", "none", "off"),
    fc.constantFrom("customers", "workforce", "external", "portal", "orders", "sandbox", "whiterabbit", "fernhill"),
    fc.constantFrom("https://accounts.google.com", "https://login.microsoftonline.com/common/v2.0", "gmail.com"),
    fc.constantFrom({ groups: ["staff"], idp: "customers" }, { external: {} }, { idp: "workforce", everyone: true }),
  );
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(...names), value, (pick, name, put) => {
      checkAll(workspace, { ...tenants, [name]: stringify(replaced(parse(tenants[name] ?? ""), pick, put)) });
      check(stringify(replaced(parse(workspace), pick, put)), tenant);
    }),
    { numRuns: 100 },
  );
});

test("one tenant's file in place of another's", () => {
  for (const name of names) {
    for (const other of names) {
      const issues = checkAll(workspace, { ...tenants, [name]: tenants[other] ?? "" });
      if (name === other) expect(issues).toEqual([]);
      else expect(issues.map(({ code }) => code)).toContain("TENANT_FILE_NAME");
    }
  }
});

test("thousands of unknown keys are told at once", () => {
  const many = Array.from({ length: 5_000 }, (_, index) => `key-${index}: 1`).join("\n");
  expect(check(workspace, many).length).toBeGreaterThan(5_000);
});
