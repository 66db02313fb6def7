import type { App, ClientAuth, IdentityProvider } from "../workspace/workspace.ts";

// What identity providers and apps can express, as data, so that rules need no adapter. What is not listed is "cannot".

/** Client authentication that registrations of a kind can be given. */
const idpClientAuth: Readonly<Record<IdentityProvider["kind"], readonly ClientAuth[]>> = {
  okta: ["client_secret_basic", "client_secret_post"],
};

/** Client authentication that this identity provider can be asked for. */
export function clientAuthOfIdp(idp: IdentityProvider): readonly ClientAuth[] {
  return idpClientAuth[idp.kind];
}

/**
 * The client authentication of one connection: what the file says, or the first of the app's list that the identity
 * provider can do. Undefined when there is none that all sides share.
 */
export function agreedClientAuth(
  wanted: ClientAuth | undefined,
  idp: IdentityProvider,
  app: App,
): ClientAuth | undefined {
  const possible = app.clientAuth.filter((method) => clientAuthOfIdp(idp).includes(method));
  return wanted === undefined ? possible[0] : possible.find((method) => method === wanted);
}

/** The issuer that an identity provider's tokens carry; byte for byte what discovery must say. */
export function issuerOf(idp: IdentityProvider): string {
  const origin = `https://${idp.domain}`;
  return idp.authorizationServer === "org" ? origin : `${origin}/oauth2/${idp.authorizationServer}`;
}
