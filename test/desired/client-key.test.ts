import { generateKeyPairSync } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import { describe, expect, test } from "vitest";
import { clientKeyField, thumbprintOf } from "../../src/desired/client-key.ts";

describe("thumbprint of a key", () => {
  test("of the example in RFC 7638, section 3.1", () => {
    const key = {
      kty: "RSA",
      n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
      e: "AQAB",
      alg: "RS256",
      kid: "2011-04-29",
    };
    expect(thumbprintOf(key)).toBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  });

  test.each(["P-256", "P-384", "P-521"])(
    "on %s is the one that jose makes, also when the curve is not given",
    async (namedCurve) => {
      const key = generateKeyPairSync("ec", { namedCurve }).publicKey.export({ format: "jwk" });
      const expected = await calculateJwkThumbprint(key as JWK);
      expect(thumbprintOf(key)).toBe(expected);
      expect(thumbprintOf({ ...key, crv: null })).toBe(expected);
    },
  );

  test.each([[{}], [{ kty: "oct", k: "x" }], [{ kty: "RSA", n: "x" }], [{ kty: "EC", x: "short", y: "short" }]])(
    "of %j is none",
    (key) => {
      expect(thumbprintOf(key)).toBe("");
    },
  );
});

describe("what plans compare of keys", () => {
  const key = (kid: string | undefined) => ({ kty: "RSA", n: "n", e: "AQAB", ...(kid === undefined ? {} : { kid }) });

  test("is kid and thumbprint, in one order", () => {
    const both = clientKeyField([key("b"), key("a")]);
    expect(both).toMatch(/^a \([\w-]{16}…\), b \([\w-]{16}…\)$/);
    expect(clientKeyField([key("a"), key("b")])).toBe(both);
    expect(clientKeyField([key(undefined)])).toMatch(/^no kid \(/);
    expect(clientKeyField([])).toBeNull();
  });
});
