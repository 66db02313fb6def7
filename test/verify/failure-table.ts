import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Verdict } from "../../src/store/evidence.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import type { Verification, VerifyOptions } from "../../src/verify/verify.ts";
import { type Misbehaviour, type Provider, startProvider } from "./provider.ts";
import { check, verify } from "./subject.ts";

/** One way in which a provider or a client is wrong, and what must be said of it. */
export interface FailureMode {
  readonly name: string;
  readonly when?: Misbehaviour;
  readonly subject?: Partial<VerifySubject>;
  readonly options?: Partial<VerifyOptions>;
  /** Verdict over all. */
  readonly verdict: Verdict;
  /** Verdict and code per check that is named. */
  readonly checks: Readonly<Record<string, readonly [Verdict, string?]>>;
  /** More to hold it to. */
  readonly also?: (verification: Verification, provider: Provider) => void;
}

/** Runs a table of failure modes against one misbehaving provider. */
export function failureModes(title: string, modes: readonly FailureMode[]): void {
  describe(title, () => {
    let provider: Provider;
    beforeAll(async () => {
      provider = await startProvider();
    });
    afterAll(() => provider.close());

    test.each(modes.map((mode) => [mode.name, mode] as const))("%s", async (_, mode) => {
      provider.behave(mode.when);
      const verification = await verify(provider, mode.subject, mode.options);
      for (const [id, [verdict, code]] of Object.entries(mode.checks)) {
        const found = check(verification, id);
        expect([id, found.verdict, found.code], found.message).toEqual([id, verdict, code]);
      }
      expect(verification.verdict).toBe(mode.verdict);
      mode.also?.(verification, provider);
    });
  });
}

/** Requests that carried a client secret or tried to. */
export function secretRequests(provider: Provider): number {
  return provider.seen.filter((one) => one.path === "/token").length;
}
