import fc from "fast-check";
import { expect, test } from "vitest";
import { chosenClientId } from "../../src/desired/client-id.ts";
import type { ConnectionKey } from "../../src/desired/connection.ts";
import { connectionKey, decodeKey, defaultSignIn, encodeKey, parseConnectionKey } from "../../src/desired/key.ts";
import { key, keyParts, marker } from "./arbitraries.ts";

test("a key leaves the default sign-in out", () => {
  expect(connectionKey({ tenant: "acme", app: "portal", signIn: defaultSignIn })).toBe("acme/portal");
  expect(connectionKey({ tenant: "acme", app: "portal", signIn: "staff" })).toBe("acme/portal/staff");
});

test("parsing a key gives the parts it was made of", () => {
  fc.assert(
    fc.property(keyParts, (parts) => {
      expect(parseConnectionKey(connectionKey(parts))).toEqual(parts);
    }),
  );
});

test("two different sets of parts give two different keys, encoded or not", () => {
  fc.assert(
    fc.property(keyParts, keyParts, (a, b) => {
      const alike = a.tenant === b.tenant && a.app === b.app && a.signIn === b.signIn;
      expect(connectionKey(a) === connectionKey(b)).toBe(alike);
      expect(encodeKey(connectionKey(a)) === encodeKey(connectionKey(b))).toBe(alike);
    }),
  );
});

test("decoding gives back the encoded key, which holds no slash", () => {
  fc.assert(
    fc.property(key, (one) => {
      expect(encodeKey(one)).toMatch(/^[a-z0-9.-]+$/);
      expect(decodeKey(encodeKey(one))).toBe(one);
    }),
  );
});

test("any text decodes to nothing or to a key that encodes to that very text", () => {
  const nearly = fc.stringMatching(/^[a-z0-9./-]{1,20}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      const decoded = decodeKey(text);
      if (decoded !== undefined) expect(encodeKey(decoded)).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ["", "a", "a/", "/a", "a//b", "A/b", "a/b/c/d", "a/b/default", "a_b/c", "a/b c", "a--b/c", "a/-b", "a.b/c"],
])("no key: %s and its like", (...texts) => {
  expect(texts.map((text) => parseConnectionKey(text))).toEqual(texts.map(() => undefined));
  expect(["a.b.default", "a/b", "a..b", "a"].map((text) => decodeKey(text))).toEqual(Array(4).fill(undefined));
});

test("a chosen client id is 28 letters and digits, and the same for the same connection", () => {
  fc.assert(
    fc.property(marker, (one) => {
      expect(chosenClientId(one)).toMatch(/^tn[a-z2-7]{26}$/);
      expect(chosenClientId({ ...one })).toBe(chosenClientId(one));
    }),
  );
});

test("a chosen client id never changes from one version to the next", () => {
  const acme = { workspace: "acme", environment: "production", key: "whiterabbit/portal" as ConnectionKey };
  expect(chosenClientId(acme)).toBe("tn2gb5ifiqhaav47v6mejlw6uet3");
});

test("client ids differ by workspace, environment and key, also where the parts run together", () => {
  fc.assert(
    fc.property(marker, marker, (a, b) => {
      const alike = a.workspace === b.workspace && a.environment === b.environment && a.key === b.key;
      expect(chosenClientId(a) === chosenClientId(b)).toBe(alike);
    }),
  );
  const one = { workspace: "acme", environment: "production", key: "a/b" as ConnectionKey };
  expect(chosenClientId({ ...one, environment: "staging" })).not.toBe(chosenClientId(one));
  expect(chosenClientId({ ...one, workspace: "ac" })).not.toBe(chosenClientId(one));
});

test("20,000 client ids do not collide and use the whole alphabet at every place", () => {
  const ids = Array.from({ length: 20_000 }, (_, index) =>
    chosenClientId({ workspace: "acme", environment: "production", key: `tenant-${index}/portal` as ConnectionKey }),
  );
  expect(new Set(ids).size).toBe(ids.length);
  for (let place = 2; place < 28; place += 1) expect(new Set(ids.map((id) => id[place])).size).toBe(32);
});
