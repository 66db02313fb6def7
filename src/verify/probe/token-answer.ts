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
      /** What the answer says of the cause. For hints only. */
      readonly trait?: RefusalTrait | undefined;
      readonly facts: Facts;
    }
  /** It knows the client, and does not let it use this grant or this server. */
  | {
      readonly kind: "grant-refused";
      readonly error: string;
      readonly trait?: RefusalTrait | undefined;
      readonly facts: Facts;
    }
  /** It issued a token for an invented code. */
  | { readonly kind: "issued"; readonly facts: Facts }
  /** Anything else: rate limit, server error, page, redirect, malformed request. */
  | { readonly kind: "unclear"; readonly because: string; readonly finding?: Finding; readonly facts: Facts };

/** What a vendor's own words or code numbers tell beyond the error code. Never decides anything. */
export type RefusalTrait =
  /** Entra ID: what was sent is none of the client's secret values (AADSTS7000215). */
  | "secret-id"
  /** Entra ID: no such application in the directory (AADSTS700016). */
  | "unknown-client"
  /** Entra ID: the redirect URI is registered for a single-page application. */
  | "spa"
  /** Okta: the client belongs to the organization's own authorization server. */
  | "org-server-only"
  /** The method that the client is registered for (hydra says so, Keycloak hints at it). */
  | AuthMethod;

type AuthMethod = "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "none";

const traits: readonly (readonly [RegExp, RefusalTrait])[] = [
  [/\bAADSTS7000215\b/, "secret-id"],
  [/\bAADSTS700016\b/, "unknown-client"],
  [/\bAADSTS900232[57]\b/, "spa"],
  [/org_authorization_server_only_client/, "org-server-only"],
  [/client_assertion(?:_type)? (?:is )?missing|missing parameter:? '?client_assertion/i, "private_key_jwt"],
  [/supports client authentication method 'client_secret_basic'/, "client_secret_basic"],
  [/supports client authentication method 'client_secret_post'/, "client_secret_post"],
  [/supports client authentication method 'private_key_jwt'/, "private_key_jwt"],
  [/supports client authentication method 'none'/, "none"],
];

const knownErrors: ReadonlySet<string> = new Set([
  "invalid_grant",
  "invalid_client",
  "invalid_client_id",
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
  if (status < 200) return unclear(`status ${status}`);
  if (status < 300) {
    if (isObject(json) && ["access_token", "id_token", "refresh_token"].some((name) => json[name] !== undefined)) {
      // The hash of a body that holds a token stays out of the evidence.
      return { kind: "issued", facts: { status } };
    }
    return unclear(`status ${status} without a token`);
  }
  const { error, description } = errorOf(answer, json);
  if (error === undefined) return unclear(withoutError(answer));
  const trait = traits.find(([mark]) => mark.test(description))?.[1];
  const known = knownErrors.has(error) ? error : "other";
  const told = { ...facts, error: known };
  switch (error) {
    case "invalid_grant":
      return { kind: "code-refused", facts: told };
    case "invalid_client":
    // Salesforce says this of an unknown client.
    case "invalid_client_id":
      return {
        kind: "client-refused",
        expired: /expired|AADSTS7000222/i.test(description),
        clocks,
        trait,
        facts: told,
      };
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
        /client authentication|authenticating client|client assertion|signed jwt|AADSTS700016\b/i.test(description)
        ? { kind: "client-refused", expired: false, clocks, trait, facts: told }
        : { kind: "grant-refused", error, trait, facts: told };
    case "invalid_request":
      // Google says this, with just that description, when a client that has a secret sends none.
      if (trait === "spa") return { kind: "grant-refused", error, trait, facts: told };
      // Older versions of dex say this of a code that they do not know.
      if (/^invalid or expired code parameter\.?$/i.test(description)) return { kind: "code-refused", facts: told };
      if (/\bDPoP\b/i.test(description))
        return unclear(`${error}: it asks for DPoP proofs, which the app does not send`);
      return /^client_secret is missing\.?$/.test(description)
        ? { kind: "client-refused", expired: false, facts: told }
        : { kind: "unclear", because: `the error ${known} (status ${status})`, facts: told };
    case "unsupported_grant_type":
      return { kind: "grant-refused", error, trait, facts: told };
    case "use_dpop_nonce":
    case "invalid_dpop_proof":
      // RFC 9449, sections 5 and 8.
      return unclear(`${error}: it asks for DPoP proofs, which the app does not send`);
    default:
      return { kind: "unclear", because: `the error ${known} (status ${status})`, facts: told };
  }
}

/** An error status with no OAuth error in it: what is in front of the server, rather than the server. */
function withoutError(answer: Answer): string {
  const { status } = answer;
  const text = answer.body.toString("latin1", 0, 20_000);
  if (/no required ssl certificate|client certificate/i.test(text)) {
    return `a demand for a certificate of the client (mutual TLS, status ${status}), which the app does not have`;
  }
  return /^\s*<(?:!doctype|html)/i.test(text)
    ? `a page (status ${status}), as a firewall or a sign-in wall in front of it shows`
    : `status ${status} without an OAuth error`;
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
