import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "../../src/secret/secret.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import { type ClientPair, newPair, signsWith, spellingsOf } from "./client-keys.ts";
import { json, type Provider, redirectUri } from "./provider.ts";
import { check, ioOf, subjectWith, verify } from "./subject.ts";
import type { VendorShape } from "./vendor-replies.ts";
import { behaviourOf, startVendors } from "./vendor-server.ts";
import { vendors } from "./vendor-shapes.ts";

const takers = Object.entries(vendors).filter(([, shape]) => shape.badAssertion !== undefined);
const [, plainShape] = takers.find(([name]) => name === "oidc-provider") as [string, VendorShape];
const ec = newPair("ES256");

let provider: Provider;
beforeAll(async () => {
  provider = await startVendors(Object.values(vendors));
});
afterAll(() => provider.close());

/** The proof of a client that signs, at a server where `registered` is its key. */
function proof(
  {
    pair = ec,
    registered = ec,
    audience,
  }: { pair?: ClientPair; registered?: ClientPair; audience?: readonly string[] },
  subject: Partial<VerifySubject> = {},
  shape = plainShape,
) {
  const client = { redirectUris: [redirectUri], method: "private_key_jwt", key: registered.publicKey } as const;
  provider.behave(behaviourOf(shape, { ...client, ...(audience === undefined ? {} : { audience }) }));
  return verify(provider, { issuer: shape.issuer, clientId: shape.clientId, ...signsWith(pair), ...subject });
}

const posts = () => provider.seen.filter(({ method }) => method === "POST");
const audiences = () =>
  posts().map(({ form }) => {
    const [, body = ""] = (form.get("client_assertion") ?? "").split(".");
    return JSON.parse(Buffer.from(body, "base64url").toString()).aud as unknown;
  });

describe.each(takers)("%s", (_, shape) => {
  test("the key that is registered passes, another does not", async () => {
    const sound = await proof({}, {}, shape);
    expect(
      sound.checks.filter(({ level, verdict }) => level === "must" && verdict !== "pass" && verdict !== "skipped"),
    ).toEqual([]);
    expect(sound.verdict).toBe("pass");
    expect(check(sound, "D9").message).toBe("private_key_jwt is listed, with ES256.");
    const other = await proof({ registered: newPair("ES256") }, {}, shape);
    expect(other.verdict).toBe("fail");
    expect(check(other, "S1")).toMatchObject({ verdict: "fail", code: "VERIFY_CLIENT_KEY_REFUSED" });
    expect(check(other, "S2").verdict).toBe("skipped");
  });
});

test.each(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"])(
  "signs by %s",
  async (alg) => {
    const pair = newPair(alg);
    const shape = { ...plainShape, metadata: { token_endpoint_auth_signing_alg_values_supported: [alg] } };
    const verification = await proof({ pair, registered: pair }, {}, shape);
    expect(check(verification, "S1").message).toBe(
      "An assertion signed by the app's key portal-1 for the issuer is accepted; one signed by another key is refused.",
    );
    expect(verification.verdict).toBe("pass");
    expect(posts()).toHaveLength(2);
  },
);

const rsa = newPair("RS256");
test.each([...Object.entries(spellingsOf(ec)), ...Object.entries(spellingsOf(rsa))])(
  "reads a key as %s",
  async (_, text) => {
    const pair = text in spellingsOf(ec) || Object.values(spellingsOf(ec)).includes(text) ? ec : rsa;
    const verification = await proof({ pair, registered: pair }, signsWith(pair, text));
    expect(verification.verdict).toBe("pass");
  },
);

