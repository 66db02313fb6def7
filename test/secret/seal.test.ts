import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TenantryError } from "../../src/errors/failure.ts";
import { createSealer, type SealingKey, type SealPurpose } from "../../src/secret/seal.ts";
import { Secret } from "../../src/secret/secret.ts";

function key(name = "env:KEY", bytes: Uint8Array = randomBytes(32)): SealingKey {
  return { name, value: new Secret(Buffer.from(bytes).toString("base64")) };
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof TenantryError) return error.code;
    throw error;
  }
  return "none";
}

const place: SealPurpose = { table: "sso_connection", record: "whiterabbit/portal", column: "client_secret" };
const anySecret = fc.string({ unit: "binary", minLength: 1 });
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";

describe("a sealed secret", () => {
  test("opens to what it was, whatever Unicode it holds", () => {
    const sealer = createSealer([key()]);
    fc.assert(
      fc.property(anySecret, (text) => {
        expect(sealer.open(sealer.seal(new Secret(text), place), place).reveal()).toBe(text);
      }),
    );
  });

  test("is one text of the documented form, new every time", () => {
    const sealer = createSealer([key()]);
    const texts = ['it\'s "quoted"', "line\nline", "ünïcödé 🐇"].map((text) => sealer.seal(new Secret(text), place));
    for (const text of texts) {
      expect(text).toMatch(/^tenantry\.v1\.[0-9a-f]{16}\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/);
    }
    expect(sealer.seal(new Secret("a"), place)).not.toBe(sealer.seal(new Secret("a"), place));
  });

  test("is refused after a change of any one character", () => {
    const sealer = createSealer([key()]);
    const arbitrary = fc.record({ text: anySecret, at: fc.nat(), by: fc.constantFrom(...alphabet) });
    fc.assert(
      fc.property(arbitrary, ({ text, at, by }) => {
        const sealed = sealer.seal(new Secret(text), place);
        const index = at % sealed.length;
        fc.pre(sealed[index] !== by);
        const changed = sealed.slice(0, index) + by + sealed.slice(index + 1);
        expect(codeOf(() => sealer.open(changed, place))).toMatch(/^SECRET_SEAL_(MALFORMED|KEY_UNKNOWN|REFUSED)$/);
      }),
    );
  });

  test("is refused when a character is added or dropped at its end", () => {
    const sealer = createSealer([key()]);
    const sealed = sealer.seal(new Secret("s3cret"), place);
    expect(codeOf(() => sealer.open(`${sealed}A`, place))).toBe("SECRET_SEAL_MALFORMED");
    expect(codeOf(() => sealer.open(`${sealed}\n`, place))).toBe("SECRET_SEAL_MALFORMED");
    expect(codeOf(() => sealer.open(sealed.slice(0, -1), place))).toBe("SECRET_SEAL_MALFORMED");
    expect(codeOf(() => sealer.open("", place))).toBe("SECRET_SEAL_MALFORMED");
  });

  test("does not open with another key", () => {
    const sealed = createSealer([key()]).seal(new Secret("s3cret"), place);
    expect(codeOf(() => createSealer([key()]).open(sealed, place))).toBe("SECRET_SEAL_KEY_UNKNOWN");
  });

  test("does not open at another place", () => {
    const sealer = createSealer([key()]);
    const part = fc.string({ maxLength: 8 });
    const anyPlace = fc.record({ table: part, record: part, column: part });
    fc.assert(
      fc.property(anyPlace, anyPlace, (here, there) => {
        fc.pre(JSON.stringify(here) !== JSON.stringify(there));
        const sealed = sealer.seal(new Secret("s3cret"), here);
        expect(codeOf(() => sealer.open(sealed, there))).toBe("SECRET_SEAL_REFUSED");
      }),
    );
  });

  test("opens with an old key of the ring; the first key seals", () => {
    const [old, fresh] = [key("env:OLD"), key("env:NEW")];
    const sealed = createSealer([old]).seal(new Secret("s3cret"), place);
    const both = createSealer([fresh, old]);
    expect(both.open(sealed, place).reveal()).toBe("s3cret");
    const again = both.seal(new Secret("s3cret"), place);
    expect(createSealer([fresh]).open(again, place).reveal()).toBe("s3cret");
  });

  test.each([[""], ["\ud800"], ["a\udc00b"]])("is not made of %j", (text) => {
    expect(codeOf(() => createSealer([key()]).seal(new Secret(text), place))).toBe("SECRET_SEAL_TEXT_INVALID");
  });

  test("stays readable: an envelope of a known key and IV", () => {
    const sealer = createSealer([key("env:KEY", Buffer.alloc(32, 7))], (bytes) => Buffer.alloc(bytes, 1));
    const envelope = sealer.seal(new Secret("s3cret"), place);
    expect(envelope).toMatchInlineSnapshot(
      `"tenantry.v1.2ed944d1ae85ba35.AQEBAQEBAQEBAQEB.BdLqxfXL._tPhR3pbR6_TmZ2R9HRGlg"`,
    );
  });
});

describe("a sealing key", () => {
  test.each([
    ["31 bytes", Buffer.alloc(31).toString("base64")],
    ["33 bytes", Buffer.alloc(33).toString("base64")],
    ["hexadecimal", Buffer.alloc(32).toString("hex")],
    ["a line end at its end", `${Buffer.alloc(32).toString("base64")}\n`],
    ["a pass phrase", "correct horse battery staple"],
    ["nothing", ""],
  ])("of %s is refused by its name, without its value", (_, text) => {
    const work = (): unknown => createSealer([{ name: "env:PORTAL_SEALING_KEY", value: new Secret(text) }]);
    expect(codeOf(work)).toBe("SECRET_SEAL_KEY_INVALID");
    expect(work).toThrow("The sealing key env:PORTAL_SEALING_KEY is not 32 bytes of base64.");
  });

  test("may leave out the padding", () => {
    const text = Buffer.alloc(32, 9).toString("base64").replace("=", "");
    expect(codeOf(() => createSealer([{ name: "env:KEY", value: new Secret(text) }]))).toBe("none");
  });

  test("is needed", () => {
    expect(codeOf(() => createSealer([]))).toBe("SECRET_SEAL_KEY_INVALID");
  });
});
