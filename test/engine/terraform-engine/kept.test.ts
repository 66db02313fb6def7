import { expect, test } from "vitest";
import { keptOf } from "../../../src/engine/terraform/kept.ts";
import type { PublicKey } from "../../../src/workspace/workspace.ts";
import { wanted } from "../../idp/okta/bench.ts";
import { changesIn, observed, recorded } from "./recorded.ts";

const before = changesIn(recorded("key-narrowed")).app?.before;
const own = { kty: "RSA", kid: "two", alg: "RS256" } as PublicKey;
const signs = { clientAuth: "private_key_jwt", clientKey: own } as const;
const ids = (kept: ReturnType<typeof keptOf>) => (kept?.keys ?? []).map(({ kid }) => kid);

test("a registration that names a key decides on all of them, unless others are to stay", () => {
  expect(keptOf(wanted(signs), observed(), before)).toBeUndefined();
  expect(keptOf(wanted({ ...signs, keepKeys: false }), observed(), before)).toBeUndefined();
  expect(ids(keptOf(wanted({ ...signs, keepKeys: true }), observed(), before))).toEqual(["one"]);
});

test("one that names none leaves them as they are", () => {
  expect(ids(keptOf(wanted(), observed(), before))).toEqual(["one", "two"]);
  const old = wanted({ clientAuth: "private_key_jwt", clientKey: undefined, keepKeys: true });
  expect(ids(keptOf(old, observed(), before))).toEqual(["one", "two"]);
});

test("a key that is switched off at Okta is not kept: the provider would switch it on", () => {
  const registration = wanted({ ...signs, keepKeys: true });
  const found = observed(registration, { clientKey: "two (0000000000000000…)" });
  expect(keptOf(registration, found, before)).toBeUndefined();
});

test("what others keep in the profile stays; our own marker alone is nothing to keep", () => {
  const profile = { ...JSON.parse(String(before?.profile)), costCentre: "7" };
  expect(keptOf(wanted(signs), observed(), { ...before, profile: JSON.stringify(profile) })).toEqual({ profile });
  expect(keptOf(wanted(), undefined, undefined)).toBeUndefined();
});
