import { randomBytes } from "node:crypto";
import type { Metadata } from "../documents.ts";
import { textMember, unclearStatus } from "../documents.ts";
import type { Fetcher } from "../fetch/fetcher.ts";
import { inconclusive } from "../finding.ts";
import type { VerifySubject } from "../subject.ts";
import { answerFacts, hostOf, unanswered } from "../unanswered.ts";
import { type AuthorizationAnswer, readAuthorizationAnswer } from "./authorization-answer.ts";

/** Redirects that are followed within the identity provider's own hosts. */
const mostHops = 5;

/** What a probe is sent with. */
export interface AuthorizationProbe {
  readonly subject: VerifySubject;
  readonly metadata: Metadata;
  readonly fetcher: Fetcher;
  readonly ranFrom: string;
  /** Told every random value that is sent, so that none of them gets into a result. */
  readonly hush: (value: string) => void;
}

/**
 * Sends the app's own authorization request for a redirect URI, with `prompt=none` and no cookies, and reads what comes
 * back. The redirect URI itself is never asked. Redirects are followed only to hosts of the issuer and its endpoints,
 * never to the app, at most five.
 */
export async function askAuthorization(probe: AuthorizationProbe, redirectUri: string): Promise<AuthorizationAnswer> {
  const { fetcher, ranFrom } = probe;
  const endpoint = textMember(probe.metadata, "authorization_endpoint") ?? "";
  const refusal = await fetcher.refusal(endpoint);
  if (refusal !== undefined) {
    const finding = unanswered({ kind: "refused", refusal }, "the authorization endpoint", endpoint, ranFrom);
    return { kind: "unclear", finding, facts: finding.evidence };
  }
  const { url, state } = await authorizationUrl(probe, endpoint, redirectUri);
  const hosts = providerHosts(probe);
  let next = url;
  let facts = {};
  for (let hop = 0; hop <= mostHops; hop += 1) {
    const outcome = await fetcher.send({ method: "GET", url: next, headers: { accept: "text/html, */*;q=0.5" } });
    if (outcome.kind !== "answer") {
      const finding = unanswered(outcome, "the answer of the authorization endpoint", next, ranFrom);
      return { kind: "unclear", finding, facts: finding.evidence };
    }
    const seen = answerFacts(outcome);
    const tooMuch = outcome.status === 429 || outcome.status >= 500 || outcome.status === 408;
    const finding = tooMuch ? unclearStatus(outcome, "an authorization request", next, seen) : undefined;
    if (finding !== undefined) return { kind: "unclear", finding, facts: seen };
    const read = readAuthorizationAnswer(outcome, {
      url: next,
      redirectUri,
      state,
      issuer: probe.subject.issuer,
      hosts,
    });
    if (read.kind !== "hop") return read;
    facts = read.facts;
    if (!mayFollow(read.url, hosts, probe.subject)) return { kind: "page", leadsOn: false, facts };
    next = read.url;
  }
  const finding = inconclusive(
    "VERIFY_ANSWER_UNCLEAR",
    `${hostOf(url)} redirects an authorization request more than ${mostHops} times.`,
    facts,
  );
  return { kind: "unclear", finding, facts };
}

/** Hosts where the identity provider itself is at home: those of the issuer and of the endpoints that people are sent to. */
function providerHosts({ subject, metadata }: AuthorizationProbe): ReadonlySet<string> {
  const urls = [
    subject.issuer,
    ...["authorization_endpoint", "token_endpoint", "end_session_endpoint"].map((name) => textMember(metadata, name)),
  ];
  return new Set(urls.flatMap((url) => (url !== undefined && URL.canParse(url) ? [new URL(url).host] : [])));
}

/** Whether a redirect stays with the identity provider. What the app answers is never asked for, wherever the app is. */
function mayFollow(url: string, hosts: ReadonlySet<string>, { redirectUri }: VerifySubject): boolean {
  const target = new URL(url);
  const app = new URL(redirectUri);
  if (target.protocol !== "https:" || !hosts.has(target.host)) return false;
  return target.host !== app.host || !target.pathname.startsWith(app.pathname);
}

/** The authorization request as the app sends it (OpenID Connect Core 1.0, section 3.1.2.1), with `prompt=none`. */
async function authorizationUrl(
  { subject, hush }: AuthorizationProbe,
  endpoint: string,
  redirectUri: string,
): Promise<{ readonly url: string; readonly state: string }> {
  const client = await import("openid-client");
  const state = client.randomState();
  const nonce = client.randomNonce();
  const verifier = client.randomPKCECodeVerifier();
  for (const value of [state, nonce, verifier]) hush(value);
  const parameters: Record<string, string> = {
    ...subject.extraParams,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: subject.scopes.join(" "),
    state,
    nonce,
    prompt: "none",
  };
  if (subject.acrValues.length > 0) parameters.acr_values = subject.acrValues.join(" ");
  if (subject.responseMode === "form_post") parameters.response_mode = "form_post";
  if (subject.pkce === "S256") {
    parameters.code_challenge = await client.calculatePKCECodeChallenge(verifier);
    parameters.code_challenge_method = "S256";
  }
  const server = { issuer: subject.issuer, authorization_endpoint: endpoint };
  const configuration = new client.Configuration(server, subject.clientId, undefined, client.None());
  return { url: client.buildAuthorizationUrl(configuration, parameters).href, state };
}

/** An address below the redirect URI that nobody registered by name: `…/callback/probe-<random>`. */
export function addressBelow(redirectUri: string): string {
  const url = new URL(redirectUri);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/probe-${randomBytes(8).toString("hex")}`;
  return url.href;
}

/** A redirect URI at a host that cannot exist (RFC 6761, section 6.4). */
export function foreignAddress(): string {
  return `https://probe-${randomBytes(8).toString("hex")}.invalid/callback`;
}
