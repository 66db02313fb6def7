import type { Check } from "../check.ts";
import type { Metadata } from "../documents.ts";
import { fail, notRun, pass } from "../finding.ts";
import { isSignatureKey, keyName, keyObjects } from "../key.ts";
import { specs } from "../specs.ts";

/** A signature key with what a library chooses it by. `*`: a key that does not say its algorithm fits every one. */
interface Candidate {
  readonly name: string;
  readonly kid: string | undefined;
  readonly kind: string;
  readonly alg: string;
}

/**
 * Among the signature keys a library can choose by kid, kind and algorithm. One key needs no kid; two that nothing else
 * tells apart do, and two of the same kid leave openid-client (with signatures checked) without a key: it refuses both.
 * Where the algorithm tells keys apart, a missing kid is only a warning. Keys of unknown kinds do not count.
 */
export const keyIds: Check = {
  id: "K4",
  title: "Every key can be told by its id",
  spec: specs.core("10.1"),
  level: "must",
  link: "keys",
  needs: ["D1", "D5"],
  async run(context) {
    const keys = await context.keys();
    if (keys === undefined) return notRun("K1");
    const candidates = keyObjects(keys).flatMap((key, index) => (isSignatureKey(key) ? [candidateOf(key, index)] : []));
    const shared = ambiguous(candidates.filter(({ kid }) => kid !== undefined));
    if (shared.length > 0) {
      return fail(
        "VERIFY_KEYS_KID_SHARED",
        `Two keys of one kind have the same kid: ${shared[0]?.name}${shared.length > 1 ? ` and ${shared.length - 1} more` : ""}.`,
        { keys: shared.length },
        {
          expected: "a kid of its own for every key, and each key once",
          hint: "Publish each key once, with a kid of its own.",
        },
      );
    }
    const bare = candidates.filter(({ kid }) => kid === undefined);
    if (bare.length === 0 || candidates.length === 1) {
      return pass(
        candidates.length === 1 ? "One signature key needs no kid." : "Every signature key has a kid of its own.",
      );
    }
    // A key without kid competes with every key of its kind.
    const rivals = ambiguous(candidates.map((one) => ({ ...one, kid: undefined })));
    const competing = new Set(rivals.map(({ name }) => name));
    const must = bare.some(({ name }) => competing.has(name));
    return fail(
      "VERIFY_KEYS_WITHOUT_KID",
      must
        ? `${bare.length} of ${candidates.length} signature keys have no kid, and nothing else tells them from the others.`
        : `${bare.length} of ${candidates.length} signature keys have no kid; only their algorithms tell them apart.`,
      { keys: bare.length },
      {
        expected: "a kid for every key",
        actual: bare
          .slice(0, 5)
          .map(({ name }) => name)
          .join(", "),
        hint: "Publish every key with a kid of its own.",
        level: must ? "must" : "should",
      },
    );
  },
};

function candidateOf(key: Metadata, index: number): Candidate {
  return {
    name: keyName(key, index),
    kid: typeof key.kid === "string" ? key.kid : undefined,
    kind: `${String(key.kty)} ${key.kty === "RSA" ? "" : shortText(key.crv)}`,
    alg: typeof key.alg === "string" ? key.alg : "*",
  };
}

function shortText(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 40) : "";
}

/** Those that another one of the same kid and kind could be taken for; in time linear in their number. */
function ambiguous(candidates: readonly Candidate[]): readonly Candidate[] {
  const groups = Map.groupBy(candidates, ({ kid, kind }) => JSON.stringify([kid ?? null, kind]));
  return [...groups.values()].flatMap((group) => {
    if (group.length < 2) return [];
    const byAlgorithm = new Map<string, number>();
    for (const { alg } of group) byAlgorithm.set(alg, (byAlgorithm.get(alg) ?? 0) + 1);
    const open = byAlgorithm.get("*") ?? 0;
    return group.filter(({ alg }) => (alg === "*" ? group.length : (byAlgorithm.get(alg) ?? 0) + open) > 1);
  });
}
