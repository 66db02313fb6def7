import fc from "fast-check";
import { expect, it } from "vitest";
import { proposeSlug } from "../../src/tenant/slug.ts";
import { slug } from "../../src/workspace/scalars.ts";

it.each([
  ["Whiterabbit Foods", "whiterabbit-foods"],
  ["Müller & Söhne GmbH", "mueller-and-soehne-gmbh"],
  ["MÜLLER", "mueller"],
  ["Mu\u0308ller", "mueller"],
  ["Große Straße", "grosse-strasse"],
  ["Ærø Łódź Þór", "aero-lodz-thor"],
  ["Crédit Niçois", "credit-nicois"],
  ["O'Neill’s", "oneills"],
  ["--- A -- B ---", "a-b"],
  ["ﬁnance №5", "finance-no5"],
  ["株式会社", ""],
  [`${"a".repeat(49)} b`, "a".repeat(49)],
])("makes of %j the slug %j", (name, made) => {
  expect(proposeSlug(name)).toBe(made);
});

it("proposes a slug that the model takes, or none", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (name) => {
      const made = proposeSlug(name);
      expect(made === "" || slug.safeParse(made).success, made).toBe(true);
    }),
  );
});
