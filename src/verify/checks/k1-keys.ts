import type { Check } from "../check.ts";
import { listMember, textMember } from "../documents.ts";
import { fail, pass } from "../finding.ts";
import { fitsAlgorithm, isSignatureKey, keyObjects, signatureAlgorithms } from "../key.ts";
import { specs } from "../specs.ts";
import { bareUrl } from "../unanswered.ts";
import { spelled } from "./d8-code-flow.ts";

/**
 * The key set is there and holds a key for an algorithm that the issuer signs ID tokens with. Keys of a kind that nobody
 * knows are ignored (RFC 7517, section 5). In the code flow openid-client does not fetch the key set at all.
 */
export const usableKeys: Check = {
  id: "K1",
  title: "There is a key to verify ID tokens with",
  spec: specs.rfc(7517, "5"),
  level: "must",
  link: "keys",
  needs: ["D1", "D5"],
  async run({ metadata, documents, subject }) {
    const document = await metadata();
    const url = textMember(document, "jwks_uri") ?? "";
    const read = await documents.keys(url);
    if (!read.ok) return read.finding;
    const all = read.value.keys as readonly unknown[];
    // Without a document nobody says which algorithm is used: a key for any of them will do.
    const listed =
      subject.endpoints === undefined
        ? (listMember(document, "id_token_signing_alg_values_supported") ?? [])
        : signatureAlgorithms;
    const asymmetric = listed.filter((algorithm) => algorithm !== "none" && !algorithm.startsWith("HS"));
    // Each once: a long list and a long key set must not multiply.
    const algorithms = asymmetric.length === 0 ? ["RS256"] : [...new Set(asymmetric)].slice(0, 30);
    const usable = keyObjects(all).filter(
      (key) => isSignatureKey(key) && algorithms.some((algorithm) => fitsAlgorithm(key, algorithm)),
    );
    const facts = { ...read.facts, keys: all.length, usable: usable.length };
    if (usable.length === 0) {
      return fail("VERIFY_KEYS_MISSING", `The key set holds no key for ${spelled(algorithms)}.`, facts, {
        expected: `at least one signature key for ${spelled(algorithms)}`,
        actual: `${all.length} keys, none usable`,
        hint: `Publish the key that signs ID tokens at ${bareUrl(url)}`,
      });
    }
    return pass(`The key set holds ${usable.length} usable of ${all.length} keys.`, facts);
  },
};
