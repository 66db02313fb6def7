import { randomBytes } from "node:crypto";
import type { Preset } from "../../desired/preset.ts";
import { clientIdOf, type ProbeParts } from "./parts.ts";

/** How a request is broken on purpose, so that the server has something to say at the redirect URI. */
export type Fault = NonNullable<Preset["probes"]["fault"]>;

/** The parameters of one authorization request, and its state, to compare the answer with. */
export interface AuthorizationParameters {
  readonly parameters: Readonly<Record<string, string>>;
  readonly state: string;
}

/** What was asked, to compare the answer with. */
export interface AuthorizationRequest {
  readonly url: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly issuer: string;
  /** Hosts of the identity provider's endpoints. */
  readonly hosts: ReadonlySet<string>;
}

/**
 * The parameters that the app sends (OpenID Connect Core 1.0, section 3.1.2.1), with `prompt=none` and without the client
 * id. State, nonce and verifier are new each time.
 */
export async function authorizationParameters(
  { subject, preset, hush }: ProbeParts,
  redirectUri: string,
  fault?: Fault,
): Promise<AuthorizationParameters> {
  const client = await import("openid-client");
  const state = client.randomState();
  const nonce = client.randomNonce();
  const verifier = client.randomPKCECodeVerifier();
  for (const value of [state, nonce, verifier]) hush(value);
  const parameters: Record<string, string> = {
    ...preset?.probes.extraParams,
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
  if (fault !== undefined) breakOn(parameters, fault);
  return { parameters, state };
}

function breakOn(parameters: Record<string, string>, fault: Fault): void {
  switch (fault) {
    case "response_type":
      parameters.response_type = "ssoverify";
      return;
    case "omit-openid": {
      const others = (parameters.scope ?? "").split(" ").filter((scope) => scope !== "openid" && scope !== "");
      parameters.scope = others.length === 0 ? "profile" : others.join(" ");
      return;
    }
    case "code_challenge_method":
      // The method is then "plain" (RFC 7636, section 4.3), which servers that ask for S256 refuse.
      delete parameters.code_challenge_method;
      return;
    default:
      fault satisfies never;
  }
}

/** The URL that a browser would be sent to. */
export async function authorizationUrl(
  { subject }: Pick<ProbeParts, "subject">,
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const client = await import("openid-client");
  const server = { issuer: subject.issuer, authorization_endpoint: endpoint };
  const configuration = new client.Configuration(server, clientIdOf(subject), undefined, client.None());
  return client.buildAuthorizationUrl(configuration, { ...parameters }).href;
}

/**
 * An address beside the redirect URI that nobody registered by name: `…/callback-probe-<random>`. A registration by
 * prefix or by wildcard in place of the last part takes it too.
 */
export function siblingAddress(redirectUri: string): string {
  const url = new URL(redirectUri);
  url.pathname += `${url.pathname.endsWith("/") ? "" : "-"}probe-${randomBytes(8).toString("hex")}`;
  return url.href;
}

/** A redirect URI at a host that cannot exist (RFC 6761, section 6.4). */
export function foreignAddress(): string {
  return `https://probe-${randomBytes(8).toString("hex")}.invalid/callback`;
}
