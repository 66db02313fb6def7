import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor } from "../../src/secret/redact.ts";
import { Secret } from "../../src/secret/secret.ts";

function redact(secret: string, text: string): string {
  return createRedactor([new Secret(secret)]).redact(text);
}

/** No character of `[secret]` itself, so that finding the secret in masked text means that it leaked. */
const anySecret = fc.string({
  unit: fc.constantFrom(..."ABCDXYZ0123456789ü🐇\"\\ &=+/%'\n"),
  minLength: 6,
  maxLength: 40,
});

describe("a redactor", () => {
  test("knows nothing and changes nothing", () => {
    expect(createRedactor().redact("a [secret] text")).toBe("a [secret] text");
  });

  test("masks every place of a secret", () => {
    expect(redact("hunter2", "hunter2, and hunter2hunter2.")).toBe("[secret], and [secret][secret].");
  });

  test("masks places that overlap as one", () => {
    expect(redact("abab", "xababab.")).toBe("x[secret].");
  });

  test("masks the longer of two secrets that begin alike", () => {
    const redactor = createRedactor([new Secret("hunter"), new Secret("hunter2go")]);
    expect(redactor.redact("hunter2go")).toBe("[secret]");
  });

  test("leaves a word of our own sentences, and masks it where it is spelled in another way", () => {
    expect(redact("secret", "The secret is accepted.")).toBe("The secret is accepted.");
    expect(redact("secret", "c2VjcmV0")).toBe("[secret]");
    expect(redact("secret", `Authorization: Basic ${Buffer.from("web:secret").toString("base64")}`)).not.toContain(
      Buffer.from("web:secret").toString("base64"),
    );
    expect(redact("secrets-of-ours", "secrets-of-ours")).toBe("[secret]");
  });

  test("masks a secret that it learns later", () => {
    const redactor = createRedactor();
    redactor.know(new Secret("hunter2"));
    expect(redactor.redact("hunter2")).toBe("[secret]");
  });

  const forms: readonly (readonly [string, (secret: string) => string])[] = [
    ["as it is", (secret) => secret],
    ["URL-encoded", (secret) => encodeURIComponent(secret)],
    ["URL-encoded in lower case", (secret) => encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase())],
    ["form-encoded", (secret) => new URLSearchParams({ a: secret }).toString().slice(2)],
    ["escaped for JSON", (secret) => JSON.stringify({ a: secret }).slice(6, -2)],
    ["escaped for JSON twice", (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ["in base64", (secret) => Buffer.from(secret).toString("base64")],
    ["in base64url", (secret) => Buffer.from(secret).toString("base64url")],
  ];
  test.each(forms)("masks a secret %s", (_, form) => {
    fc.assert(
      fc.property(anySecret, (secret) => {
        const masked = redact(secret, `before<${form(secret)}>after`);
        expect(masked).toMatch(/^before<\[secret\][A-Za-z0-9+/=_-]?=*>after$/);
      }),
    );
  });

  test("masks a secret in the middle of a longer base64 text, wherever it begins", () => {
    fc.assert(
      fc.property(anySecret, fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), (secret, before, after) => {
        const masked = redact(secret, Buffer.from(`${before}${secret}${after}`).toString("base64"));
        expect(masked).toContain("[secret]");
        expect(Buffer.from(masked.replace("[secret]", "."), "base64").toString()).not.toContain(secret);
      }),
    );
  });

  test("masks the credentials of a Basic header, whatever was done to them before", () => {
    fc.assert(
      fc.property(fc.oneof(anySecret, fc.constantFrom("a", "b7", "p:w")), fc.boolean(), (secret, encoded) => {
        const password = encoded ? new URLSearchParams({ a: secret }).toString().slice(2) : secret;
        const header = `Basic ${Buffer.from(`0oaClient:${password}`).toString("base64")}`;
        expect(redact(secret, `authorization: ${header}, next`)).toBe("authorization: Basic [secret], next");
      }),
    );
  });

  test("leaves other Basic headers alone", () => {
    const header = `Basic ${Buffer.from("client:other").toString("base64")}`;
    expect(redact("hunter2", header)).toBe(header);
  });

  test("does once what it does twice", () => {
    fc.assert(
      fc.property(fc.constantFrom("secret", "[secret]", "cre]", "hunter2"), fc.string(), (secret, text) => {
        const once = redact(secret, `${text}${secret}${text}`);
        expect(redact(secret, once)).toBe(once);
      }),
    );
  });

  test("masks a secret of under four characters only where it stands as a word", () => {
    expect(redact("a1", "a1, na1ve a1-b pass=a1 'a1'")).toBe("[secret], na1ve a1-b pass=[secret] '[secret]'");
  });

  test("ignores an empty secret", () => {
    expect(redact("", "text")).toBe("text");
  });

  test("masks each line of a PEM key", () => {
    const lines = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"];
    const pem = ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
    expect(redact(pem, `bad line: ${lines[1]}`)).toBe("bad line: [secret]");
    expect(redact(pem, "-----BEGIN PRIVATE KEY-----")).toBe("-----BEGIN PRIVATE KEY-----");
  });

  test("masks the private members of a JWK and leaves the public ones", () => {
    const jwk = JSON.stringify({ kty: "EC", crv: "P-256", x: "publicCoordinate", d: "privateExponent" });
    expect(redact(jwk, "publicCoordinate privateExponent")).toBe("publicCoordinate [secret]");
  });
});
