import { afterEach, beforeEach, expect, test } from "vitest";
import { type JumpTime, startJumpTime } from "../support/jump-time.ts";
import { misses, openPricedWorld } from "./priced-world.ts";

// The whole product against the sandbox with the real rate limits, in a time in which waiting is skipped.

let time: JumpTime;
beforeEach(() => {
  time = startJumpTime();
});
afterEach(() => time.stop());

const okta = "idp: workforce\ngroups: [whiterabbit-staff]";
const auth0 = "idp: customers\nenabledConnections: [fernhill-oidc]\nrequire: { hd: SLUG.example }";

test.each([
  ["Okta's smallest plan", { okta: "integrator", oktaTokenShare: 1 }, 14, okta, ["portal"]],
  ["Okta's workforce plan", { okta: "workforce", oktaTokenShare: 1 }, 40, okta, ["portal"]],
  ["a token's half of Okta's one-app plan", { okta: "one-app" }, 24, okta, ["portal"]],
  ["Auth0's free plan", { auth0: "free" }, 10, auth0, ["portal"]],
  ["Auth0's essentials plan", { auth0: "essentials" }, 12, auth0, ["portal"]],
  ["Auth0's enterprise plan", { auth0: "enterprise" }, 16, auth0, ["portal", "orders"]],
] as const)("%s: the foreseen minutes are those that it takes", { timeout: 180_000 }, async (...row) => {
  const [, rateLimits, tenants, signIn, apps] = row;
  const world = await openPricedWorld({ time, rateLimits });
  for (let n = 0; n < tenants; n++) world.tenant(`t${n}`, signIn.replaceAll("SLUG", `t${n}`), { apps });
  const { foreseen, made, minutes } = await world.planAndApply();
  await world.close();
  const longest = Math.max(...foreseen.map((each) => each.minutes ?? 0));
  expect(longest).toBeGreaterThan(1);
  expect(Math.abs(minutes - longest) / longest).toBeLessThan(0.1);
  expect(misses(foreseen, made)).toEqual([]);
});
