import { createHash } from "node:crypto";
import { isObject } from "../../json.ts";
import type { Upstream } from "./upstream.ts";

/** What goes with one authorization request to the issuer of a connection. */
export interface Crossing {
  readonly state: string;
  readonly nonce: string | undefined;
  readonly verifier: string | undefined;
  /** The address that the person has typed, or that the app has named. */
  readonly loginHint: string | undefined;
  /** Parameters of the app's own request, for those that are passed on. */
  readonly asked: Readonly<Record<string, unknown>>;
}

/** The URL of the authorization request at the issuer of a connection. */
export function upstreamUrl(upstream: Upstream, redirectUri: string, crossing: Crossing): string {
  const url = new URL(upstream.authorizationEndpoint);
  const { state, nonce, verifier, loginHint, asked } = crossing;
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined) url.searchParams.set(name, value);
  };
  set("client_id", upstream.clientId);
  set("redirect_uri", redirectUri);
  set("scope", upstream.scope);
  set("response_type", upstream.type === "front_channel" ? "id_token" : "code");
  set("response_mode", upstream.type === "front_channel" ? "form_post" : undefined);
  set("state", state);
  set("nonce", nonce);
  set("login_hint", loginHint);
  if (verifier !== undefined && upstream.pkce !== undefined) {
    set("code_challenge", upstream.pkce === "S256" ? s256(verifier) : verifier);
    set("code_challenge_method", upstream.pkce);
  }
  for (const [name, how] of Object.entries(upstream.parameters)) {
    if (!isObject(how)) continue;
    const passed = typeof how.alias === "string" ? asked[how.alias] : how.value;
    if (typeof passed === "string") set(name, passed);
  }
  return url.href;
}

function s256(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}
