import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { compile } from "../../src/desired/compile.ts";
import { formatIssue, type Issue } from "../../src/errors/issue.ts";
import { checkRules } from "../../src/rules/check.ts";
import { loadTenants } from "../../src/tenant/load.ts";
import { loadWorkspace } from "../../src/workspace/load.ts";
import { memoryFiles } from "./memory-files.ts";

// Files come from pull requests of anybody: whatever is in them, loading gives issues with a place, and never throws.

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const workspace = read("tenantry.yaml");
const tenant = read("tenants/whiterabbit.yaml");

type Content = string | Uint8Array;

/** Loads, compiles and checks; every issue there is. */
function check(workspaceFile: Content, tenantFile: Content): readonly Issue[] {
  const contents = { "tenantry.yaml": workspaceFile, "tenants/whiterabbit.yaml": tenantFile };
  const files = memoryFiles(contents);
  const loaded = loadWorkspace(files, "/workspace", undefined);
  const { tenants, issues } = loadTenants(files);
  const rules =
    loaded.workspace === undefined
      ? []
      : checkRules({
          workspace: loaded.workspace,
          environments: loaded.environments,
          tenants,
          connections: compile(loaded.workspace, tenants, "2027-03-01"),
        });
  const all = [...loaded.issues, ...issues, ...rules];
  const lines = new Map(Object.entries(contents).map(([path, content]) => [path, linesOf(content)]));
  for (const issue of all) expectPlace(issue, lines.get(issue.file));
  return all;
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
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom({}, [], "", 0, null, "default", "env:A"));
  fc.assert(
    fc.property(fc.nat(), value, (pick, put) => {
      check(workspace, stringify(replaced(parse(tenant), pick, put)));
      check(stringify(replaced(parse(workspace), pick, put)), tenant);
    }),
    { numRuns: 100 },
  );
});

/** The value with one of its members, counted through all depths, replaced. */
function replaced(value: unknown, pick: number, put: unknown): unknown {
  const places: (readonly (string | number)[])[] = [];
  const walk = (one: unknown, path: readonly (string | number)[]): void => {
    places.push(path);
    if (Array.isArray(one)) one.forEach((item, index) => void walk(item, [...path, index]));
    else if (typeof one === "object" && one !== null) {
      for (const [name, member] of Object.entries(one)) walk(member, [...path, name]);
    }
  };
  walk(value, []);
  const path = places[pick % places.length] ?? [];
  const copy: unknown = structuredClone({ top: value });
  let at = copy as Record<string | number, unknown>;
  const steps = ["top", ...path];
  for (const step of steps.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  at[steps.at(-1) ?? "top"] = put;
  return (copy as { top: unknown }).top;
}

test("thousands of unknown keys are told at once", () => {
  const many = Array.from({ length: 5_000 }, (_, index) => `key-${index}: 1`).join("\n");
  const started = performance.now();
  expect(check(workspace, many).length).toBeGreaterThan(5_000);
  expect(performance.now() - started).toBeLessThan(2_000);
});
