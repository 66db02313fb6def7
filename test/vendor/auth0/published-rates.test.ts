import { expect, test } from "vitest";
import { auth0Rates } from "../../../src/vendor/auth0/published-rates.ts";
import { auth0Plans } from "../simulated-hosts.ts";

const buckets = [...Object.keys(auth0Plans.essentials ?? {}), "write clients", "write connections"];

test.each(Object.entries(auth0Plans))("plan %s is recognised by how many calls go at once", (_, plan) => {
  const rateOf = (bucket: string) => plan[bucket] ?? plan.rest;
  const rates = auth0Rates(new Map(buckets.map((bucket) => [bucket, rateOf(bucket)?.burst ?? 0])));
  for (const bucket of buckets) {
    expect(rates?.(bucket)).toEqual({
      pool: bucket in plan && bucket !== "rest" ? bucket : "management",
      atOnce: rateOf(bucket)?.burst,
      perMinute: rateOf(bucket)?.perMinute,
    });
  }
});

test("while several plans fit, the slowest counts, and what one lumps together is together", () => {
  expect(auth0Rates(new Map([["write organizations", 5]]))?.("write organizations").perMinute).toBe(25);
  const rest = auth0Rates(new Map([["write clients", 10]]));
  expect(rest?.("write clients")).toEqual({ pool: "management", atOnce: 10, perMinute: 120 });
  expect(rest?.("read clients")).toEqual({ pool: "management", atOnce: 5, perMinute: 100 });
});

test("nothing is known of a tenant that fits none, as in a private cloud", () => {
  expect(auth0Rates(new Map([["read clients", 100]]))).toBeUndefined();
});
