import fc from "fast-check";
import { expect, test } from "vitest";
import { connectionKey } from "../../../src/desired/key.ts";
import {
  addressesOf,
  everyoneLookup,
  groupAddress,
  groupLookup,
  groupName,
  groupOfAddress,
  keyOfAddress,
  namesOf,
  policyLookup,
} from "../../../stacks/okta/addresses.ts";
import { synthesizeOkta } from "../../../stacks/okta/okta-stack.ts";
import { groupPart, input, key, registration } from "./cases.ts";

test("addresses are what they were: another one would delete a live client and make a new one", () => {
  expect(addressesOf(key("whiterabbit/portal"))).toEqual({
    app: "okta_app_oauth.client_whiterabbit__portal",
    assignments: "okta_app_group_assignments.groups_whiterabbit__portal",
    outputs: { id: "client_whiterabbit__portal_id", clientId: "client_whiterabbit__portal_client_id" },
  });
  expect(addressesOf(key("3-m/order-desk/staff-2"))).toEqual({
    app: "okta_app_oauth.client_3-m__order-desk__staff-2",
    assignments: "okta_app_group_assignments.groups_3-m__order-desk__staff-2",
    outputs: { id: "client_3-m__order-desk__staff-2_id", clientId: "client_3-m__order-desk__staff-2_client_id" },
  });
  expect(groupAddress("Whiterabbit-staff 2")).toBe("okta_group.group_Whiterabbit-staff_20_2");
  expect(groupAddress("a_b/c.é")).toBe("okta_group.group_a_5f_b_2f_c_2e__e9_");
  expect(groupLookup("a b")).toBe("there_a_20_b");
  expect(policyLookup("a b")).toBe("policy_a_20_b");
});

const slug = fc.stringMatching(/^[a-z0-9]{1,4}(-[a-z0-9]{1,4}){0,2}$/);
const anyKey = fc
  .record({ tenant: slug, app: slug, signIn: fc.oneof(fc.constant("default"), slug, fc.constant("id")) })
  .map(connectionKey);
const identifier = /^[A-Za-z][A-Za-z0-9_-]*$/;

test("an address tells its connection, and no two connections share any name", () => {
  fc.assert(
    fc.property(anyKey, anyKey, (one, other) => {
      const { app, assignments, outputs } = addressesOf(one);
      expect([keyOfAddress(app), keyOfAddress(assignments)]).toEqual([one, one]);
      const names = (of: typeof one) => [...Object.values(namesOf(of)), ...Object.values(addressesOf(of).outputs)];
      for (const name of [...names(one), outputs.id]) expect(name).toMatch(identifier);
      expect(new Set(names(one)).size).toBe(4);
      if (one !== other) expect(names(one).filter((name) => names(other).includes(name))).toEqual([]);
    }),
  );
});

test("an address tells its group, whatever the group is called", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), (name) => {
      expect(groupOfAddress(groupAddress(name))).toBe(name);
      for (const made of [groupName(name), groupLookup(name), policyLookup(name)]) expect(made).toMatch(identifier);
      expect(groupLookup(name)).not.toBe(everyoneLookup);
    }),
  );
});

test.each([
  "okta_app_oauth.client_",
  "okta_app_oauth.client_whiterabbit",
  "okta_app_oauth.client_a__b__default",
  "okta_app_oauth.client_a___b",
  "okta_app_oauth.portal",
  "okta_group.group_a",
])("%s is nobody's client", (address) => {
  expect(keyOfAddress(address)).toBeUndefined();
});

test("an address that is no group's is none", () => {
  expect(groupOfAddress("okta_app_oauth.client_a__b")).toBeUndefined();
});

test("what else the tenant has changes no address", () => {
  const one = registration();
  const two = registration({
    key: key("whiterabbit/orders"),
    assignment: { everyone: false, groups: ["partners", "whiterabbit-staff"], create: ["partners"] },
    parts: [groupPart("partners")],
  });
  const alone = addressesIn(synthesizeOkta(input([one])));
  expect(alone).toEqual([
    "okta_app_group_assignments.groups_whiterabbit__portal",
    "okta_app_oauth.client_whiterabbit__portal",
  ]);
  for (const both of [
    [one, two],
    [two, one],
  ]) {
    expect(addressesIn(synthesizeOkta(input(both)))).toEqual([
      "okta_app_group_assignments.groups_whiterabbit__orders",
      "okta_app_group_assignments.groups_whiterabbit__portal",
      "okta_app_oauth.client_whiterabbit__orders",
      "okta_app_oauth.client_whiterabbit__portal",
      "okta_group.group_partners",
    ]);
  }
  const changed = registration({ label: "another", redirectUris: ["https://other.example/"], clientAuth: "none" });
  expect(addressesIn(synthesizeOkta(input([changed])))).toEqual(alone);
});

function addressesIn(text: string): readonly string[] {
  const { resource } = JSON.parse(text) as { resource: Record<string, Record<string, unknown>> };
  return Object.entries(resource).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));
}
