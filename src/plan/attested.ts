/** A person who stands for a check of a tenant that the plan changes something for. */
export interface AttestedCheck {
  readonly tenant: string;
  readonly check: string;
  readonly by: string;
  /** ISO date of the last day on which it counts. */
  readonly expires: string;
  /** False: it has run out, or its day has not come. */
  readonly counts: boolean;
}

/** One line for each: what is switched on without being proven says so before it is. */
export function attestedText(attested: readonly AttestedCheck[]): readonly string[] {
  return attested.map(({ tenant, check, by, expires, counts }) =>
    counts
      ? `${check} of ${tenant} is attested by ${by} until ${expires}: it need not be proven`
      : `${check} of ${tenant} is attested by ${by}, but that does not count today (until ${expires})`,
  );
}
