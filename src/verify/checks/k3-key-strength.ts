import type { Check } from "../check.ts";
import { fail, notRun, pass } from "../finding.ts";
import { isSignatureKey, keyName, keyObjects, mostParsed, weaknessOf } from "../key.ts";
import { specs } from "../specs.ts";

/** RSA has at least 2048 bits, elliptic-curve keys are on the curve of their algorithm. */
export const keyStrength: Check = {
  id: "K3",
  title: "The signing keys are strong enough",
  spec: specs.rfc(7518, "3.3"),
  level: "must",
  link: "keys",
  needs: ["D1", "D5"],
  async run(context) {
    const keys = await context.keys();
    if (keys === undefined) return notRun("K1");
    let parsed = 0;
    const weak = keyObjects(keys).flatMap((key, index) => {
      if (!isSignatureKey(key)) return [];
      parsed += 1;
      const weakness = weaknessOf(key, parsed <= mostParsed);
      return weakness === undefined ? [] : [`${keyName(key, index)} ${weakness}`];
    });
    if (weak.length === 0) {
      return parsed > mostParsed
        ? pass(
            `The first ${mostParsed} of ${parsed} signing keys are strong enough and well formed, the others long enough.`,
          )
        : pass("Every signing key is strong enough and well formed.");
    }
    return fail(
      "VERIFY_KEYS_WEAK",
      `A signing key cannot be relied on: ${weak.slice(0, 5).join("; ")}.`,
      { keys: weak.length },
      {
        expected: "RSA of at least 2048 bits, or an elliptic curve that fits the algorithm",
        actual: weak.slice(0, 5).join("; "),
        hint: "Replace the key by RSA of at least 2048 bits or by one on the curve of its algorithm.",
      },
    );
  },
};
