import type { Refusal } from "./target.ts";

/** What a server answered, as raw bytes. Nothing in it is trusted or followed. */
export interface Answer {
  readonly kind: "answer";
  readonly status: number;
  /** First value of a header; names are lower case. */
  header(name: string): string | undefined;
  readonly body: Buffer;
  /** The body was longer than the cap; `body` holds what fitted. */
  readonly truncated: boolean;
  /** All values of a header, such as `set-cookie`, in order. */
  headers(name: string): readonly string[];
  /** When the request was sent and when the head of the answer came: milliseconds since the epoch. */
  readonly sentAt: number;
  readonly answeredAt: number;
  /** The connection that it came by. */
  readonly tls?: TlsFacts | undefined;
}

/** What a handshake showed. */
export interface TlsFacts {
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** Why there is no answer. */
export type Failure =
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "dns"; readonly detail: string }
  | { readonly kind: "tls"; readonly detail: string }
  | { readonly kind: "timeout"; readonly detail: "connect" | "headers" | "body" | "deadline" }
  | { readonly kind: "encoded"; readonly detail: string }
  | { readonly kind: "transport"; readonly detail: string }
  /** Something came, but no HTTP, or a head that is too large. */
  | { readonly kind: "malformed"; readonly detail: string }
  /** The proxy did not lead on: its status, `unreached` or `timeout`. */
  | { readonly kind: "proxy"; readonly detail: string }
  /** The run had used up its time before this was begun. */
  | { readonly kind: "budget" }
  | { readonly kind: "aborted" };

export type Outcome = Answer | Failure;

/** Thrown inside a connection attempt whose address may not be asked. Names no address. */
export class AddressRefused extends Error {
  constructor() {
    super("the address may not be asked");
    this.name = "AddressRefused";
  }
}

/** Thrown inside a connection attempt when the proxy does not lead on: its status, `unreached` or `timeout`. */
export class ProxyFailed extends Error {
  readonly detail: string;
  constructor(detail: string) {
    super("the proxy does not lead on");
    this.name = "ProxyFailed";
    this.detail = detail;
  }
}

const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|EPROTO$)/;

const malformedCodes = /^(UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_RESPONSE|HPE_.+)$/;

/** What went wrong, read from the error of a connection attempt or of a body that broke off. */
export function failureOf(error: unknown): Failure {
  for (const link of chain(error)) {
    const code = codeOf(link);
    if (link instanceof AddressRefused) return { kind: "refused", refusal: "private" };
    if (link instanceof ProxyFailed) return { kind: "proxy", detail: link.detail };
    if (link instanceof Error && link.name === "TimeoutError") return { kind: "timeout", detail: "deadline" };
    if (link instanceof Error && link.name === "AbortError") return { kind: "aborted" };
    // Its code is missing more often than not.
    if (link instanceof Error && link.name === "HTTPParserError") return { kind: "malformed", detail: code ?? "HTTP" };
    if (code === undefined) continue;
    if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return { kind: "timeout", detail: "connect" };
    if (code === "UND_ERR_HEADERS_TIMEOUT") return { kind: "timeout", detail: "headers" };
    if (code === "UND_ERR_BODY_TIMEOUT") return { kind: "timeout", detail: "body" };
    if (code === "ENOTFOUND" || code === "ENODATA" || code === "EAI_AGAIN") return { kind: "dns", detail: code };
    if (malformedCodes.test(code)) return { kind: "malformed", detail: code };
    if (tlsCodes.test(code)) return { kind: "tls", detail: code };
    return { kind: "transport", detail: code };
  }
  return { kind: "transport", detail: "UNKNOWN" };
}

/** The error, what it aggregates and what caused it, outermost first. */
function* chain(error: unknown, depth = 0): Generator<unknown> {
  if (depth > 5 || typeof error !== "object" || error === null) return;
  if (error instanceof AggregateError) {
    for (const inner of error.errors) yield* chain(inner, depth + 1);
  }
  yield error;
  if ("cause" in error) yield* chain(error.cause, depth + 1);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" && /^[A-Z0-9_]{1,60}$/.test(error.code) ? error.code : undefined;
}
