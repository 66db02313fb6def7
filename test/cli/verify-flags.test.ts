import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../src/cli/main.ts";
import { plain } from "../../src/plan/paint.ts";
import { discoveryDocument, issuer as exampleIssuer, type Provider, startProvider } from "../verify/provider.ts";

// `tenantry verify --issuer` in a folder without a workspace, and flags that cannot be meant.

let folder: string;
let provider: Provider;
let issuer: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenantry-client-"));
  provider = await startProvider();
  const day = 86_400_000;
  const dates = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 90 * day) };
  provider.use(await provider.authority.issue(["127.0.0.1"], dates));
  issuer = `https://127.0.0.1:${provider.port}`;
  const moved = JSON.parse(JSON.stringify(discoveryDocument()).replaceAll(exampleIssuer, issuer));
  provider.behave({ discovery: () => moved });
  writeFileSync(join(folder, "ca.pem"), provider.authority.ca);
  writeFileSync(join(folder, "secret"), "s3cr3t-canary-value\n");
  mkdirSync(join(folder, "reports"));
});
afterAll(async () => {
  await provider.close();
  rmSync(folder, { recursive: true });
});

async function tenantry(...args: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await runCommand(
    args,
    { out: (text) => out.push(text), err: (text) => err.push(text), paint: plain },
    {
      environment: { SECRET: "s3cr3t-canary-value", WRONG: "wr0ng-canary-value", WORD: "secret" },
      cwd: folder,
      pid: process.pid,
    },
  );
  return { exit, out: out.join(""), err: err.join("") };
}

const reach = () => ["--issuer", issuer, "--allow-private", `127.0.0.1:${provider.port}`, "--ca", "file:ca.pem"];
const redirectUri = "https://app.example/openid/callback/7vk2";
const client = () => [...reach(), "--client-id", "tnclient", "--redirect-uri", redirectUri];

describe("without a workspace", () => {
  test("an issuer: discovery, keys and TLS; what was not covered is said", async () => {
    const { exit, out, err } = await tenantry("verify", ...reach());
    expect([exit, err]).toEqual([0, ""]);
    expect(out).toMatch(/pass +pass +- +- +- +pass$/m);
    expect(out).toContain("Not covered without a login");
    expect(out).not.toContain("1 connection:");
  });

  test.each([["env:SECRET"], ["file:secret"]])("a client with its secret in %s", async (reference) => {
    const { exit, out } = await tenantry("verify", ...client(), "--client-secret", reference, "--all");
    expect(out).toMatch(/pass +S1/);
    expect(out).toMatch(/pass +P1/);
    expect(exit).toBe(0);
    expect(out).not.toContain("s3cr3t");
    expect(out).not.toContain("needs no credentials");
  });

  test("a client without redirect URI and secret: what is missing is said", async () => {
    const { exit, out } = await tenantry("verify", ...reach(), "--client-id", "tnclient");
    expect(exit).toBe(0);
    const said = out.replaceAll(/\s+/g, " ");
    expect(said).toContain(`Not covered is the redirect URI of tnclient at ${issuer}: none was given.`);
    expect(said).toContain(`Not covered is what tnclient at ${issuer} proves itself with: it was not sent.`);
    expect((await tenantry("verify", ...reach())).out).not.toContain("Not covered is ");
  });

  test("a wrong secret: 6, with the code, and the secret nowhere", async () => {
    const { exit, out, err } = await tenantry("verify", ...client(), "--client-secret", "env:WRONG");
    expect(exit).toBe(6);
    expect(out).toContain("VERIFY_SECRET_REFUSED");
    expect(out + err).not.toContain("wr0ng");
  });

  test("a secret that is a word of our own leaves the report readable", async () => {
    const { out } = await tenantry("verify", ...client(), "--client-secret", "env:WORD");
    expect(out).not.toMatch(/\[(?:secret|hidden)\]/);
    expect(out).toContain("refuses the client id and secret");
    const { proofs } = JSON.parse((await tenantry("verify", ...client(), "--client-secret", "env:WORD", "--json")).out);
    expect(proofs[0].evidence.checks.find((one: { id: string }) => one.id === "S1").link).toBe("secret");
  });

  test("a method that the client is not registered for: the flag that says the other one is named", async () => {
    const method = ["--client-secret", "env:SECRET", "--client-auth", "client_secret_post"];
    const { exit, out } = await tenantry("verify", ...client(), ...method);
    expect(exit).toBe(6);
    expect(out.replaceAll(/\s+/g, " ")).toContain("Give --client-auth client_secret_basic");
  });

  test("an issuer at a private address: the flag that opens it is named", async () => {
    const { exit, out } = await tenantry("verify", "--issuer", issuer, "--ca", "file:ca.pem");
    expect(exit).toBe(6);
    expect(out.replaceAll(/\s+/g, " ")).toContain(`give --allow-private 127.0.0.1:${provider.port}`);
  });

  test("as JSON and as files, at once", async () => {
    const files = ["--junit", "reports/a.xml", "--sarif", "reports/a.sarif", "--markdown", "reports/a.md"];
    const { exit, out } = await tenantry("verify", ...reach(), "--json", ...files);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      command: "verify",
      summary: { pass: 1 },
      proofs: [{ key: issuer }],
    });
  });
});