describe("audiences", () => {
  const { issuer, token } = plainShape;
  test.each<[string, readonly string[], readonly string[], string]>([
    ["the issuer, where both are taken", [issuer, token], [issuer, issuer], "for the issuer"],
    ["the token endpoint, where only that is taken", [token], [issuer, token, token], "for the token endpoint"],
  ])("%s", async (_, audience, asked, words) => {
    const verification = await proof({ audience });
    expect(verification.verdict).toBe("pass");
    expect(check(verification, "S1").message).toContain(words);
    expect(audiences()).toEqual(asked);
  });

  test("an audience that nobody takes fails after each was tried once", async () => {
    const verification = await proof({ audience: ["https://elsewhere.example"] });
    expect(check(verification, "S1").code).toBe("VERIFY_CLIENT_KEY_REFUSED");
    expect(audiences()).toEqual([issuer, token]);
  });

  test("Okta and Entra ID are asked with the token endpoint first", async () => {
    for (const name of ["okta", "entra id"]) {
      const shape = vendors[name] as VendorShape;
      await proof({}, {}, shape);
      expect(audiences()).toEqual([shape.token, shape.token]);
    }
  });

  test("an assertion for an issuer is not sent to an endpoint of another host that only the file names", async () => {
    const shape = { ...plainShape, token: "https://hydra.example/token" };
    const endpoints = { authorization: shape.authorization, token: shape.token, jwks: "https://keys.example/keys" };
    expect((await proof({}, { endpoints }, shape)).verdict).toBe("pass");
    expect(audiences()).toEqual([shape.token, shape.token]);
    await proof({ registered: newPair("ES256") }, { endpoints }, shape);
    expect(audiences()).toEqual([shape.token]);
    const near = { authorization: plainShape.authorization, token, jwks: "https://keys.example/keys" };
    await proof({}, { endpoints: near });
    expect(audiences()).toEqual([issuer, issuer]);
  });
});

describe("keys that cannot be proven are told before anything is sent", () => {
  const pem = spellingsOf(ec)["PEM, PKCS#8"] ?? "";
  const encrypted = String(
    ec.privateKey.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "hunter22" }),
  );
  const short = { ...ec, publicKey: { ...ec.publicKey, alg: "ES384" } };
  test.each<[string, Partial<VerifySubject>, "fail" | "inconclusive", string]>([
    ["no key", { clientKey: undefined }, "inconclusive", "VERIFY_CLIENT_KEY_MISSING"],
    [
      "another pair's private half",
      signsWith({ ...newPair("ES256"), publicKey: ec.publicKey }),
      "fail",
      "VERIFY_CLIENT_KEY_DIFFERS",
    ],
    [
      "a private half of another kind",
      signsWith({ ...rsa, publicKey: ec.publicKey }),
      "fail",
      "VERIFY_CLIENT_KEY_DIFFERS",
    ],
    [
      "a public half that is malformed",
      signsWith({ ...ec, publicKey: { ...ec.publicKey, x: "AAAA" } }),
      "fail",
      "VERIFY_CLIENT_KEY_DIFFERS",
    ],
    ["text that is no key", signsWith(ec, "not a key"), "fail", "VERIFY_CLIENT_KEY_UNREADABLE"],
    ["JSON that is no key", signsWith(ec, '{"kty":"EC"}'), "fail", "VERIFY_CLIENT_KEY_UNREADABLE"],
    ["JSON that is cut off", signsWith(ec, '{"kty":"EC"'), "fail", "VERIFY_CLIENT_KEY_UNREADABLE"],
    ["the public half", signsWith(ec, JSON.stringify(ec.publicKey)), "fail", "VERIFY_CLIENT_KEY_UNREADABLE"],
    [
      "a PEM without its last line",
      signsWith(ec, pem.replace(/-----END.*/, "")),
      "fail",
      "VERIFY_CLIENT_KEY_UNREADABLE",
    ],
    ["a PEM with a passphrase", signsWith(ec, encrypted), "fail", "VERIFY_CLIENT_KEY_UNREADABLE"],
    ["a curve that is not its algorithm's", signsWith(short), "fail", "VERIFY_CLIENT_KEY_UNFIT"],
    [
      "an algorithm that is none",
      signsWith({ ...ec, publicKey: { ...ec.publicKey, alg: "HS256" } }),
      "fail",
      "VERIFY_CLIENT_KEY_UNFIT",
    ],
  ])("%s", async (_, subject, verdict, code) => {
    const verification = await proof({}, subject);
    expect([check(verification, "S1").verdict, check(verification, "S1").code]).toEqual([verdict, code]);
    expect(check(verification, "S2").verdict).toBe("skipped");
    expect(verification.verdict).not.toBe("pass");
    expect(posts()).toEqual([]);
    const secret = subject.clientKey?.privateKey.reveal();
    if (secret !== undefined) expect(JSON.stringify(verification)).not.toContain(secret.slice(0, 40));
  });
});

