import { describe, expect, test } from "vitest";
import { TenantryError } from "../../src/errors/failure.ts";
import { resolveReference, type SecretSource } from "../../src/secret/resolve.ts";
import { parseReference, type Reference } from "../../src/workspace/reference.ts";

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed === undefined) throw new Error(`no reference: ${text}`);
  return parsed;
}

function source(environment: Record<string, string>, files: Record<string, string> = {}): SecretSource {
  return { environment, readFile: (path) => files[path] };
}

function failureOf(work: () => unknown): TenantryError {
  try {
    work();
  } catch (error) {
    if (error instanceof TenantryError) return error;
  }
  throw new Error("no TenantryError was thrown");
}

describe("a reference", () => {
  test("to a variable gives its value as it is", () => {
    expect(resolveReference(reference("env:TOKEN"), source({ TOKEN: " a\nb\n" })).reveal()).toBe(" a\nb\n");
  });

  test.each([
    ["s3cret\n", "s3cret"],
    ["s3cret\r\n", "s3cret"],
    ["s3cret\n\n", "s3cret\n"],
    ["s3cret", "s3cret"],
  ])("to a file drops one line end: %j", (text, secret) => {
    expect(resolveReference(reference("file:a/b"), source({}, { "a/b": text })).reveal()).toBe(secret);
  });

  test.each([
    ["env:TOKEN", {}, {}, "the environment variable TOKEN is not set"],
    ["env:TOKEN", { TOKEN: "" }, {}, "the environment variable TOKEN is empty"],
    ["file:token", {}, {}, "the file token does not exist"],
    ["file:token", {}, { token: "\n" }, "the file token is empty"],
  ])("%s that leads to nothing is unresolved", (text, environment, files, why) => {
    const failure = failureOf(() => resolveReference(reference(text), source(environment, files)));
    expect(failure.code).toBe("SECRET_UNRESOLVED");
    expect(failure.message).toBe(`The reference ${text} gives no secret: ${why}.`);
  });

  test("to a name that every object has is not set", () => {
    expect(failureOf(() => resolveReference(reference("env:constructor"), source({}))).code).toBe("SECRET_UNRESOLVED");
  });

  test("to a file that cannot be read is unresolved, with the inner error as its cause", () => {
    const cause = new Error("EACCES");
    const readFile = (): string => {
      throw cause;
    };
    const failure = failureOf(() => resolveReference(reference("file:token"), { environment: {}, readFile }));
    expect(failure).toMatchObject({ code: "SECRET_UNRESOLVED", cause });
  });
});
