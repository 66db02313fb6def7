import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClientInput, type Proof, verifyClient, verifyIssuer } from "../../src/verify/index.ts";
import { codeBlocks, pageAt } from "../docs/pages.ts";
import {
  discoveryDocument,
  issuer as exampleIssuer,
  type Misbehaviour,
  type Provider,
  startProvider,
} from "./provider.ts";

// The library by itself: plain values in, a proof out. The provider is on loopback under an authority of its own.

const registered = "https://app.example/openid/callback/7vk2";
const secret = "s3cr3t-canary-value";

let provider: Provider;
let issuer: string;
beforeAll(async () => {
  provider = await startProvider();
  const day = 86_400_000;
  const dates = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 90 * day) };
  provider.use(await provider.authority.issue(["127.0.0.1"], dates));
  issuer = `https://127.0.0.1:${provider.port}`;
});
afterAll(() => provider.close());

/** The provider under its address on loopback. */
function behave(misbehaviour: Misbehaviour = {}): void {
  const moved = JSON.parse(JSON.stringify(discoveryDocument()).replaceAll(exampleIssuer, issuer));
  provider.behave({ discovery: () => moved, ...misbehaviour });
}

function reach(): Pick<ClientInput, "issuer" | "allowPrivate" | "ca"> {
  return { issuer, allowPrivate: [`127.0.0.1:${provider.port}`], ca: provider.authority.ca };
}

function verdicts({ checks }: Proof): Record<string, string> {
  return Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict]));
}

describe("an issuer alone", () => {
  test("is proven by its documents and its certificate; no client is named and no secret sent", async () => {
    behave();
    const proof = await verifyIssuer(reach());
    expect(proof.checks.filter(({ verdict }) => verdict === "fail")).toEqual([]);
    expect(proof.verdict).toBe("pass");
    expect(verdicts(proof)).toMatchObject({
      D1: "pass",
      D3: "pass",
      K1: "pass",
      T1: "pass",
      P1: "skipped",
      S1: "skipped",
    });
    expect(proof.discovery?.tokenEndpoint).toBe(`${issuer}/token`);
    expect(new Set(provider.seen.map(({ path }) => path))).toEqual(
      new Set(["/.well-known/openid-configuration", "/keys"]),
    );
  });

  test("that names another issuer fails at D3", async () => {
    behave({ discovery: () => ({ ...discoveryDocument(), issuer: `${issuer}/` }) });
    const proof = await verifyIssuer(reach());
    expect(proof.verdict).toBe("fail");
    expect(proof.checks.find(({ id }) => id === "D3")).toMatchObject({ code: "VERIFY_ISSUER_DIFFERS" });
  });

  test("whose authority nobody trusts fails at TLS, and one on loopback is refused without allowPrivate", async () => {
    behave();
    const { ca: _, ...untrusting } = reach();
    const untrusted = await verifyIssuer(untrusting);
    expect(untrusted.verdict).toBe("fail");
    expect(untrusted.checks.map(({ code }) => code)).toContain("VERIFY_TLS_FAILED");
    provider.behave();
    const refused = await verifyIssuer({ issuer, ca: provider.authority.ca });
    expect(refused.verdict).toBe("fail");
    expect(refused.checks.find(({ id }) => id === "D4")).toMatchObject({ verdict: "fail" });
    expect(provider.seen).toEqual([]);
  });
});

describe("a client", () => {
  const client = { clientId: "tnclient", clientSecret: secret, redirectUri: registered };

  test("is proven with redirect URI and secret, and nothing of the secret is in the proof", async () => {
    behave();
    const proof = await verifyClient({ ...reach(), ...client });
    expect(proof.checks.filter(({ verdict, level }) => verdict === "fail" && level === "must")).toEqual([]);
    expect(verdicts(proof)).toMatchObject({ P1: "pass", P3: "pass", S1: "pass", S2: "pass" });
    expect(proof.verdict).toBe("pass");
    expect(JSON.stringify(proof)).not.toContain(secret);
  });

  test("with a wrong secret fails at S1", async () => {
    behave();
    const proof = await verifyClient({ ...reach(), ...client, clientSecret: "another" });
    expect(proof.verdict).toBe("fail");
    expect(proof.checks.find(({ id }) => id === "S1")).toMatchObject({ code: "VERIFY_SECRET_REFUSED" });
  });

  test("without a secret is not asked for one: redirect URI only", async () => {
    behave();
    const proof = await verifyClient({ ...reach(), clientId: "tnclient", redirectUri: registered });
    expect(verdicts(proof)).toMatchObject({ P1: "pass", S1: "skipped", S2: "skipped" });
    expect(provider.seen.some(({ path }) => path === "/token")).toBe(false);
  });
});