describe("what cannot be meant", () => {
  const lines = ({ exit, err }: { readonly exit: number; readonly err: string }) => [exit, err.split("\n")[0]];

  test.each<[what: string, args: () => readonly string[], exit: number, words: RegExp]>([
    [
      "an http issuer",
      () => ["--issuer", "http://idp.example"],
      2,
      /^VERIFY_INPUT_INVALID {2}the issuer is an http URL/,
    ],
    [
      "a secret in the command line",
      () => [...client(), "--client-secret", "hunter2!"],
      2,
      /^CLI_SECRET_LITERAL {2}--client-secret takes where the secret is/,
    ],
    ["a reference to nothing", () => [...client(), "--client-secret", "env:NOBODY"], 2, /^SECRET_UNRESOLVED {2}/],
    [
      "an unknown preset",
      () => [...reach(), "--preset", "oktaa"],
      2,
      /^VERIFY_INPUT_INVALID {2}there is no preset "oktaa"/,
    ],
    ["a tenant besides an issuer", () => ["acme", ...reach()], 2, /^CLI_USAGE {2}--issuer needs no workspace/],
    [
      "an environment besides an issuer",
      () => [...reach(), "--env", "sandbox"],
      2,
      /^CLI_USAGE {2}--env is for a workspace/,
    ],
    [
      "a client id without an issuer",
      () => ["--client-id", "x"],
      2,
      /^CLI_USAGE {2}--client-id means nothing without --issuer/,
    ],
    [
      "a secret without a client",
      () => [...reach(), "--client-secret", "env:SECRET"],
      2,
      /^CLI_USAGE {2}--client-secret is of a client/,
    ],
    [
      "a start page without a redirect URI",
      () => [...reach(), "--client-id", "x", "--start-url", "https://app.example/start"],
      2,
      /^VERIFY_INPUT_INVALID {2}a start page is held against the redirect URI/,
    ],
    [
      "a key without its id",
      () => [...client(), "--client-key", "env:SECRET"],
      2,
      /^CLI_USAGE {2}--client-key and --key-id/,
    ],
    [
      "an unknown method",
      () => [...client(), "--client-auth", "basic"],
      2,
      /^CLI_USAGE {2}option '--client-auth <method>'/,
    ],
    ["a duration that is none", () => ["--since", "1 day"], 2, /^CLI_USAGE {2}option '--since <duration>'.*such as/],
    ["a budget that is none", () => ["--budget", "0s"], 2, /^CLI_USAGE {2}option '--budget <duration>'/],
    ["no connection at once", () => ["--concurrency", "0"], 2, /^CLI_USAGE {2}option '--concurrency <number>'/],
    [
      "a URL where a host belongs",
      () => ["--allow-private", "https://idp.example"],
      2,
      /^CLI_USAGE {2}option '--allow-private/,
    ],
    ["a range of too many bits", () => ["--allow-private", "10.0.0.0/33"], 2, /^CLI_USAGE {2}option '--allow-private/],
    ["a proxy of another kind", () => ["--proxy", "socks5://proxy.example"], 2, /^CLI_USAGE {2}option '--proxy <url>'/],
    ["a resolver by name", () => ["--resolver", "dns.example"], 2, /^CLI_USAGE {2}option '--resolver <ip>'/],
    [
      "two reports on stdout",
      () => [...reach(), "--junit", "-", "--sarif", "-"],
      2,
      /^CLI_USAGE {2}--junit and --sarif both go to stdout/,
    ],
    [
      "two reports in one file",
      () => [...reach(), "--junit", "x", "--sarif", "./x"],
      2,
      /^CLI_USAGE {2}--junit and --sarif both go to/,
    ],
    [
      "a report in a folder that is not there",
      () => [...reach(), "--junit", "gone/a.xml"],
      2,
      /^CLI_OUTPUT_UNWRITABLE {2}gone\/a.xml .*folder is not there/,
    ],
    [
      "a report over a folder",
      () => [...reach(), "--junit", "reports"],
      2,
      /^CLI_OUTPUT_UNWRITABLE {2}reports .*is a folder/,
    ],
    [
      "an authority that is none",
      () => ["--issuer", issuer, "--ca", "file:secret"],
      2,
      /^CLI_USAGE {2}file:secret holds no certificate/,
    ],
    ["no workspace and no issuer", () => [], 2, /^WORKSPACE_NOT_FOUND/],
  ])("%s", async (_, args, exit, words) => {
    const seen = provider.seen.length;
    const result = await tenantry("verify", ...args());
    expect(lines(result)).toEqual([exit, expect.stringMatching(words)]);
    expect(result.err).toMatch(/mend: \S|such as|allowed choices|whole number|duration|DNS server|HTTP proxy|CIDR/i);
    expect(result.err + result.out).not.toContain("hunter2");
    expect(provider.seen.length).toBe(seen);
  });
});
