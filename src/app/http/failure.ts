import type { Code } from "../../errors/codes/index.ts";
import { TenantryError } from "../../errors/failure.ts";
import { clockDifference } from "../../vendor/clock-difference.ts";
import { TokenRefused } from "../../vendor/http/access-token.ts";
import type { JsonReply } from "../../vendor/json-caller.ts";
import { TransportFault } from "../../vendor/transport-fault.ts";
import { problemOf } from "./answers.ts";

/** What the contract's problem codes are in our words. */
const codeOf: Readonly<Record<string, Code>> = {
  foreign: "HTTP_FOREIGN_RECORD",
  id_taken: "HTTP_TENANT_CLASH",
  domain_taken: "HTTP_DOMAIN_TAKEN",
  tenant_missing: "HTTP_TENANT_MISSING",
  not_found: "HTTP_RECORD_MISSING",
  not_pending: "HTTP_RECORD_NOT_PENDING",
  retired: "HTTP_RECORD_RETIRED",
  precondition_failed: "HTTP_CHANGED_MEANWHILE",
};

/**
 * The failure that a refusal means.
 *
 * @param what what was asked for, such as `the record acme/portal`
 * @param now milliseconds since the epoch, by our clock
 */
export function refusal(host: string, what: string, reply: JsonReply, now: number): TenantryError {
  const { status } = reply;
  const problem = problemOf(reply);
  const receiver = `The receiver ${host}`;
  if (status === 401) return unauthorized(receiver, host, reply, now);
  if (status === 403) {
    return new TenantryError("HTTP_FORBIDDEN", `${receiver} does not let us at ${what}${said(problem?.detail)}.`);
  }
  if (status >= 500 || status === 429) {
    const why = status === 429 ? "allows no more calls for now" : `answered status ${status}`;
    return new TenantryError("HTTP_UNREACHABLE", `${receiver} ${why} when asked about ${what}.`);
  }
  if (problem === undefined) {
    return new TenantryError("HTTP_NOT_RECEIVER", `${host} answered status ${status} to ${what}, in no known form.`);
  }
  const code = codeOf[problem.code] ?? "HTTP_REFUSED";
  return new TenantryError(code, `${receiver} refused ${what} (${printable(problem.code)})${said(problem.detail)}.`);
}

function unauthorized(receiver: string, host: string, reply: JsonReply, now: number): TenantryError {
  const problem = problemOf(reply);
  const clocks = clockDifference(host, reply.headers.date, now);
  if (problem?.code === "signature_expired") {
    const why = clocks ?? "the two clocks differ, or the request was long on its way";
    return new TenantryError("HTTP_CLOCK_DIFFERS", `${receiver} refused a signature for its time: ${why}.`);
  }
  return new TenantryError(
    "HTTP_AUTH_REFUSED",
    `${receiver} does not accept how we prove ourselves (status 401)${said(problem?.detail)}.`,
    clocks === undefined ? {} : { hint: `Besides, ${clocks}.` },
  );
}

/** Runs a call; what goes wrong on the way is translated here, once. Unknown errors are ours and pass. */
export async function reach<T>(host: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TokenRefused) {
      throw new TenantryError("HTTP_TOKEN_REFUSED", `The token endpoint for the receiver ${host} ${error.message}.`);
    }
    if (!(error instanceof TransportFault)) throw error;
    const code = error.tooLarge ? "HTTP_ANSWER_INVALID" : "HTTP_UNREACHABLE";
    throw new TenantryError(code, `The receiver ${host} could not be asked: ${error.why}.`, { cause: error.cause });
  }
}

function said(detail: string | undefined): string {
  return detail === undefined || detail === "" ? "" : `: ${detail}`;
}

function printable(code: string): string {
  return /^[a-z0-9_]{1,40}$/.test(code) ? code : "unknown code";
}
