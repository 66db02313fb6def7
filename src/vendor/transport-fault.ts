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
  UND_ERR_CONNECT_TIMEOUT: "no connection came about in time",
};

/** Certificate faults, by the names that Node gives to OpenSSL's verdicts. */
const certificateFault = /CERT|SIGNATURE|ERR_TLS_|UNABLE_TO_(GET|VERIFY|DECRYPT)|SELF_SIGNED|HOSTNAME_MISMATCH/;

/** A connection that failed, or an answer that was cut off, as the paced fetch throws it. */
export class TransportFault extends Error {
  readonly why: string;
  readonly wentOut: boolean;
  readonly passing: boolean;
  readonly tooLarge: boolean;

  constructor(error: unknown) {
    const { why, wentOut, passing } = meaningOf(error);
    super(why, { cause: error });
    this.name = "TransportFault";
    this.why = why;
    this.wentOut = wentOut;
    this.passing = passing;
    this.tooLarge = error instanceof AnswerTooLarge;
  }
}

/** Thrown while a body is read that is larger than allowed. */
export class AnswerTooLarge extends Error {}

function meaningOf(error: unknown): FaultMeaning {
  if (error instanceof AnswerTooLarge) return { why: "its answer was too large", wentOut: true, passing: false };
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const text = typeof code === "string" ? code : "";
  const before = beforeSending[text];
  if (before !== undefined) return { why: before, wentOut: false, passing: text !== "ENOTFOUND" };
  if (certificateFault.test(text)) {
    return { why: `its TLS certificate was not accepted (${text})`, wentOut: false, passing: false };
  }
  if (text === "EPROTO" || text.startsWith("ERR_SSL")) {
    return { why: "TLS could not be agreed on", wentOut: false, passing: false };
  }
  if (name === "AbortError" || name === "TimeoutError" || /^(ETIMEDOUT|UND_ERR_(HEADERS|BODY)_TIMEOUT)$/.test(text)) {
    return { why: "it did not answer in time", wentOut: true, passing: true };
  }
  if (/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(text)) {
    return { why: "the connection was cut", wentOut: true, passing: true };
  }
  return {
    why: text === "" ? "the connection failed" : `the connection failed (${text})`,
    wentOut: true,
    passing: true,
  };
}
