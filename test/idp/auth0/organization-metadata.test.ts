import fc from "fast-check";
import { expect, test } from "vitest";
import { type OwnMetadata, readMetadata, writeMetadata } from "../../../src/idp/auth0/organization-metadata.ts";

const scope = { workspace: "acme", environment: "sandbox" };
const hex = (length: number) =>
  fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length }).map((all) => all.join(""));
const own: fc.Arbitrary<OwnMetadata> = fc.record(
  {
    tenant: fc.constant("fernhill"),
    clientIds: fc.uniqueArray(hex(32), { maxLength: 12 }),
    kept: fc.uniqueArray(
      fc.record({
        connectionId: hex(16).map((id) => `con_${id}`),
        assignMembershipOnLogin: fc.boolean(),
        showAsButton: fc.boolean(),
        isSignupEnabled: fc.boolean(),
      }),
      { maxLength: 10, selector: ({ connectionId }) => connectionId },
    ),
    making: fc.uniqueArray(fc.constantFrom("fernhill/portal", "fernhill/orders"), { maxLength: 2 }),
  },
  { requiredKeys: ["tenant", "clientIds", "making"] },
);
const foreign = fc.dictionary(fc.constantFrom("crm", "tenantryClientsOfOurs", "plan"), fc.string({ maxLength: 255 }));

const sorted = (metadata: OwnMetadata | undefined) => ({
  ...metadata,
  clientIds: [...(metadata?.clientIds ?? [])].sort(),
  making: [...(metadata?.making ?? [])].sort(),
  kept: metadata?.kept?.toSorted((a, b) => (a.connectionId < b.connectionId ? -1 : 1)),
});

test("what is written is read again, fits, and leaves what is others' alone, whatever was there before", () => {
  fc.assert(
    fc.property(own, own, foreign, (before, after, others) => {
      const first = writeMetadata(others, scope, before);
      const second = writeMetadata(first, scope, after);
      expect(sorted(readMetadata(second, scope, "fernhill"))).toEqual(sorted(after));
      expect(second).toMatchObject(others);
      expect(Object.keys(second).length).toBeLessThanOrEqual(10);
      expect(Object.values(second).every((text) => text.length <= 255)).toBe(true);
      expect(second).toEqual(writeMetadata(others, scope, after));
    }),
  );
});

test.each([
  ["another workspace", { workspace: "other", environment: "sandbox" }, "fernhill"],
  ["another environment", { workspace: "acme", environment: "production" }, "fernhill"],
  ["another tenant", scope, "fern"],
])("of %s is not ours", (_what, other, tenant) => {
  const metadata = writeMetadata({}, scope, { tenant: "fernhill", clientIds: [], making: [] });
  expect(readMetadata(metadata, other, tenant)).toBeUndefined();
});

test("more than fits is refused", () => {
  const clientIds = Array.from({ length: 60 }, (_, n) => String(n).padStart(32, "0"));
  const write = () => writeMetadata({}, scope, { tenant: "fernhill", clientIds, making: [] });
  expect(write).toThrow(expect.objectContaining({ code: "AUTH0_METADATA_FULL" }));
});
