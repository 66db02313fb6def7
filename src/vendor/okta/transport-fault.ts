import { type CallPurpose, type Effect, OktaFailure } from "./failure.ts";

/** What a fault of the connection means. */
interface FaultMeaning {
  readonly why: string;
  /** Whether the call may have been made. */
  readonly wentOut: boolean;
  /** Whether it may well work a moment later. */
  readonly passing: boolean;
}

/** Faults that happen before a byte of the request has left: the call was certainly not made. */
const beforeSending: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name was not found",
  EAI_AGAIN: "its name could not be looked up",
  ECONNREFUSED: "it refused the connection",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to it",
  EADDRNOTAVAIL: "there is no route to it",
  ERR_INVALID_URL: "its address is no address",
};

/** Certificate faults, by the names that Node gives to OpenSSL's verdicts. */
const certificateFault = /CERT|SIGNATURE|ERR_TLS_|UNABLE_TO_(GET|VERIFY|DECRYPT)|SELF_SIGNED|HOSTNAME_MISMATCH/;

function describeFault(error: unknown): FaultMeaning {
  const { code, type, name } = parts(error);
  const before = beforeSending[code];
  if (before !== undefined) return { why: before, wentOut: false, passing: code !== "ENOTFOUND" };
  if (certificateFault.test(code)) {
    return { why: `its TLS certificate was not accepted (${code})`, wentOut: false, passing: false };
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL"))
    return { why: "TLS could not be agreed on", wentOut: false, passing: false };
  if (name === "AbortError" || name === "TimeoutError" || type === "aborted" || code === "ETIMEDOUT") {
    return { why: "it did not answer in time", wentOut: true, passing: true };
  }
  if (type === "max-size") return { why: "its answer was too large", wentOut: true, passing: false };
  if (code === "ECONNRESET" || code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE") {
    return { why: "the connection was cut", wentOut: true, passing: true };
  }
  return {
    why: code === "" ? "the connection failed" : `the connection failed (${code})`,
    wentOut: true,
    passing: true,
  };
}

/** The failure that a fault of the connection means to a caller. */
export function failureOfFault(host: string, purpose: CallPurpose, fault: TransportFault): OktaFailure {
  const effect: Effect = purpose.writes && fault.wentOut ? "unclear" : "none";
  const code = fault.tooLarge ? "OKTA_UNEXPECTED_ANSWER" : "OKTA_UNREACHABLE";
  return new OktaFailure(code, `Okta (${host}) could not be asked to ${purpose.what}: ${fault.why}`, {
    effect,
    passing: fault.passing,
    cause: fault.cause,
  });
}

/** A connection that failed, as the executor throws it through the SDK. */
export class TransportFault extends Error {
  readonly why: string;
  readonly wentOut: boolean;
  readonly passing: boolean;
  readonly tooLarge: boolean;

  constructor(error: unknown) {
    const { why, wentOut, passing } = describeFault(error);
    super(why, { cause: error });
    this.name = "TransportFault";
    this.why = why;
    this.wentOut = wentOut;
    this.passing = passing;
    this.tooLarge = parts(error).type === "max-size";
  }
}

/** node-fetch puts the system's code into `code` and its own verdict into `type`. */
function parts(error: unknown): { readonly code: string; readonly type: string; readonly name: string } {
  if (typeof error !== "object" || error === null) return { code: "", type: "", name: "" };
  const { code, type, name } = error as { code?: unknown; type?: unknown; name?: unknown };
  return { code: text(code), type: text(type), name: text(name) };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
