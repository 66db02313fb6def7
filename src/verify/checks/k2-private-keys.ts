import type { Check } from "../check.ts";
import { fail, notRun, pass } from "../finding.ts";
import { isSecretKey, keyName, keyObjects } from "../key.ts";
import { specs } from "../specs.ts";

/** The key set gives nothing away that signs. */
export const noPrivateKeys: Check = {
  id: "K2",
  title: "The key set holds public keys only",
  spec: specs.rfc(7517, "9.2"),
  level: "must",
  link: "keys",
  needs: ["D1", "D5"],
  async run(context) {
    const keys = await context.keys();
    if (keys === undefined) return notRun("K1");
    const bad = keyObjects(keys).flatMap((key, index) => (isSecretKey(key) ? [keyName(key, index)] : []));
    if (bad.length === 0) return pass("The key set holds public keys only.");
    return fail(
      "VERIFY_KEYS_PRIVATE",
      `The key set publishes private or symmetric material in ${bad.slice(0, 5).join(", ")}.`,
      { keys: bad.length },
      {
        expected: "public members only (kty, n, e or crv, x, y)",
        hint: "Tell the identity provider's administrator at once: whoever read the key set can sign in as anyone. Replace the keys, then publish their public members.",
      },
    );
  },
};