describe("no false pass", () => {
  test.each<[string, Partial<VendorShape>]>([
    ["a server that never looks at assertions", { badAssertion: plainShape.badCode }],
    ["a server that gives tokens for them", { badAssertion: json(200, { access_token: "minted" }) }],
    ["a server that is busy for the control", { badAssertion: json(503, {}) }],
  ])("%s", async (_, change) => {
    const verification = await proof({}, {}, { ...plainShape, ...change });
    expect(check(verification, "S1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_SECRET_UNPROVEN" });
    expect(verification.verdict).not.toBe("pass");
  });

  test("an algorithm that is not listed fails although the endpoint takes it", async () => {
    const shape = { ...plainShape, metadata: { token_endpoint_auth_signing_alg_values_supported: ["RS256", "PS256"] } };
    const verification = await proof({}, {}, shape);
    expect(check(verification, "D9")).toMatchObject({
      verdict: "fail",
      level: "must",
      code: "VERIFY_CLIENT_AUTH_UNLISTED",
    });
    expect(verification.verdict).toBe("fail");
  });
});

test("neither assertion nor key gets into a result, though the server echoes all of it", async () => {
  provider.behave({
    ...behaviourOf(plainShape, { redirectUris: [redirectUri], method: "private_key_jwt", key: ec.publicKey }),
    token: ({ form }) => json(401, { error: "invalid_client", error_description: form.toString() }),
  });
  const subject = signsWith(ec);
  const verification = await verify(provider, { issuer: plainShape.issuer, clientId: plainShape.clientId, ...subject });
  const text = JSON.stringify(verification);
  expect(posts()).toHaveLength(2);
  for (const { form } of posts()) {
    const assertion = form.get("client_assertion") ?? "";
    for (const part of [assertion, ...assertion.split("."), form.get("code") ?? ""]) {
      expect(part).not.toBe("");
      expect(text).not.toContain(part);
    }
  }
  const { d } = ec.privateKey.export({ format: "jwk" });
  expect(d).toBeTypeOf("string");
  expect(text).not.toContain(d);
});

test("the mend is the public key to register, and nothing of the private one", async () => {
  const verification = await proof({ registered: newPair("ES256") }, { console: undefined });
  const { hint = "" } = check(verification, "S1");
  expect(hint).toContain(`Send to the administrator of op.example: client portal must authenticate by private_key_jwt`);
  expect(hint).toContain(`"x":"${ec.publicKey.x}"`);
  expect(hint).not.toContain('"d"');
  // Should anything private ever stand beside the public members, it stays there.
  const { d } = ec.privateKey.export({ format: "jwk" });
  const careless = { publicKey: { ...ec.publicKey, d }, privateKey: ec.privateKey };
  const shown = await proof({ pair: careless, registered: newPair("ES256") });
  expect(check(shown, "S1").code).toBe("VERIFY_CLIENT_KEY_REFUSED");
  expect(JSON.stringify(shown)).not.toContain(d);
});

test("the control may be switched off, and the pass says so", async () => {
  const subject = subjectWith({ issuer: plainShape.issuer, clientId: plainShape.clientId, ...signsWith(ec) });
  provider.behave(
    behaviourOf(plainShape, { redirectUris: [redirectUri], method: "private_key_jwt", key: ec.publicKey }),
  );
  const { verifySubject } = await import("../../src/verify/verify.ts");
  const verification = await verifySubject(subject, ioOf(provider), { secretProbe: true, wrongSecretControl: false });
  expect(check(verification, "S1").message).toContain("the control with another key is switched off");
  expect(check(verification, "S2").verdict).toBe("skipped");
  expect(posts()).toHaveLength(1);
  // A key that is a secret in memory stays one.
  expect(String(new Secret("x"))).toBe("[secret]");
});
