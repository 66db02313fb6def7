import type { DiscoverySnapshot } from "../plan/observed.ts";
import type { CheckResult, Verdict } from "../store/evidence.ts";
import type { Clock, Network } from "../vendor/network.ts";
import type { VerifySettings } from "../workspace/workspace.ts";
import type { ProbeOptions } from "./check.ts";
import type { DocumentCache } from "./documents.ts";
import type { Fetcher } from "./fetch/fetcher.ts";

/** What a verification works with. */
export interface VerifyIo {
  readonly network: Network;
  readonly clock: Clock;
  readonly settings: VerifySettings;
  /** Host name of this machine; goes into evidence and into messages about what could not be reached. */
  readonly ranFrom: string;
  /**
   * Shared by all verifications of a run, so that connections to one host are used again; whoever gives it closes it.
   * Without it each verification has its own.
   */
  readonly fetcher?: (() => Promise<Fetcher>) | undefined;
}

export interface VerifyOptions extends ProbeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Documents already read in this run; shared by the connections of one issuer. */
  readonly documents?: DocumentCache | undefined;
}

export interface Verification {
  /** Over all must-checks: fail if one failed, else inconclusive if one was, else pass. */
  readonly verdict: Verdict;
  /** In the order of their ids. */
  readonly checks: readonly CheckResult[];
  /** Only when the document was read, names the configured issuer and its endpoints may be asked. */
  readonly discovery?: DiscoverySnapshot | undefined;
  /** Name of the preset of the product behind the issuer, when one is known. */
  readonly preset?: string | undefined;
  /** `ProbeOptions.controlledAt` of the run. */
  readonly controlledAt?: string | undefined;
}
