import { createHash } from "node:crypto";
import { isShallow } from "./fetch/depth.ts";
import type { Answer, Failure } from "./fetch/outcome.ts";
import { type Facts, type Finding, fail, inconclusive } from "./finding.ts";

/** What is said of a certificate or handshake that failed, by OpenSSL or Node code. */
const tlsSentences: Readonly<Record<string, readonly [sentence: string, hint: string]>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "sends a certificate without the intermediate that links it to a trusted authority",
    "Install the full chain on the server. Browsers hide a missing intermediate, servers do not. For a private authority, start Tenantry with NODE_EXTRA_CA_CERTS naming its PEM file.",
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    "sends a certificate of an authority that is not trusted here",
    "Install the full chain on the server. Browsers hide a missing intermediate, servers do not. For a private authority, start Tenantry with NODE_EXTRA_CA_CERTS naming its PEM file.",
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    "sends a certificate chain with a gap",
    "Install the full chain on the server. Browsers hide a missing intermediate, servers do not.",
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    "sends a certificate of a private authority",
    "Start Tenantry with NODE_EXTRA_CA_CERTS naming the authority's PEM file, or use a public certificate.",
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    "sends a self-signed certificate",
    "Install a certificate of an authority that the app trusts too.",
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "sends a certificate that is not for this host name",
    "Install a certificate whose subject alternative names include the host, or use the host that the certificate names.",
  ],
  CERT_HAS_EXPIRED: ["sends a certificate that has expired", "Renew the certificate."],
  CERT_NOT_YET_VALID: [
    "sends a certificate that is not valid yet",
    "Check the clock of this machine and the certificate's dates.",
  ],
};

const refusals: Readonly<Record<Extract<Failure, { kind: "refused" }>["refusal"], string>> = {
  "not-a-url": "is no URL",
  "not-https": "is not https",
  userinfo: "holds user information",
  "odd-host": "spells its host in an unusual way",
  port: "names a port other than 443",
  private: "does not lead to a public address",
};

/** In words, why a URL was not asked. */
export function refusalText(refusal: Extract<Failure, { kind: "refused" }>["refusal"]): string {
  return refusals[refusal];
}

/** What mends a refused URL. */
export function refusalHint(refusal: Extract<Failure, { kind: "refused" }>["refusal"], host: string): string {
  switch (refusal) {
    case "private":
      return `If ${host} is the tenant's own private host, add ${host} to verify.allowPrivate in tenantry.yaml.`;
    case "port":
      return `If ${host} is right, add ${host} to verify.allowPrivate in tenantry.yaml.`;
    case "odd-host":
      return "Write the host in lower-case letters, digits, dots and hyphens (A-labels), without a trailing dot.";
    default:
      return "Write an absolute https URL without user information.";
  }
}

/** What a check says when there was no answer. `what` is the thing asked for, such as "the discovery document". */
export function unanswered(failure: Failure, what: string, url: string, ranFrom: string): Finding {
  const host = hostOf(url);
  const facts: Facts = { url: bareUrl(url), failure: failure.kind };
  switch (failure.kind) {
    case "refused":
      return fail(
        "VERIFY_ADDRESS_REFUSED",
        `The URL of ${what} ${refusalText(failure.refusal)}, so it was not asked.`,
        facts,
        { hint: refusalHint(failure.refusal, host) },
      );
    case "dns":
      return inconclusive(
        "VERIFY_UNREACHABLE",
        `${host} does not resolve from ${ranFrom}, so ${what} could not be had.`,
        { ...facts, reason: failure.detail },
        { hint: `Check the spelling of ${host}; if only the app's network knows it, run the verification there.` },
      );
    case "tls": {
      const [sentence, hint] = tlsSentences[failure.detail] ?? [
        `fails the TLS handshake (${failure.detail})`,
        "Check the server's certificate, and that it speaks TLS 1.2 or newer.",
      ];
      return fail(
        "VERIFY_TLS_FAILED",
        `${host} ${sentence}, so ${what} could not be had.`,
        { ...facts, reason: failure.detail },
        { hint },
      );
    }
    case "timeout":
      return inconclusive(
        "VERIFY_TIMEOUT",
        `${host} did not deliver ${what} in time (${failure.detail}), asked from ${ranFrom}.`,
        { ...facts, reason: failure.detail },
      );
    case "encoded":
      return inconclusive(
        "VERIFY_ANSWER_ENCODED",
        `${host} compressed ${what} (${failure.detail}) although it was asked not to.`,
        { ...facts, encoding: failure.detail },
      );
    case "transport":
      return inconclusive(
        "VERIFY_UNREACHABLE",
        `The connection to ${host} failed (${failure.detail}) from ${ranFrom}, so ${what} could not be had.`,
        { ...facts, reason: failure.detail },
      );
    case "malformed":
      return failure.detail === "UND_ERR_HEADERS_OVERFLOW"
        ? inconclusive(
            "VERIFY_ANSWER_TOO_LARGE",
            `The head of ${host}'s answer is larger than 32 kB, so ${what} could not be had.`,
            { ...facts, reason: failure.detail },
          )
        : inconclusive(
            "VERIFY_ANSWER_UNCLEAR",
            `${host} answers with something that is no HTTP (${failure.detail}), so ${what} could not be had.`,
            { ...facts, reason: failure.detail },
          );
    case "proxy":
      return inconclusive(
        "VERIFY_PROXY_FAILED",
        `The proxy does not lead to ${host} (${failure.detail}), so ${what} could not be had.`,
        { ...facts, reason: failure.detail },
      );
    case "budget":
      return inconclusive("VERIFY_BUDGET_SPENT", `The run had used up its time before ${what} was asked for.`, facts, {
        hint: "Raise verify.budget, or verify fewer connections at a time.",
      });
    case "aborted":
      return inconclusive("VERIFY_UNREACHABLE", `The run was stopped before ${what} was had.`, facts);
    default:
      return failure satisfies never;
  }
}

/** Facts of an answer that anyone may see: status, content type, size and hash of the body. */
export function answerFacts(answer: Answer): Facts {
  return {
    status: answer.status,
    contentType: mediaType(answer),
    bytes: answer.body.length,
    sha256: createHash("sha256").update(answer.body).digest("hex"),
  };
}

/** The media type without parameters, lower case; undefined when missing or odd. */
export function mediaType(answer: Pick<Answer, "header">): string | undefined {
  const type = answer.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  return type !== undefined && /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,80}$/.test(type) ? type : undefined;
}

/** The answer's JSON; undefined when the body is none, was cut, or is nested deeper than anything that is meant. */
export function jsonOf(answer: Answer): unknown {
  if (answer.truncated || !isShallow(answer.body)) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(answer.body)) as unknown;
  } catch {
    return undefined;
  }
}

/** A URL without query and fragment, fit for evidence; "(no URL)" for what is none. */
export function bareUrl(url: string): string {
  if (!URL.canParse(url)) return "(no URL)";
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`.slice(0, 300);
}

/** The host and, when it is not 443, the port of a URL. */
export function hostOf(url: string): string {
  return URL.canParse(url) && new URL(url).host !== "" ? new URL(url).host : "the host";
}
