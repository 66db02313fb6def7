/**
 * Exit codes of the command line (design, section 6). Of several outcomes the first of 1, 4, 5, 6, 7, 3 wins.
 *
 * | code | meaning |
 * | --- | --- |
 * | 0 | done, or nothing to do |
 * | 1 | a bug in Tenantry |
 * | 2 | usage or invalid files |
 * | 3 | changes are pending |
 * | 4 | refused by a guard, a rule or a stale plan |
 * | 5 | an outside system failed |
 * | 6 | verification failed |
 * | 7 | could not tell: inconclusive or unreachable |
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** What `docs/codes.md` says of one code: why it happens, what mends it, and the exit code it leads to. */
export interface CodeEntry {
  readonly cause: string;
  readonly mend: string;
  readonly exit: Exclude<ExitCode, 0 | 3>;
}
