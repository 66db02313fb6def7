import type { Check } from "../check.ts";
import { fail, notRun, pass } from "../finding.ts";
import { isSignatureKey, keyName, keyObjects, weaknessOf } from "../key.ts";
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
    const weak = keyObjects(keys).flatMap((key, index) => {
      const weakness = isSignatureKey(key) ? weaknessOf(key) : undefined;
      return weakness === undefined ? [] : [`${keyName(key, index)} ${weakness}`];
    });
    if (weak.length === 0) return pass("Every signing key is strong enough and well formed.");
    return fail(
      "VERIFY_KEYS_WEAK",
      `A signing key cannot be relied on: ${weak.slice(0, 5).join("; ")}.`,
      { keys: weak.length },
      {
        expected: "RSA of at least 2048 bits, or an elliptic curve that fits the algorithm",
        actual: weak.slice(0, 5).join("; "),
      },
    );
  },
};
