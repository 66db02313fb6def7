import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Vendor } from "../../../sandbox/external/vendor.ts";
import type { CheckId } from "../../../src/desired/check-id.ts";
import type { VerifyCode } from "../../../src/verify/finding.ts";
import type { VerifySubject } from "../../../src/verify/subject.ts";
import type { Verification } from "../../../src/verify/verify.ts";
import { check } from "../subject.ts";
import { host, type SoundProvider, sentinel, startSoundProvider } from "./sound.ts";

type Told = readonly [verdict: "fail" | "inconclusive", code: VerifyCode];

/** What must be said of a provider that is wrong in one way. */
export interface Expected {
  /** The check that finds it. */
  readonly check: CheckId;
  /** "fail" when absent. */
  readonly verdict?: "fail" | "inconclusive";
  readonly code: VerifyCode;
  /** The whole hint, or what must stand in it. */
  readonly hint: string | RegExp;
  /** Of the check, in this case; "must" when absent. What is less decides nothing: the verdict over all is then pass. */
  readonly level?: "should" | "policy";
  /** Other checks that say something of their own because of it. */
  readonly also?: Partial<Record<CheckId, Told>>;
  /** The verdict over all, where it is not the check's own. */
  readonly overall?: "fail" | "inconclusive" | "pass";
  /** Whether no secret is sent anywhere, because it might go to the wrong place. */
  readonly keepsSecret?: boolean;
  /** Checks that must not pass, whatever else they say: each would be a false pass. */
  readonly unproven?: readonly CheckId[];
}

/** How the provider and the client are set up, where a failure needs them otherwise. */
export interface Setting {
  readonly vendor?: Partial<Vendor>;
  readonly subject?: Partial<VerifySubject>;
  /** Milliseconds for one exchange. */
  readonly deadline?: number;
  /** What the client shows at the token endpoint; its secret when absent. */
  readonly shows?: "key" | "nothing";
}

/**
 * Holds a verification to what it must say of one failure mode of the sandbox: nothing without it, then exactly what is
 * expected, and nothing again.
 */
export function failure(name: string, expected: Expected, setting: Setting = {}): void {
  describe(name, () => {
    let sound: SoundProvider;
    beforeAll(async () => {
      sound = await startSoundProvider(setting.vendor);
    });
    afterAll(() => sound.close());
    const verify = () => sound.verify(setting.subject, setting);

    test("without it nothing is found", async () => {
      const verification = await verify();
      expect(findings(verification)).toEqual({});
      expect(verification.verdict).toBe("pass");
    });

    test("is found by the right check, with code and hint, and by no other", async () => {
      sound.misbehaviours.add(host, name);
      sound.requests();
      const verification = await verify();
      const { verdict = "fail", code, also = {} } = expected;
      expect(findings(verification)).toEqual({ [expected.check]: [verdict, code], ...also });
      const found = check(verification, expected.check);
      if (typeof expected.hint === "string") expect(found.hint).toBe(expected.hint);
      else expect(found.hint).toMatch(expected.hint);
      expect(found.level).toBe(expected.level ?? "must");
      expect(verification.verdict).toBe(expected.overall ?? (expected.level === undefined ? verdict : "pass"));
      for (const id of expected.unproven ?? []) expect(check(verification, id).verdict, id).not.toBe("pass");
      const posted = sound.requests().filter((request) => request.startsWith("POST "));
      if (expected.keepsSecret === true) expect(posted).toEqual([]);
      expectReasons(verification);
      expect(JSON.stringify(verification)).not.toContain(sentinel);
    });

    test("is over when the provider is mended", async () => {
      sound.misbehaviours.clear();
      expect(findings(await verify())).toEqual({});
    });
  });
}

/** What is not as it should be, without what was not run. */
function findings(verification: Verification): Partial<Record<string, readonly (string | undefined)[]>> {
  const open = verification.checks.filter(({ verdict }) => verdict !== "pass" && verdict !== "skipped");
  return Object.fromEntries(
    open.filter(({ code }) => code !== "VERIFY_NOT_RUN").map(({ id, verdict, code }) => [id, [verdict, code]]),
  );
}

/** A check that was not run names one that did not pass, and was not run for nothing. */
function expectReasons(verification: Verification): void {
  for (const { id, code, hint } of verification.checks) {
    if (code !== "VERIFY_NOT_RUN") continue;
    const [, because = ""] = /^Mend (\w+) first\.$/.exec(hint ?? "") ?? [];
    expect(check(verification, because).verdict, `${id} names ${because}`).toMatch(/^(fail|inconclusive)$/);
  }
}
