import fc from "fast-check";
import { expect, test } from "vitest";
import { readText, writeText } from "../../sandbox/world-text.ts";
import { seededRuns } from "../support/seed.ts";

/** Names that JSON, JavaScript or the spelling of maps could trip over. */
const name = fc.oneof(
  fc.string(),
  fc.constantFrom("$map", "$set", "$", "$$map", "__proto__", "constructor", "7", "007", "0", "-1", "10", "", "toJSON"),
);
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("data"), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie("data")), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie("data"), { maxLength: 4 }).map((items) => new Set(items)),
    fc.array(fc.tuple(name, tie("data")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

test("whatever data with maps and sets is written is read back equal, each map in its order", () => {
  fc.assert(
    fc.property(data, (value) => {
      const text = writeText(value);
      const read = readText(text);
      expect(read).toEqual(value);
      // Equal maps may differ in order, equal texts may not.
      expect(writeText(read)).toBe(text);
    }),
    seededRuns("WORLD_TEXT_SEED", 500),
  );
});

test("there is one line for each thing, so that two documents can be compared", () => {
  const app = { label: "Payroll", secrets: [{ value: "s" }], groups: new Set(["00g1"]) };
  expect(writeText({ okta: { apps: new Map([["0oa1", app]]), sequence: 2 }, env: {} })).toBe(
    [
      "{",
      '  "okta": {',
      '    "apps": {',
      '      "$map": {',
      '        "0oa1": {"label":"Payroll","secrets":[{"value":"s"}],"groups":{"$set":["00g1"]}}',
      "      }",
      "    },",
      '    "sequence": 2',
      "  },",
      '  "env": {}',
      "}",
      "",
    ].join("\n"),
  );
});

test("a member that is undefined is left out", () => {
  expect(readText(writeText({ here: 1, gone: undefined }))).toEqual({ here: 1 });
});

test.each([
  ["a date", { since: new Date(0) }, "it.since"],
  ["a function", { okta: { apps: new Map([["0oa1", () => {}]]) } }, "it.okta.apps.0oa1"],
  ["an instance of a class", { list: [new (class Thing {})()] }, "it.list[0]"],
  ["a number that JSON has not", { expires: Number.POSITIVE_INFINITY }, "it.expires"],
  ["undefined in a list", { list: [undefined] }, "it.list[0]"],
  ["a map whose names are no texts", { map: new Map([[1, 2]]) }, "it.map"],
])("%s is no plain data, and its path is told", (_what, value, path) => {
  expect(() => writeText(value)).toThrow(TypeError);
  expect(() => writeText(value)).toThrow(path);
});

test.each(['{"$other": 1}', '{"$map": [], "$two": {}}', '{"a": {"$a": 1}}', "{", ""])(
  "%s is none of its texts",
  (text) => {
    expect(() => readText(text)).toThrow(SyntaxError);
  },
);

test("a text that names a prototype gives an object without it", () => {
  const read = readText('{"__proto__": {"polluted": true}}') as Record<string, unknown>;
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect(read.polluted).toBeUndefined();
});
