import type { Check } from "../check.ts";
import { fail, notRun, pass } from "../finding.ts";
import { isEncryptionKey, isSignatureKey, keyName, keyObjects, saysItsUse } from "../key.ts";
import { specs } from "../specs.ts";

const kinds: ReadonlySet<unknown> = new Set(["RSA", "EC", "OKP"]);

/**
 * Where keys for signatures and for encryption are mixed, every key says what it is for; and there is one for
 * signatures. Where `key_ops` or an algorithm says it in place of `use` it is a warning: no library takes such a key for
 * the other purpose.
 */
export const keyUse: Check = {
  id: "K5",
  title: "Every key says what it is for",
  spec: specs.discovery("3"),
  level: "must",
  link: "keys",
  needs: ["D1", "D5"],
  async run(context) {
    const all = await context.keys();
    if (all === undefined) return notRun("K1");
    const keys = keyObjects(all).flatMap((key, index) =>
      kinds.has(key.kty) ? [{ key, name: keyName(key, index) }] : [],
    );
    const encryption = keys.filter(({ key }) => isEncryptionKey(key)).length;
    const facts = { keys: keys.length, encryption };
    if (encryption === 0) return pass("No key is for encryption, so none can be mistaken.", facts);
    if (encryption === keys.length || !keys.some(({ key }) => isSignatureKey(key))) {
      return fail("VERIFY_KEYS_ENCRYPTION_ONLY", "Every key of the key set is for encryption.", facts, {
        expected: "at least one key with use: sig",
        actual: `${encryption} with use: enc`,
        hint: "Publish the signing key with use: sig.",
      });
    }
    const bare = keys.filter(({ key }) => key.use === undefined);
    const silent = bare.filter(({ key }) => !saysItsUse(key));
    if (bare.length > 0) {
      const names = (silent.length > 0 ? silent : bare).slice(0, 5).map(({ name }) => name);
      return fail(
        "VERIFY_KEYS_USE_MISSING",
        silent.length > 0
          ? `The key set holds keys for encryption, and nothing says what ${names.join(", ")} may be used for.`
          : `The key set holds keys for encryption, and ${names.join(", ")} without use; the algorithm alone says what for.`,
        { ...facts, bare: bare.length, silent: silent.length },
        {
          expected: "use: sig or use: enc at every key",
          hint: "Publish every key with its use.",
          level: silent.length > 0 ? "must" : "should",
        },
      );
    }
    return pass("Keys for signatures and for encryption say which they are.", facts);
  },
};
