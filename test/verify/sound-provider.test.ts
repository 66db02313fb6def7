import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Provider, startProvider } from "./provider.ts";
import { verify } from "./subject.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());
beforeEach(() => provider.behave());

test("a sound client passes every check", async () => {
  const verification = await verify(provider);
  expect(verification.checks.map(({ id, verdict, message }) => [id, verdict, message])).toMatchInlineSnapshot(`
    [
      [
        "D1",
        "pass",
        "The discovery document was read.",
      ],
      [
        "D2",
        "pass",
        "The issuer does not look like another URL.",
      ],
      [
        "D3",
        "pass",
        "The issuer is equal byte for byte.",
      ],
      [
        "D4",
        "pass",
        "The issuer is a plain https URL.",
      ],
      [
        "D5",
        "pass",
        "All members that a sign-in needs are there.",
      ],
      [
        "D6",
        "pass",
        "Every endpoint that a sign-in uses is a public https URL.",
      ],
      [
        "D8",
        "pass",
        "The authorization code flow is offered.",
      ],
      [
        "D9",
        "pass",
        "client_secret_basic is listed.",
      ],
      [
        "K1",
        "pass",
        "The key set holds 1 usable of 1 keys.",
      ],
      [
        "K2",
        "pass",
        "The key set holds public keys only.",
      ],
      [
        "K3",
        "pass",
        "Every signing key is strong enough and well formed.",
      ],
      [
        "P1",
        "pass",
        "https://app.example/openid/callback/7vk2 is registered; an unregistered one is refused.",
      ],
      [
        "P2",
        "pass",
        "An address below the redirect URI is refused.",
      ],
      [
        "P3",
        "pass",
        "A redirect URI at a foreign host is refused.",
      ],
      [
        "S1",
        "pass",
        "The secret is accepted by client_secret_basic; a wrong one is refused.",
      ],
      [
        "S2",
        "pass",
        "A wrong secret is refused.",
      ],
    ]
  `);
  expect(verification.verdict).toBe("pass");
});
