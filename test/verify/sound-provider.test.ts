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
        "D7",
        "pass",
        "ID tokens can be signed with RS256.",
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
        "D10",
        "pass",
        "S256 is listed.",
      ],
      [
        "D11",
        "pass",
        "No response modes are listed, which stands for query.",
      ],
      [
        "D12",
        "skipped",
        "Not looked at: the document lists no scopes.",
      ],
      [
        "D13",
        "skipped",
        "Not looked at: the app reads nothing but what every ID token has.",
      ],
      [
        "D14",
        "skipped",
        "Not looked at: the app asks for no acr values and sends no claims parameter.",
      ],
      [
        "D15",
        "pass",
        "Pushed authorization requests are not demanded.",
      ],
      [
        "D16",
        "pass",
        "No request objects are demanded.",
      ],
      [
        "D17",
        "pass",
        "The authorization response names the issuer, byte for byte.",
      ],
      [
        "D18",
        "pass",
        "There is a userinfo endpoint.",
      ],
      [
        "D19",
        "pass",
        "The document names an end_session_endpoint.",
      ],
      [
        "D20",
        "pass",
        "Every member that is known has its shape.",
      ],
      [
        "D21",
        "pass",
        "The discovery document and the key set do not redirect.",
      ],
      [
        "D22",
        "pass",
        "Every endpoint is at idp.example, as the issuer is.",
      ],
      [
        "D23",
        "pass",
        "Read twice, it says the same.",
      ],
      [
        "D24",
        "pass",
        "Nothing says how long the key set may be kept; each library has its own rule.",
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
        "K4",
        "pass",
        "One signature key needs no kid.",
      ],
      [
        "K5",
        "pass",
        "No key is for encryption, so none can be mistaken.",
      ],
      [
        "K6",
        "skipped",
        "Not looked at: no signature key has a certificate.",
      ],
      [
        "K7",
        "pass",
        "The key set comes as application/json.",
      ],
      [
        "P1",
        "pass",
        "https://app.example/openid/callback/7vk2 is registered; an unregistered one is refused.",
      ],
      [
        "P2",
        "pass",
        "An address beside the redirect URI is refused.",
      ],
      [
        "P3",
        "pass",
        "A redirect URI at a foreign host is refused.",
      ],
      [
        "P4",
        "skipped",
        "Not needed: the answer to prompt=none tells.",
      ],
      [
        "P5",
        "skipped",
        "Does not apply: the identity provider offers no pushed requests.",
      ],
      [
        "P6",
        "pass",
        "Answers come in the query of a redirect (query), as the app asks.",
      ],
      [
        "P7",
        "skipped",
        "Does not apply: the app names no address for after the sign-out.",
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
      [
        "T1",
        "pass",
        "The certificates are trusted, for their hosts, and valid for a while.",
      ],
      [
        "T2",
        "pass",
        "The clock of idp.example and the one of runner.example agree within 30 s.",
      ],
      [
        "T3",
        "pass",
        "The documents come within 3 s.",
      ],
    ]
  `);
  expect(verification.verdict).toBe("pass");
});
