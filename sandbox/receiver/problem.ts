import type { Answer } from "../answer.ts";

/** A refusal of the contract: a problem document (RFC 9457) with a code. */
export class ReceiverProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }

  toAnswer(): Answer {
    const { status, code, message } = this;
    const headers = { "content-type": "application/problem+json", "cache-control": "no-store" };
    return {
      status,
      headers,
      json: { type: "about:blank", title: code.replaceAll("_", " "), status, code, detail: message },
    };
  }
}