describe("values that cannot be meant", () => {
  const refused = async (input: Partial<ClientInput>): Promise<unknown> =>
    verifyClient({ issuer: "https://idp.example", clientId: "portal", ...input }).then(
      () => "taken",
      (error: { readonly code?: string; readonly message: string }) => `${error.code}: ${error.message}`,
    );

  test.each<[string, Partial<ClientInput>, RegExp]>([
    ["an http issuer", { issuer: "http://idp.example" }, /^VERIFY_INPUT_INVALID: .*http/],
    ["no issuer", { issuer: undefined as unknown as string }, /^VERIFY_INPUT_INVALID: the issuer is not given/],
    ["a redirect URI that is none", { redirectUri: "callback" }, /^VERIFY_INPUT_INVALID: the redirect URI is no URL/],
    [
      "an address after the sign-out that is none",
      { postLogoutRedirectUris: ["https://app.example/", "bye"] },
      /^VERIFY_INPUT_INVALID: the address for after the sign-out is no URL/,
    ],
    ["a secret that is not set", { clientSecret: undefined }, /^VERIFY_INPUT_INVALID: the client secret is not given/],
    ["an empty secret", { clientSecret: "" }, /^VERIFY_INPUT_INVALID: the client secret is not given/],
    ["no key to sign with", { clientAuth: "private_key_jwt" }, /^VERIFY_INPUT_INVALID: private_key_jwt needs/],
    ["a password in the issuer", { issuer: "https://a:pass-w0rd@idp.example" }, /^VERIFY_INPUT_INVALID: [^w0]*$/],
    ["a deadline before it begins", { deadline: -5 }, /^VERIFY_INPUT_INVALID: deadline/],
    ["a budget that is none", { budget: Number.NaN }, /^VERIFY_INPUT_INVALID: budget/],
    ["an authority that is none", { ca: "rubbish" }, /^VERIFY_INPUT_INVALID: the certificate authority/],
    ["an unknown preset", { preset: "oktaa" }, /^VERIFY_INPUT_INVALID: there is no preset "oktaa"/],
    ["a key that is none", { clientKey: { privateKey: "key", keyId: "k" } }, /^VERIFY_INPUT_INVALID: the client key/],
    ["a proxy that is none", { proxy: "socks://proxy.example" }, /^VERIFY_PROXY_INVALID/],
  ])("%s", async (_, input, words) => {
    expect(await refused(input)).toMatch(words);
  });

  test("a signal that has fired: its reason is thrown and nothing is sent", async () => {
    behave();
    const stop = AbortSignal.abort(new Error("enough"));
    await expect(verifyIssuer({ ...reach(), signal: stop })).rejects.toThrow("enough");
    expect(provider.seen).toEqual([]);
  });
});

describe("the example of docs/verify.md", () => {
  test("runs, and says what failed", async () => {
    behave();
    const [example] = codeBlocks(pageAt("docs/verify.md")).filter(({ language }) => language === "ts");
    const { allowPrivate, ca } = reach();
    const text = (example?.text ?? "")
      .replace('"tenantry/verify"', JSON.stringify(new URL("../../src/verify/index.ts", import.meta.url).href))
      .replace('issuer: "https://idp.example",', `...${JSON.stringify({ issuer, allowPrivate, ca })},`)
      .replace('"portal"', '"tnclient"')
      .replace("https://app.example/callback", registered);
    const folder = mkdtempSync(join(tmpdir(), "tenantry-library-"));
    writeFileSync(join(folder, "example.mjs"), text);
    const run = promisify(execFile);
    const env = (value: string) => ({ env: { ...process.env, SECRET: value } });
    const passed = await run(process.execPath, [join(folder, "example.mjs")], env(secret));
    expect(passed.stdout).toMatch(/^pass\n/);
    const failed = await run(process.execPath, [join(folder, "example.mjs")], env("another"));
    rmSync(folder, { recursive: true });
    expect(failed.stdout).toMatch(/^fail\n[\s\S]*^S1: .+/m);
    expect(failed.stdout + failed.stderr).not.toContain("another");
  });
});
