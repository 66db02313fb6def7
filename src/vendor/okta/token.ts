import { clockDifference, mendClock } from "../clock-difference.ts";
import { parseJson, textIn } from "../json.ts";
import type { Clock } from "../network.ts";
import { OktaFailure } from "./failure.ts";
import { TransportFault } from "./transport-fault.ts";

/** Where a service app gets its access token (RFC 6749, section 4.4, with RFC 7523 client authentication). */
export const tokenPath = "/oauth2/v1/token";

/**
 * Gets an access token, or says why there is none. The SDK (8.1.0, src/oauth.js) does not look at the status of this
 * reply and would go on with `Bearer undefined`. Whatever fails here, the call that needed the token was not made.
 */
export async function checkedToken(
  host: string,
  scopes: readonly string[],
  clock: Clock,
  send: () => Promise<Response>,
): Promise<Response> {
  let reply: Response;
  try {
    reply = await send();
  } catch (error) {
    if (!(error instanceof TransportFault)) throw error;
    throw new OktaFailure("OKTA_UNREACHABLE", `Okta (${host}) could not be asked for an access token: ${error.why}`, {
      effect: "none",
      passing: error.passing,
      cause: error.cause,
    });
  }
  const text = await reply.text();
  const body = parseJson(text);
  const error = textIn(body, "error");
  const granted = reply.status === 200 && (textIn(body, "access_token") ?? "") !== "";
  // `use_dpop_nonce` (RFC 9449, section 8) is a step of the exchange, which the SDK takes itself.
  if (!granted && error !== "use_dpop_nonce") throw refusal(host, scopes, reply, error, clock());
  return new Response(text, { status: reply.status, headers: reply.headers });
}

const checkKey =
  "Check that the client id is that of an active service app of this org, and that the public half of the private key is registered and active there.";

function refusal(
  host: string,
  scopes: readonly string[],
  { status, headers }: Response,
  error: string | undefined,
  now: number,
): OktaFailure {
  const details = { effect: "none", evidence: { host, status, error } } as const;
  if (status === 429) {
    return new OktaFailure(
      "OKTA_RATE_LIMITED",
      `Okta (${host}) gave no access token, its rate limit is used up`,
      details,
    );
  }
  if (status >= 500) {
    return new OktaFailure("OKTA_UNAVAILABLE", `Okta (${host}) gave no access token, it answered status ${status}`, {
      ...details,
      passing: true,
    });
  }
  // Okta says `consent_required` when a service app asks for a scope that was not granted to it.
  if (error === "invalid_scope" || error === "consent_required") {
    const which = scopes.length === 1 ? `the scope ${scopes[0]}` : `one of the scopes ${scopes.join(", ")}`;
    const message = `Okta (${host}) gave no access token: ${which} is not granted to the service app`;
    return new OktaFailure("OKTA_PERMISSION_MISSING", message, details);
  }
  if (status === 400 || status === 401 || status === 403) {
    const why = error === undefined || !/^[a-z_]{1,40}$/.test(error) ? `status ${status}` : error;
    const difference = clockDifference(host, headers.get("date"), now);
    const message = `Okta (${host}) refused client id and private key (${why})`;
    return difference === undefined
      ? new OktaFailure("OKTA_CREDENTIALS_REFUSED", message, { ...details, hint: checkKey })
      : new OktaFailure("OKTA_CREDENTIALS_REFUSED", `${message}, and ${difference}`, { ...details, hint: mendClock });
  }
  const message = `Okta (${host}) was asked for an access token and answered in an unknown shape (status ${status})`;
  return new OktaFailure("OKTA_UNEXPECTED_ANSWER", message, details);
}
