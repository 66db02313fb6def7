import { expect, test } from "vitest";
import { personOf } from "../../sandbox/portal/person.ts";
import type { AppRecord } from "../../sandbox/portal/record.ts";
import { presetOf, rolesOf } from "../../src/desired/preset.ts";

// What an app makes of the claims of each product, by the record that Tenantry writes: the claim is the preset's.

/** ID tokens as the products write them: the roles of one person who is planner and reader there. */
const tokens: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "okta-custom": { groups: ["readers", "planners"] },
  "entra-id": { roles: ["c1c31b36-2779-4ddd-a6e7-eaff22ad382c", "planners"] },
  keycloak: { realm_access: { roles: ["offline_access", "planners"] }, roles: ["nobody"] },
  cognito: { "cognito:groups": ["planners"] },
  "siemens-sam": { "sws.samauth.role.name": ["planners"] },
};

function roleOf(product: string, claims: Readonly<Record<string, unknown>>, map: Readonly<Record<string, string>>) {
  const claim = rolesOf(presetOf("", product))?.claim ?? "";
  const roles = { claim, map, default: "User" };
  const record = { key: "acme/portal", orgName: "Acme", claims: {}, require: {}, roles } as unknown as AppRecord;
  return personOf(record, { sub: "1", ...claims }, "").role;
}

test.each(Object.entries(tokens))("roles of %s reach the app", (product, claims) => {
  expect(roleOf(product, claims, { planners: "editor" })).toBe("editor");
});

test.each(Object.entries(tokens))("a role of %s that the file does not know gives the default", (product, claims) => {
  expect(roleOf(product, claims, { somebody: "editor" })).toBe("User");
});

test.each(Object.keys(tokens))("no claim of %s gives the default", (product) => {
  expect(roleOf(product, {}, { planners: "editor" })).toBe("User");
});

test("a nested claim that is no object gives the default", () => {
  expect(roleOf("keycloak", { realm_access: "planners" }, { planners: "editor" })).toBe("User");
});
