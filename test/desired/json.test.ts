import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf } from "../../src/desired/digest.ts";
import { canonicalJson } from "../../src/desired/json.ts";

const json = fc.jsonValue({ maxDepth: 4 });

/** The same value with the keys of all its objects in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, member]): [string, unknown] => [name, shuffled(member)]);
  return Object.fromEntries(entries.reverse());
}

test("canonical JSON reads back as the same value", () => {
  // JSON has one zero.
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("canonical JSON and digest do not know the order of keys", () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
      expect(digestOf(shuffled(value))).toBe(digestOf(value));
    }),
  );
});

test("two values have the same canonical JSON only when they are the same value", () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      const same = canonicalJson(a) === canonicalJson(b);
      if (same) expect(JSON.parse(JSON.stringify(a))).toEqual(JSON.parse(JSON.stringify(b)));
      expect(digestOf(a) === digestOf(b)).toBe(same);
    }),
  );
});

test("any change inside a value changes its digest", () => {
  const objects = fc.dictionary(fc.string(), json, { minKeys: 1, maxKeys: 5 });
  fc.assert(
    fc.property(objects, fc.nat(), json, (value, pick, other) => {
      const names = Object.keys(value);
      const name = names[pick % names.length] ?? "";
      fc.pre(canonicalJson(value[name]) !== canonicalJson(other));
      // `__proto__` as a computed key is a member like any other.
      const changed = Object.fromEntries(Object.entries(value).map(([at, old]) => [at, at === name ? other : old]));
      expect(digestOf(changed)).not.toBe(digestOf(value));
      expect(digestOf({ inside: [changed] })).not.toBe(digestOf({ inside: [value] }));
    }),
  );
});

test("the order of a list counts, an undefined member does not, an undefined entry is null", () => {
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
  expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}');
  expect(canonicalJson([undefined, 1])).toBe("[null,1]");
});

test("a digest is the SHA-256 of the canonical JSON, today as tomorrow", () => {
  expect(digestOf({ b: [1, "x"], a: null })).toBe("c22cb7b0353770e2b38094af641143ebf008ddf2d1f2dedb9d875996fcf245fa");
});

test.each([
  ["undefined", undefined],
  ["a function", () => 1],
  ["a symbol", Symbol("a")],
  ["a bigint", 1n],
  ["NaN", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["a Map, which would come out empty", new Map([["a", 1]])],
  ["a Date", new Date(0)],
])("%s is no JSON", (_name, value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
  expect(() => canonicalJson({ at: value ?? Symbol("a") })).toThrow(TypeError);
});
