import fc from "fast-check";
import { expect, test } from "vitest";
import { countChanges, makePlan } from "../../src/plan/plan.ts";
import { predictedMinutes } from "../../src/plan/render-text.ts";
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

test("the minutes are those of the fullest bucket; an unknown rate says nothing", () => {
  expect(predictedMinutes({ budget: [] })).toBe(0);
  expect(
    predictedMinutes({
      budget: [
        { bucket: "a", calls: 100, perMinute: 50 },
        { bucket: "b", calls: 30, perMinute: 10 },
        { bucket: "c", calls: 1_000 },
      ],
    }),
  ).toBe(3);
});
