import { describe, expect, test } from "vitest";
import { Auth0RateLimits } from "../../../sandbox/auth0/rate-limits.ts";

const start = Date.UTC(2026, 10, 21, 9, 0, 0);

/** How many calls go through at once, and how many more in the minute after. */
function measure(
  plan: ConstructorParameters<typeof Auth0RateLimits>[0],
  bucket: Parameters<Auth0RateLimits["take"]>[0],
) {
  let now = start;
  const limits = new Auth0RateLimits(plan, () => now);
  let burst = 0;
  while (burst < 1000 && limits.take(bucket).allowed) burst += 1;
  let minute = 0;
  for (let tick = 0; tick < 600; tick += 1) {
    now += 100;
    while (limits.take(bucket).allowed) minute += 1;
  }
  return [burst, minute];
}

describe("the buckets of each plan", () => {
  test.each([
    ["free", "rest", 2, 120],
    ["free", "listOrganizations", 2, 120],
    ["essentials", "rest", 10, 150],
    ["essentials", "readConnections", 5, 50],
    ["essentials", "readClients", 5, 100],
    ["essentials", "listOrganizations", 5, 50],
    ["essentials", "readOrganization", 20, 200],
    ["essentials", "writeOrganizations", 5, 25],
    ["essentials", "readOrganizationConnections", 5, 50],
    ["essentials", "writeOrganizationConnections", 5, 25],
    ["enterprise", "rest", 50, 960],
    ["enterprise", "listOrganizations", 10, 100],
    ["enterprise", "readOrganization", 10, 100],
    ["enterprise", "writeOrganizations", 5, 150],
    ["enterprise", "readOrganizationConnections", 10, 100],
    ["enterprise", "writeOrganizationConnections", 5, 150],
    ["enterprise-development", "rest", 10, 120],
    ["enterprise-development", "listOrganizations", 10, 100],
  ] as const)("%s, %s: %i at once, %i a minute", (plan, bucket, burst, perMinute) => {
    const [atOnce, minute = 0] = measure(plan, bucket);
    expect(atOnce).toBe(burst);
    expect(Math.abs(minute - perMinute)).toBeLessThanOrEqual(1);
  });

  test("calls without a bucket of their own share one", () => {
    const limits = new Auth0RateLimits("free", () => start);
    expect([limits.take("readClients"), limits.take("rest"), limits.take("readConnections")]).toMatchObject([
      { allowed: true, headers: { "x-ratelimit-remaining": "1" } },
      { allowed: true, headers: { "x-ratelimit-remaining": "0" } },
      { allowed: false },
    ]);
    const paid = new Auth0RateLimits("enterprise", () => start);
    paid.take("readClients");
    expect(paid.take("readConnections").headers["x-ratelimit-remaining"]).toBe("48");
    expect(paid.take("readOrganization").headers["x-ratelimit-remaining"]).toBe("9");
  });
});
