import { isObject } from "../documents.ts";
import type { Answer } from "../fetch/outcome.ts";
import type { Facts, Finding } from "../finding.ts";
import { answerFacts, jsonOf } from "../unanswered.ts";

/** What a token endpoint said to an invented authorization code (RFC 6749, section 5.2). */
export type TokenAnswer =
  /** It got as far as the code: `invalid_grant`. */
  | { readonly kind: "code-refused"; readonly facts: Facts }
  /** It refused the client: wrong id, secret or method, or an expired secret. */
  | {
      readonly kind: "client-refused";
      readonly expired: boolean;
      /** How the clocks differ, when they do: it matters for what is signed with a time. */
      readonly clocks?: string | undefined;
      readonly facts: Facts;
    }
  /** It knows the client, and does not let it use this grant or this server. */
  | { readonly kind: "grant-refused"; readonly error: string; readonly facts: Facts }
  /** It issued a token for an invented code. */
  | { readonly kind: "issued"; readonly facts: Facts }
  /** Anything else: rate limit, server error, page, redirect, malformed request. */
  | { readonly kind: "unclear"; readonly because: string; readonly finding?: Finding; readonly facts: Facts };

const knownErrors: ReadonlySet<string> = new Set([
  "invalid_grant",
  "invalid_client",
  "invalid_request",
  "invalid_scope",
  "unauthorized_client",
  "unsupported_grant_type",
  "access_denied",
  "server_error",
  "temporarily_unavailable",
  "slow_down",
  "use_dpop_nonce",
  "invalid_dpop_proof",
]);

/**
 * Reads the raw answer. Only `error` decides; `error_description` is looked at where a vendor gives one code two
 * meanings, and never gets out of here, because a server could put the secret into it.
 */
export function readTokenAnswer(answer: Answer, clocks?: string): TokenAnswer {
  const { status } = answer;
  const facts: Facts = answerFacts(answer);
  const unclear = (because: string): TokenAnswer => ({ kind: "unclear", because, facts });
  if (status >= 300 && status < 400) return unclear(`a redirect (status ${status})`);
  if (status === 429) return unclear("a rate limit (status 429)");
  if (status >= 500) return unclear(`a server error (status ${status})`);
  const json = jsonOf(answer);
  if (status < 300) {
    if (isObject(json) && ["access_token", "id_token", "refresh_token"].some((name) => json[name] !== undefined)) {
      // The hash of a body that holds a token stays out of the evidence.
      return { kind: "issued", facts: { status } };
    }
    return unclear(`status ${status} without a token`);
  }
  const { error, description } = errorOf(answer, json);
  if (error === undefined) return unclear(`status ${status} without an OAuth error`);
  const known = knownErrors.has(error) ? error : "other";
  const told = { ...facts, error: known };
  switch (error) {
    case "invalid_grant":
      return { kind: "code-refused", facts: told };
    case "invalid_client":
      return { kind: "client-refused", expired: /expired|AADSTS7000222/i.test(description), clocks, facts: told };
    case "access_denied":
      // Auth0 says this, with just that description, when id or secret is wrong.
      return status === 401 && description === "Unauthorized"
        ? { kind: "client-refused", expired: false, clocks, facts: told }
        : {
            kind: "unclear",
            because: "access_denied (a policy or network zone of the identity provider)",
            facts: told,
          };
    case "unauthorized_client":
      // Keycloak says this for a wrong secret or assertion, Entra ID for a client that is not in the directory.
      return (status === 401 && /credential/i.test(description)) ||
        /client authentication|client assertion|signed jwt|AADSTS700016\b/i.test(description)
        ? { kind: "client-refused", expired: false, clocks, facts: told }
        : { kind: "grant-refused", error, facts: told };
    case "invalid_request":
      // Google says this, with just that description, when a client that has a secret sends none.
      return /^client_secret is missing\.?$/.test(description)
        ? { kind: "client-refused", expired: false, facts: told }
        : { kind: "unclear", because: `the error ${known} (status ${status})`, facts: told };
    case "unsupported_grant_type":
      return { kind: "grant-refused", error, facts: told };
    default:
      return { kind: "unclear", because: `the error ${known} (status ${status})`, facts: told };
  }
}

function errorOf(answer: Answer, json: unknown): { readonly error: string | undefined; readonly description: string } {
  if (isObject(json) && typeof json.error === "string") {
    return { error: json.error, description: typeof json.error_description === "string" ? json.error_description : "" };
  }
  // Okta says an unknown client id in the shape of its management API.
  if (isObject(json) && typeof json.errorCode === "string") {
    return { error: json.errorCode, description: typeof json.errorSummary === "string" ? json.errorSummary : "" };
  }
  // RFC 6749, section 5.2 asks for WWW-Authenticate; some servers put the error only there.
  const challenge = answer.header("www-authenticate") ?? "";
  return { error: /\berror="([a-z_]{1,40})"/.exec(challenge)?.[1], description: "" };
}
