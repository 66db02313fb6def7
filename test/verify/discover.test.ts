import { afterAll, beforeAll, expect, test } from "vitest";
import type { codes } from "../../src/errors/codes/index.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import { discover } from "../../src/verify/verify.ts";
import { html, issuer, json, type Misbehaviour, type Provider, startProvider } from "./provider.ts";
import { ioOf } from "./subject.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

/** The failure of a plan's discovery. */
async function failure(when: Misbehaviour, of = issuer): Promise<TenantryError> {
  provider.behave(when);
  const error: unknown = await discover({ issuer: of }, ioOf(provider)).catch((reason: unknown) => reason);
  if (!(error instanceof TenantryError)) throw new Error("discover did not fail with a TenantryError");
  expect(error.exit).toBe(5);
  return error;
}

test("gives what the document says, by one request and without a client", async () => {
  provider.behave();
  expect(await discover({ issuer }, ioOf(provider))).toEqual({
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/keys`,
    userinfoEndpoint: `${issuer}/userinfo`,
    endSessionEndpoint: `${issuer}/logout`,
  });
  expect(provider.seen).toHaveLength(1);
});

test.each<[string, Misbehaviour, string | undefined, keyof typeof codes, string]>([
  ["404", { discovery: () => html(404, "no") }, undefined, "VERIFY_DISCOVERY_UNAVAILABLE", "status 404"],
  ["429", { discovery: () => json(429, {}) }, undefined, "VERIFY_DISCOVERY_UNAVAILABLE", "answers 429"],
  [
    "another issuer",
    { discovery: (document) => ({ ...document, issuer: `${issuer}/` }) },
    undefined,
    "VERIFY_DISCOVERY_UNUSABLE",
    "differ at character",
  ],
  [
    "no token endpoint",
    { discovery: ({ token_endpoint: _, ...document }) => document },
    undefined,
    "VERIFY_DISCOVERY_UNUSABLE",
    "lacks token_endpoint",
  ],
  [
    "a private endpoint",
    { discovery: (document) => ({ ...document, token_endpoint: "https://192.168.0.1/t" }) },
    undefined,
    "VERIFY_DISCOVERY_UNUSABLE",
    "token_endpoint does not lead to a public address",
  ],
  ["an http issuer", {}, "http://idp.example", "VERIFY_DISCOVERY_UNUSABLE", "is not https"],
])("%s fails the plan with its reason", async (_, when, of, code, text) => {
  const error = await failure(when, of);
  expect(error.code).toBe(code);
  expect(error.message).toContain(text);
  expect(Object.keys(error)).not.toContain("evidence");
});

test("a pasted document URL is told from a wrong one", async () => {
  const error = await failure({}, `${issuer}/.well-known/openid-configuration`);
  expect(error.hint).toBe(`Write the issuer as ${issuer}`);
});
