import type { TransportFault } from "../transport-fault.ts";
import { Auth0Failure, type CallPurpose, type Effect } from "./failure.ts";

/** The failure that a fault of the connection means to a caller. */
export function failureOfFault(host: string, purpose: CallPurpose, fault: TransportFault): Auth0Failure {
  const effect: Effect = purpose.writes && fault.wentOut ? "unclear" : "none";
  const code = fault.tooLarge ? "AUTH0_UNEXPECTED_ANSWER" : "AUTH0_UNREACHABLE";
  return new Auth0Failure(code, `Auth0 (${host}) could not be asked to ${purpose.what}: ${fault.why}`, {
    effect,
    passing: fault.passing,
    cause: fault.cause,
  });
}
