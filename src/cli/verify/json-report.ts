import { gapsOf, neverCovered } from "../not-covered.ts";
import { countsOf, type Report } from "./report.ts";

/** Version of the document's shape (schema/verify.schema.json). Fields may be added under the same one. */
const version = 1;

/**
 * One JSON document. Each proof is kept as its text, which takes a fraction of the room; what checks that passed have
 * found stays in.
 */
export function jsonReport(): Report {
  const proofs: string[] = [];
  const verdicts: Parameters<typeof countsOf>[0][number][] = [];
  const sentences: string[] = [neverCovered];
  return {
    add({ proof, at }) {
      const { file, line, column } = at ?? {};
      const position = at === undefined ? {} : { position: { file, line, column } };
      proofs.push(JSON.stringify({ ...proof, ...position }, null, 2).replaceAll("\n", "\n    "));
      verdicts.push({ verdict: proof.verdict });
      if ("evidence" in proof) for (const { key, sentence } of gapsOf(proof.evidence)) sentences.push(sentence(key));
    },
    text({ environment, stopped }) {
      const head = JSON.stringify(
        { version, command: "verify", environment, stopped, summary: countsOf(verdicts) },
        null,
        2,
      );
      const list = proofs.length === 0 ? "[]" : `[\n    ${proofs.join(",\n    ")}\n  ]`;
      const notCovered = JSON.stringify(sentences.join(" "));
      return `${head.slice(0, -2)},\n  "proofs": ${list},\n  "notCovered": ${notCovered}\n}\n`;
    },
  };
}
