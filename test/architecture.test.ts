import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Rule, rules } from "./architecture/rules.ts";
import { readSource, type SourceFile } from "./architecture/source.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

const files = ["src", "sandbox", "scripts", "stacks"].flatMap((folder) =>
  existsSync(join(root, folder)) ? readTree(join(root, folder)) : [],
);

function readTree(folder: string): readonly SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => readSource(relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")));
}

/** The lines that a rule gives for files made up here. */
function breaches(rule: Rule, made: Readonly<Record<string, string>>): readonly string[] {
  return rule(Object.entries(made).map(([path, text]) => readSource(path, text)));
}

test("the sources are read", () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(500);
});

/** Each rule with a tree that breaks it and, where it is easily too strict, one that does not. */
const table: readonly {
  readonly name: keyof typeof rules;
  readonly breaks: readonly (readonly [files: Readonly<Record<string, string>>, breach: string])[];
  readonly allows?: readonly Readonly<Record<string, string>>[];
}[] = [
  {
    name: "roomOrder",
    breaks: [
      [
        { "src/plan/a.ts": 'import { b } from "../store/b.ts";' },
        "src/plan/a.ts:1  plan imports store, which is not to its left",
      ],
      [
        { "src/tenant/a.ts": '\nimport type { B } from "../rules/b.ts";' },
        "src/tenant/a.ts:2  tenant imports rules, which is not to its left",
      ],
      [
        { "src/idp/okta/a.ts": 'export * from "../../app/app.ts";' },
        "src/idp/okta/a.ts:1  idp imports app, which is not to its left",
      ],
      [
        { "src/apply/a.ts": 'const b = () => import("../cli/b.ts");' },
        "src/apply/a.ts:1  apply imports cli, which is not to its left",
      ],
      [
        { "src/errors/a.ts": 'type B = import("../tenant/b.ts").B;' },
        "src/errors/a.ts:1  errors imports tenant, which is not to its left",
      ],
      [
        { "src/cli/a.ts": 'import { b } from "../../test/b.ts";' },
        "src/cli/a.ts:1  imports test/b.ts, which is no room",
      ],
    ],
    allows: [
      {
        "src/plan/a.ts": 'import { b } from "../errors/codes/b.ts"; import { c } from "./c.ts";',
        "src/cli/b.ts": 'import data from "../../package.json" with { type: "json" };',
      },
    ],
  },
  {
    name: "knownRooms",
    breaks: [
      [{ "src/utils/a.ts": "" }, "src/utils/a.ts:1  lies in no room of the order"],
      [{ "src/a.ts": "" }, "src/a.ts:1  lies in no room of the order"],
    ],
    allows: [{ "src/idp/okta/a.ts": "", "sandbox/okta/a.ts": "", "scripts/a.ts": "" }],
  },
  {
    name: "kindsApart",
    breaks: [
      [
        { "src/idp/okta/a.ts": 'import { b } from "../auth0/b.ts";' },
        "src/idp/okta/a.ts:1  idp/okta imports idp/auth0",
      ],
      [
        { "src/app/sql/a.ts": 'import type { B } from "../../idp/okta/b.ts";' },
        "src/app/sql/a.ts:1  app/sql imports idp/okta",
      ],
    ],
    allows: [{ "src/idp/okta/a.ts": 'import { b } from "../identity-provider.ts"; import { c } from "./c/d.ts";' }],
  },
  {
    name: "sandboxApart",
    breaks: [
      [
        { "src/verify/a.ts": 'import type { B } from "../../sandbox/b.ts";' },
        "src/verify/a.ts:1  verify imports the sandbox",
      ],
      [
        { "src/cli/a.ts": 'import { b } from "../../sandbox/b.ts";' },
        "src/cli/a.ts:1  imports the sandbox, but not lazily",
      ],
      [
        { "src/cli/a.ts": 'import { type C, b } from "../../sandbox/b.ts";' },
        "src/cli/a.ts:1  imports the sandbox, but not lazily",
      ],
      [
        { "sandbox/a.ts": 'import { b } from "../src/vendor/b.ts";' },
        "sandbox/a.ts:1  the sandbox imports src/vendor/b.ts",
      ],
    ],
    allows: [
      {
        "src/cli/a.ts": 'import type { B } from "../../sandbox/b.ts"; const c = () => import("../../sandbox/c.ts");',
        "sandbox/a.ts": 'import { type B } from "../src/plan/b.ts"; import { C } from "../src/errors/c.ts";',
      },
    ],
  },
  {
    name: "packagesAtHome",
    breaks: [
      ["zod", "src/plan/diff.ts"],
      ["zod/v4", "src/desired/a.ts"],
      ["yaml", "src/tenant/a.ts"],
      ["@okta/okta-sdk-nodejs", "src/idp/okta/a.ts"],
      ["openid-client", "src/apply/a.ts"],
      ["kysely", "src/app/app.ts"],
      ["node:sqlite", "src/cli/a.ts"],
      ["node:child_process", "src/cli/a.ts"],
      ["commander", "src/apply/a.ts"],
      ["undici", "src/idp/okta/a.ts"],
      ["ipaddr.js", "src/rules/a.ts"],
      ["oidc-provider", "src/verify/a.ts"],
      ["fastify", "src/cli/a.ts"],
    ].map(([module = "", path = ""]) => [
      { [path]: `import x from "${module}";` },
      expect.stringMatching(`^${path}:1 {2}imports ${module}, which belongs to `) as string,
    ]),
    allows: [
      {
        "src/plan/saved.ts": 'import { z } from "zod";',
        "src/app/sql/a.ts": 'import { sql } from "kysely"; import { DatabaseSync } from "node:sqlite";',
        "src/verify/a/b.ts": 'import { Agent } from "undici"; import ip from "ipaddr.js";',
      },
    ],
  },
  {
    name: "importsReadable",
    breaks: [
      [
        { "src/cli/a.ts": "const load = (name: string) => import(name);" },
        "src/cli/a.ts:1  imports a module whose name is computed",
      ],
    ],
  },
  {
    name: "processInCli",
    breaks: [
      [{ "src/apply/a.ts": "const home = process.env.HOME;" }, "src/apply/a.ts:1  uses process"],
      [{ "src/plan/a.ts": "\nconsole.log(1);" }, "src/plan/a.ts:2  uses console"],
      [{ "src/plan/a.ts": "const out = { process };" }, "src/plan/a.ts:1  uses process"],
      [{ "src/plan/a.ts": "globalThis.console.log(1);" }, "src/plan/a.ts:1  uses console"],
      [{ "src/plan/a.ts": 'globalThis["process"].exit();' }, "src/plan/a.ts:1  uses process"],
      [{ "sandbox/a.ts": "process.exit(1);" }, "sandbox/a.ts:1  uses process"],
      [{ "src/store/a.ts": 'import { pid } from "node:process";' }, "src/store/a.ts:1  imports node:process"],
    ],
    allows: [
      {
        "src/cli/a.ts": 'import process from "node:process"; console.log(process.argv);',
        "src/verify/a.ts":
          "interface A { readonly process: string } // console.log\nconst a = { console: 1 }; a.console;",
      },
    ],
  },
  {
    name: "purity",
    breaks: [
      [{ "src/plan/a.ts": "export async function a() {}" }, "src/plan/a.ts:1  has an async function"],
      [{ "src/rules/a.ts": "export const a = async () => 1;" }, "src/rules/a.ts:1  has an async function"],
      [{ "src/rules/a.ts": "export const a = { async b() {} };" }, "src/rules/a.ts:1  has an async function"],
      [{ "src/tenant/a.ts": 'import { readFileSync } from "node:fs";' }, "src/tenant/a.ts:1  imports node:fs"],
      [
        { "src/tenant/a.ts": 'import { scheduler } from "node:timers/promises";' },
        "src/tenant/a.ts:1  imports node:timers/promises",
      ],
      [
        { "src/tenant/a.ts": 'const b = () => import("./b.ts");' },
        "src/tenant/a.ts:1  loads a module lazily, which is async",
      ],
      [{ "src/desired/a.ts": "const now = Date.now();" }, "src/desired/a.ts:1  uses Date.now"],
      [{ "src/desired/a.ts": "const now = new Date();" }, "src/desired/a.ts:1  reads the clock by Date"],
      [{ "src/desired/a.ts": "const now = Date();" }, "src/desired/a.ts:1  reads the clock by Date"],
      [{ "src/desired/a.ts": "const chance = Math.random();" }, "src/desired/a.ts:1  uses Math.random"],
      [
        { "src/desired/a.ts": 'import { createHash, randomBytes } from "node:crypto";' },
        "src/desired/a.ts:1  imports createHash, randomBytes of node:crypto; a pure room may only hash",
      ],
      [{ "src/errors/a.ts": "setTimeout(() => {}, 1);" }, "src/errors/a.ts:1  uses setTimeout"],
      [{ "src/errors/a.ts": 'const a = fetch("https://a.example");' }, "src/errors/a.ts:1  uses fetch"],
    ],
    allows: [
      {
        "src/plan/a.ts": "const a = new Date(0); const b = Date.parse(''); interface C { fetch(): void }",
        "src/store/a.ts": 'import { readFileSync } from "node:fs"; const now = async () => Date.now();',
      },
    ],
  },
  {
    name: "noCycles",
    breaks: [
      [
        {
          "src/plan/a.ts": 'import { b } from "./b.ts";',
          "src/plan/b.ts": 'export { c } from "./c.ts";',
          "src/plan/c.ts": 'import type { A } from "./a.ts";',
        },
        "src/plan/a.ts -> src/plan/b.ts -> src/plan/c.ts -> src/plan/a.ts",
      ],
    ],
    allows: [
      {
        "src/plan/a.ts": 'import { b } from "./b.ts"; import { c } from "./c.ts";',
        "src/plan/b.ts": 'import { c } from "./c.ts";',
        "src/plan/c.ts": 'export const c = () => import("./a.ts");',
      },
    ],
  },
  {
    name: "shortFiles",
    breaks: [[{ "sandbox/a.ts": "\n".repeat(400) }, "sandbox/a.ts:400  has 400 lines; under 400 may be"]],
    allows: [{ "sandbox/a.ts": "\n".repeat(399) }],
  },
];

test("every rule has an example that breaks it", () => {
  expect(table.map(({ name }) => name).sort()).toEqual(Object.keys(rules).sort());
});

for (const { name, breaks, allows = [] } of table) {
  test(`${name} finds its breaches`, () => {
    for (const [made, breach] of breaks) expect(breaches(rules[name], made)).toEqual([breach]);
    for (const made of allows) expect(breaches(rules[name], made)).toEqual([]);
  });

  test(`${name} holds in the tree`, () => {
    expect(rules[name](files)).toEqual([]);
  });
}
