import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CheckResult, Evidence } from "../../src/store/evidence.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

let workspace: TestWorkspace;

beforeEach(async () => {
  workspace = await openTestWorkspace();
  // Whoever asks without a session gets the sign-in page: the redirect cannot be told.
  workspace.sandbox.misbehaviours.add("acme.okta.com", "prompt-none-ignored");
});
afterEach(() => workspace.close());

const dayAt = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

interface Applied {
  readonly connections: readonly { readonly outcome: string; readonly evidence?: Evidence }[];
}

const apply = async () => {
  const result = await workspace.tenantry("apply", "--yes", "--json");
  return { exit: result.exit, applied: result.json() as unknown as Applied, err: result.err };
};

/** The must-checks that could not tell, and not because another did not pass. */
const openChecks = (checks: readonly CheckResult[] = []): readonly string[] =>
  checks.filter(({ level, verdict }) => level === "must" && verdict === "inconclusive").map(({ id }) => id);

/** Writes an entry for each check. */
function attest(checks: readonly string[], { on = -3, expires = 30 } = {}): void {
  const entries = checks.map(
    (check) =>
      `  - { check: ${check}, by: it@acme.example, on: ${dayAt(on)}, expires: ${dayAt(expires)}, reason: Signed in. }`,
  );
  const text = workspace.read("tenants/whiterabbit.yaml").replace(/\nattest:\n( {2}- .*\n)*/, "\n");
  workspace.write("tenants/whiterabbit.yaml", `${text}\nattest:\n${entries.join("\n")}\n`);
}

const live = () => workspace.portal("select key from sso_connection_active");

const proofOf = (applied: Applied): readonly CheckResult[] => applied.connections[0]?.evidence?.checks ?? [];

it("an inconclusive must-check keeps a tenant from being switched on", async () => {
  const { exit, applied, err } = await apply();
  expect([exit, live()], err).toEqual([7, []]);
  expect(openChecks(proofOf(applied))).toContain("P1");
});

describe("an attestation of exactly the open checks", () => {
  const attestOpen = async (when?: Parameters<typeof attest>[1]) => {
    const { applied } = await apply();
    const open = openChecks(proofOf(applied));
    attest(open, when);
    return open;
  };

  it("switches it on, and it is called attested wherever it is shown", async () => {
    const open = await attestOpen();
    const { exit, applied, err } = await apply();
    expect(exit, err).toBe(0);
    expect(live()).toHaveLength(1);
    expect(applied.connections[0]).toMatchObject({ outcome: "active", evidence: { verdict: "attested" } });
    const attested = proofOf(applied).filter((check) => check.attested !== undefined);
    expect(attested.map(({ id }) => id)).toEqual(open);
    expect(attested[0]?.attested).toMatchObject({ by: "it@acme.example", expires: dayAt(30) });

    const status = await workspace.tenantry("status");
    expect(status.out).toContain("active (attested)");
    expect(status.out).toContain("1 of them proven, 1 of these attested");
    expect((await workspace.tenantry("status", "--json")).json()).toMatchObject({
      connections: [{ record: "active", proof: { verdict: "attested", attested: open, lapsed: null } }],
    });
    const show = await workspace.tenantry("show", "whiterabbit");
    expect(show.out).toContain("active (attested)");
    expect(show.out).toContain("proof attested at");
    expect(show.out).toContain("secret: the record's was proven");
    const verify = await workspace.tenantry("verify");
    expect([verify.exit, verify.out]).toEqual([0, expect.stringContaining("attested")]);
    workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Bakery");
    expect((await workspace.tenantry("plan")).out).toContain("P1 of whiterabbit is attested by it@acme.example until");
    const text = await workspace.tenantry("apply", "--yes");
    expect(text.out).toContain(`active (attested: P1 by it@acme.example until ${dayAt(30)}`);
  });

  it("does nothing for a check that has run out, and says when it did", async () => {
    await attestOpen({ on: -30, expires: -1 });
    const { exit, err, applied } = await apply();
    expect([exit, live()]).toEqual([7, []]);
    expect(err + JSON.stringify(applied.connections)).toContain(
      `The attestation of P1 by it@acme.example ran out on ${dayAt(-1)}.`,
    );
  });

  it("does nothing before its day", async () => {
    await attestOpen({ on: 2, expires: 30 });
    expect([(await apply()).exit, live()]).toEqual([7, []]);
  });

  it("does not cover what has failed", async () => {
    const open = await attestOpen();
    attest([...open, "K1"]);
    workspace.sandbox.misbehaviours.add("acme.okta.com", "jwks-empty");
    expect([(await apply()).exit, live()]).toEqual([6, []]);
  });
});

it("an attestation of another check covers nothing", async () => {
  attest(["K1", "S1"]);
  const { exit, applied } = await apply();
  expect([exit, live()]).toEqual([7, []]);
  expect(openChecks(proofOf(applied))).toContain("P1");
});

it("who can sign in is not put out when the attestation runs out; status says how to renew it", async () => {
  const { applied } = await apply();
  const open = openChecks(proofOf(applied));
  attest(open, { on: -3, expires: 30 });
  await apply();
  attest(open, { on: -30, expires: -1 });
  const verify = await workspace.tenantry("verify");
  expect(verify.exit).toBe(7);
  expect(live()).toHaveLength(1);
  expect((await workspace.tenantry("status")).out).toMatch(/the newest proof is unclear/);
});
