import type { Vendor } from "./recording.ts";

/** A miss that is known and stays, and why. */
export interface Explanation {
  readonly vendor: Vendor;
  /** Name of the recording. */
  readonly recording: RegExp;
  /** Fits `METHOD /path?query`. */
  readonly request: RegExp;
  readonly reason: string;
}

/** Why an exchange does not come out as recorded; every other miss is a mistake of the sandbox. */
export const explanations: readonly Explanation[] = [];

/** The reason for a miss; undefined when there is none. */
export function explain(vendor: Vendor, recording: string, request: string): string | undefined {
  return explanations.find(
    (each) => each.vendor === vendor && each.recording.test(recording) && each.request.test(request),
  )?.reason;
}
