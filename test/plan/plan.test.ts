import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countChanges, makePlan } from "../../src/plan/plan.ts";
import { callTexts } from "../../src/plan/render-text.ts";
import { planOf, registrationUpdate, tenants } from "./changes.ts";

const changes = tenants(5).map((tenant) => registrationUpdate(tenant, { pkce: "off" }, { pkce: "S256" }));

test("the order in which tenants were planned does not count", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...changes], { minLength: 5 }), (mixed) => {
      expect(planOf(mixed)).toEqual(planOf(changes));
      expect(planOf(changes, { only: ["b", "a"] }).digest).toBe(planOf(mixed, { only: ["a", "b"] }).digest);
    }),
  );
});

test("the order of one tenant's changes is kept", () => {
  const [first, second] = changes;
  if (first === undefined || second === undefined) throw new Error("no changes");
  const steps = [{ ...first, address: second.address }, { ...first, action: "activate" as const }, first];
  expect(planOf([second, ...steps]).changes.map(({ tenant, action }) => `${tenant} ${action}`)).toEqual([
    "tenant-001 update",
    "tenant-001 activate",
    "tenant-001 update",
    "tenant-002 update",
  ]);
});

test("discovery documents are sorted and bound by the digest", () => {
  const document = (issuer: string) => ({ issuer, authorizationEndpoint: "a", tokenEndpoint: "b", jwksUri: "c" });
  const one = planOf([], { discovery: [document("b"), document("a")] });
  expect(one.discovery.map(({ issuer }) => issuer)).toEqual(["a", "b"]);
  expect(one.digest).not.toBe(planOf([]).digest);
  expect(makePlan(one)).toEqual(one);
});

test("changes are counted by what they do", () => {
  expect(countChanges(planOf(changes))).toEqual({ create: 0, update: 5, replace: 0, delete: 0, activate: 0 });
});

describe("the calls, a line for each host", () => {
  const at = (bucket: string, calls: number, minutes?: number, perMinute = 50) =>
    minutes === undefined ? { bucket, calls } : { bucket, calls, minutes, perMinute };

  test.each([
    ["none", [], []],
    ["one", [at("a.example x", 1)], [{ all: "~1 call at a.example" }]],
    ["soon done", [at("a.example x", 60, 0.4), at("a.example y", 2)], [{ all: "~62 calls at a.example" }]],
    [
      "a minute",
      [at("a.example x", 80, 0.6)],
      [{ all: "~80 calls at a.example, about 1 minute", slowest: "~80 at x, 50 a minute" }],
    ],
    [
      "the slowest counts, at each host by itself",
      [at("a.example x", 900, 2, 400), at("a.example y z", 209, 4), at("b.example x", 3)],
      [
        { all: "~1109 calls at a.example, about 4 minutes", slowest: "~209 at y z, 50 a minute" },
        { all: "~3 calls at b.example" },
      ],
    ],
  ])("%s", (_, budget, lines) => {
    expect(callTexts({ budget })).toEqual(lines);
  });
});
