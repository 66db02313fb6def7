import { describe, expect, test } from "vitest";
import { managersOf, remoteSecrets } from "../../src/apply/remote-secrets.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import { previousOf } from "../../src/secret/previous.ts";
import { createRedactor } from "../../src/secret/redact.ts";
import { referencesIn, rememberSecrets, SecretFault } from "../../src/secret/remote.ts";
import { resolveReference } from "../../src/secret/resolve.ts";
import { Secret } from "../../src/secret/secret.ts";
import { openSecretManagers } from "../../src/vendor/secret-managers.ts";
import { parseReference, type Reference, type RemoteReference } from "../../src/workspace/reference.ts";

function reference(text: string): Reference {
  const found = parseReference(text);
  if (found === undefined) throw new Error(text);
  return found;
}

const remote = (text: string): RemoteReference => reference(text) as RemoteReference;
const at = reference("vault:kv/a#b");

function failureOf(work: () => unknown): TenantryError {
  try {
    work();
  } catch (error) {
    if (error instanceof TenantryError) return error;
  }
  throw new Error("no TenantryError was thrown");
}

describe("what lies in a secret manager", () => {
  test("is fetched once, however many ask, and read from then on", async () => {
    const asked: string[] = [];
    const secrets = rememberSecrets(async ({ text }) => {
      asked.push(text);
      return new Secret(`of ${text}`);
    });
    await Promise.all([secrets.fetch([at, reference("env:A"), reference("vault:kv/a#c")]), secrets.fetch([at])]);
    await secrets.fetch([at]);
    expect(asked).toEqual(["vault:kv/a#b", "vault:kv/a#c"]);
    const source = { environment: {}, readFile: () => undefined, remote: secrets };
    expect(resolveReference(at, source).reveal()).toBe("of vault:kv/a#b");
  });

  test("is asked for at the same time", async () => {
    let waiting = 0;
    let release = (): void => {};
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    const secrets = rememberSecrets(async () => {
      waiting += 1;
      if (waiting === 3) release();
      await all;
      return new Secret("x");
    });
    await secrets.fetch(["a", "b", "c"].map((field) => reference(`vault:kv/a#${field}`)));
    expect(waiting).toBe(3);
  });

  test("and cannot be had fails whoever reads it, named with what it is for, the cause and what to do", async () => {
    const secrets = rememberSecrets(() => {
      throw new SecretFault("SECRET_FORBIDDEN", "Vault does not let us read kv/a (403)", {
        hint: "Look at the policy.",
      });
    });
    await secrets.fetch([at]);
    const source = { environment: {}, readFile: () => undefined, remote: secrets };
    const failure = failureOf(() => resolveReference(at, source, "the token of the app gateway"));
    expect(failure).toMatchObject({
      code: "SECRET_FORBIDDEN",
      hint: "Look at the policy.",
      message:
        "The reference vault:kv/a#b, the token of the app gateway, gives no secret: Vault does not let us read kv/a (403).",
    });
  });

  test("and was not fetched, is empty, or of nobody's manager is unresolved", async () => {
    const secrets = rememberSecrets(async () => new Secret(""));
    const source = { environment: {}, readFile: () => undefined, remote: secrets };
    expect(failureOf(() => resolveReference(at, source)).code).toBe("SECRET_UNRESOLVED");
    await secrets.fetch([at]);
    expect(failureOf(() => resolveReference(at, source)).message).toContain("it is empty");
    expect(failureOf(() => resolveReference(at, { environment: {}, readFile: () => undefined })).message).toContain(
      "no secret manager is asked here",
    );
  });

  test("a bug in between is no missing secret", async () => {
    const secrets = rememberSecrets(() => {
      throw new TypeError("a bug");
    });
    await expect(secrets.fetch([at])).rejects.toThrow("a bug");
  });

  test("is known to the redactor once it is fetched", async () => {
    const redactor = createRedactor();
    const manager = { read: async () => new Secret("s3cret-value"), close: async () => {} };
    const managers = { of: async () => manager as never, close: async () => {} };
    await remoteSecrets(managers, redactor).fetch([at]);
    expect(redactor.redact("a s3cret-value here")).toBe("a [secret] here");
  });
});

describe("the managers", () => {
  const options = {
    source: { environment: {}, readFile: () => undefined },
    redactor: createRedactor(),
    clock: Date.now,
    sleep: async () => {},
    version: "1.0.0",
  };

  test.each(["vault:kv/a#b", "op://a/b/c"])(
    "%s is refused where tenantry.yaml names none, with what to add",
    async (text) => {
      const managers = managersOf({ ...options, workspace: {} });
      const secrets = remoteSecrets(managers, options.redactor);
      await secrets.fetch([reference(text)]);
      expect(secrets.read(remote(text))).toMatchObject({
        code: "SECRET_MANAGER_UNNAMED",
        hint: expect.stringContaining("secrets."),
      });
      await managers.close();
    },
  );

  test.each(["op://a/b/c", "aws-sm:a", "gcp-sm:projects/acme-sso/secrets/a"])(
    "%s is not asked where every connection goes to a sandbox",
    async (text) => {
      const managers = openSecretManagers({
        settings: { onePassword: { serviceAccountToken: reference("env:A") as never } },
        resolve: () => new Secret("x"),
        network: () => ({ connect: { host: "127.0.0.1", port: 1, ca: "" } }),
        limiters: { of: () => ({}) as never },
        sleep: async () => {},
        know: () => {},
        version: "1.0.0",
        deadline: 1_000,
      });
      const secrets = remoteSecrets(managers, options.redactor);
      await secrets.fetch([reference(text)]);
      expect(secrets.read(remote(text))).toMatchObject({
        code: "SECRET_MANAGER_UNNAMED",
        message: expect.stringContaining("`connect:`"),
      });
    },
  );
});

test("every reference in a part of the workspace is found once", () => {
  const a = reference("env:A");
  const settings = new Map([
    ["one", { credentials: { token: a }, list: [at, { deep: at }] }],
    ["two", { token: a }],
  ] as never);
  expect(
    referencesIn({ settings, text: "env:NOT" })
      .map(({ text }) => text)
      .sort(),
  ).toEqual(["env:A", "vault:kv/a#b"]);
});

test.each([
  ["vault:kv/a#b", "vault:kv/a#b.previous"],
  ["op://a/b/c", "op://a/b/c.previous"],
  ["aws-sm:a#b", "aws-sm:a#b.previous"],
  ["aws-sm:a", "aws-sm:a.previous"],
  ["gcp-sm:projects/acme-sso/secrets/a", "gcp-sm:projects/acme-sso/secrets/a_previous"],
  ["file:a/b", "file:a/b.previous"],
])("the old secret of %s is kept at %s", (text, kept) => expect(previousOf(reference(text)).text).toBe(kept));
