import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

// The example as it is, applied once. Whatever is then broken at the sandbox is named by the real command.

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await openTestWorkspace({ whole: true });
  const { exit, err } = await workspace.tenantry("apply", "--yes");
  expect(exit, err).toBe(0);
});
afterAll(() => workspace.close());

interface Proof {
  readonly key: string;
  readonly verdict: string;
  readonly evidence?: { readonly checks: readonly Found[] };
}

interface Found {
  readonly id: string;
  readonly level: string;
  readonly verdict: string;
  readonly code?: string;
}

const proven = [
  "alder-voss/portal",
  "bluefin-studios/portal",
  "fernhill/orders",
  "fernhill/portal",
  "northwind-rail/portal",
  "tannberg/portal",
  "whiterabbit/portal",
];

async function proofs(): Promise<{ readonly exit: number; readonly proofs: readonly Proof[] }> {
  const { exit, json } = await workspace.tenantry("verify", "--json");
  const { proofs: all } = json() as unknown as { readonly proofs: readonly Proof[] };
  return { exit, proofs: all.filter(({ verdict }) => verdict !== "skipped") };
}

/** Keys by verdict. */
function keysWith(all: readonly Proof[], verdict: string): readonly string[] {
  return all.filter((proof) => proof.verdict === verdict).map(({ key }) => key);
}

/** Must-checks that failed, with their codes. */
function failures({ evidence }: Proof): readonly (readonly (string | undefined)[])[] {
  const failed = (evidence?.checks ?? []).filter(({ level, verdict }) => level === "must" && verdict === "fail");
  return failed.map(({ id, code }) => [id, code]);
}

test("every example tenant is proven, but for a draft and one that is suspended", async () => {
  const { exit, proofs: all } = await proofs();
  expect(keysWith(all, "pass")).toEqual(proven);
  expect(all).toHaveLength(proven.length);
  expect(exit).toBe(0);
});

/** What is broken, where, whose connections it hits, and the must-checks that say so. */
interface Broken {
  readonly what: string;
  readonly host: string;
  readonly failure: string;
  readonly keys: readonly string[];
  readonly told: readonly (readonly [id: string, code: string])[];
}

const broken: readonly Broken[] = [
  {
    what: "issuer slash",
    host: "id.tannberg.example",
    failure: "issuer-slash-added",
    keys: ["tannberg/portal"],
    told: [["D3", "VERIFY_ISSUER_DIFFERS"]],
  },
  {
    what: "callback",
    host: "accounts.google.com",
    failure: "redirect-uri-unregistered",
    keys: ["bluefin-studios/portal"],
    told: [["P1", "VERIFY_CALLBACK_REFUSED"]],
  },
  {
    what: "secret",
    host: "login.microsoftonline.com",
    failure: "secret-wrong",
    keys: ["northwind-rail/portal"],
    told: [["S1", "VERIFY_SECRET_REFUSED"]],
  },
  {
    what: "auth method",
    host: "acme.okta.com",
    failure: "auth-method-post-only",
    keys: ["whiterabbit/portal"],
    told: [["S1", "VERIFY_CLIENT_AUTH_METHOD"]],
  },
  {
    what: "key set",
    host: "acme.eu.auth0.com",
    failure: "jwks-empty",
    keys: ["fernhill/orders", "fernhill/portal"],
    told: [["K1", "VERIFY_KEYS_MISSING"]],
  },
  {
    what: "certificate",
    host: "sso.aldervoss.example",
    failure: "certificate-expired",
    keys: ["alder-voss/portal"],
    told: [["T1", "VERIFY_TLS_FAILED"]],
  },
  {
    what: "clock",
    host: "id.tannberg.example",
    failure: "clock-fast",
    keys: ["tannberg/portal"],
    // Fast beside this machine's, and beside the app's.
    told: [
      ["T2", "VERIFY_CLOCK_WRONG"],
      ["A7", "VERIFY_APP_CLOCK_DIFFERS"],
    ],
  },
];

describe.each(broken)("$what", ({ host, failure, keys, told }) => {
  test(`${failure} at ${host} is what the verdict names`, async () => {
    expect((await workspace.tenantry("sandbox", "misbehave", host, failure)).exit).toBe(0);
    const { exit, proofs: all } = await proofs();
    expect(keysWith(all, "fail")).toEqual(keys);
    expect(keysWith(all, "pass")).toEqual(proven.filter((key) => !keys.includes(key)));
    for (const proof of all.filter(({ verdict }) => verdict === "fail"))
      expect(failures(proof), proof.key).toEqual(told);
    expect(exit).toBe(6);
  });

  test("the command says so, and what mends it", async () => {
    const [tenant = ""] = keys[0]?.split("/") ?? [];
    const { exit, out } = await workspace.tenantry("verify", tenant);
    expect(exit).toBe(6);
    for (const [, code] of told) expect(out).toContain(code);
    expect(out).toMatch(/mend: \S/);
  });

  test("it passes again when it is turned off", async () => {
    expect((await workspace.tenantry("sandbox", "misbehave", "--off")).out).toBe("1 turned off\n");
    const { exit, proofs: all } = await proofs();
    expect(keysWith(all, "pass")).toEqual(proven);
    expect(exit).toBe(0);
  });
});
