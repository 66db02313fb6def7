import { TenantryError } from "../errors/failure.ts";
import type { Evidence } from "../store/evidence.ts";

/** A proof that did not hold: names the first must-check that decided it, with its mend. */
export class ProofError extends TenantryError {
  declare readonly proof: Evidence;

  constructor(proof: Evidence) {
    const musts = proof.checks.filter((check) => check.level === "must");
    const failed = musts.find((check) => check.verdict === "fail");
    const decisive = failed ?? musts.find((check) => check.verdict === "inconclusive" && check.attested === undefined);
    const what =
      decisive === undefined ? "nothing was proven" : `${decisive.id} ${decisive.title}: ${decisive.message}`;
    super(
      failed === undefined ? "APPLY_PROOF_INCONCLUSIVE" : "APPLY_PROOF_FAILED",
      `${proof.key} was not switched on: ${what}`,
      decisive?.hint === undefined ? {} : { hint: decisive.hint },
    );
    Object.defineProperty(this, "proof", { value: proof, enumerable: false });
  }
}
