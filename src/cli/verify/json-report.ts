import { gapsOf, neverCovered } from "../not-covered.ts";
import { countsOf, type Report, type RunFacts } from "./report.ts";

/** Version of the document's shape (schema/verify.schema.json). Fields may be added under the same one. */
const version = 1;

/**
 * One JSON document. Each proof is kept as the bytes of its text, which take a fraction of the room and lie outside the
 * heap; what checks that passed have found stays in.
 */
export function jsonReport(): Report {
  const proofs: Buffer[] = [];
  const verdicts: Parameters<typeof countsOf>[0][number][] = [];
  const sentences: string[] = [neverCovered];
  function* parts({ environment, stopped }: RunFacts): Generator<string> {
    const summary = countsOf(verdicts);
    const head = JSON.stringify({ version, command: "verify", environment, stopped, summary }, null, 2);
    yield `${head.slice(0, -2)},\n  "proofs": [`;
    for (const [index, proof] of proofs.entries()) yield `${index === 0 ? "" : ","}\n    ${proof}`;
    yield `${proofs.length === 0 ? "" : "\n  "}],\n  "notCovered": ${JSON.stringify(sentences.join(" "))}\n}\n`;
  }
  return {
    add({ proof, at }) {
      const { file, line, column } = at ?? {};
      const position = at === undefined ? {} : { position: { file, line, column } };
      proofs.push(Buffer.from(JSON.stringify({ ...proof, ...position }, null, 2).replaceAll("\n", "\n    ")));
      verdicts.push({ verdict: proof.verdict });
      if ("evidence" in proof) for (const { key, sentence } of gapsOf(proof.evidence)) sentences.push(sentence(key));
    },
    parts,
    text: (run) => [...parts(run)].join(""),
  };
}
