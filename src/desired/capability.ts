import type { SignIn } from "../tenant/tenant.ts";
import type { App, ClientAuth, IdentityProvider, PublicKey, Workspace } from "../workspace/workspace.ts";
import type { Registration } from "./connection.ts";
import { placeholderIssuer } from "./named-server.ts";

// What identity providers and apps can express, as data, so that rules need no adapter. What is not listed is "cannot".

/** Where the client of a sign-in lives: an identity provider of the workspace, or the customer's own. */
export type Source = IdentityProvider | { readonly kind: "external" };

const customersOwn: Source = { kind: "external" };

/** Client authentication that registrations of a kind can be given. */
const sourceClientAuth: Readonly<Record<Source["kind"], readonly ClientAuth[]>> = {
  okta: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
  auth0: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
  // The customer has registered it; the proof shows whether it is what the file says.
  external: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
};

/** The strongest first: a key that never leaves the app, a secret out of the body, one in it, nothing. */
export const clientAuthByStrength: readonly ClientAuth[] = [
  "private_key_jwt",
  "client_secret_basic",
  "client_secret_post",
  "none",
];

/** Algorithms of client assertions that a kind takes. */
const sourceAssertions: Readonly<Record<Source["kind"], RegExp>> = {
  okta: /^(RS|ES)(256|384|512)$/,
  // Auth0 takes RSA keys only (Management API, "Create a client credential").
  auth0: /^(RS256|RS384|PS256)$/,
  external: /^(RS|PS|ES)(256|384|512)$/,
};

/** Fields of a sign-in that only some kinds can express. */
export const fieldsOfSource: Readonly<Record<Source["kind"], readonly (keyof SignIn)[]>> = {
  okta: ["assignment", "accessPolicy", "authorizationServer", "server"],
  auth0: ["organization", "enabledConnections"],
  external: ["external"],
};

/** The source of a sign-in; undefined when it names an identity provider that is not there. */
export function sourceOf(signIn: SignIn, workspace: Pick<Workspace, "identityProviders">): Source | undefined {
  if (signIn.external !== undefined) return customersOwn;
  return signIn.inline ?? workspace.identityProviders.get(signIn.idp);
}

/** Client authentication that this source can be asked for. */
export function clientAuthOfSource(source: Source): readonly ClientAuth[] {
  return sourceClientAuth[source.kind];
}

/** Whether the source takes the name of this key: Auth0's `kid` has 10 to 64 letters, digits, `-` and `_`. */
export function takesKeyId(source: Source, key: PublicKey): boolean {
  return source.kind !== "auth0" || /^[\w-]{10,64}$/.test(key.kid);
}

/** Whether the source takes client assertions of this key. */
export function takesKey(source: Source, key: PublicKey): boolean {
  return sourceAssertions[source.kind].test(key.alg);
}

/**
 * The client authentication of one connection: what the file says, or the first of the app's list that the source can
 * do. Undefined when there is none that all sides share.
 */
export function agreedClientAuth(wanted: ClientAuth | undefined, source: Source, app: App): ClientAuth | undefined {
  const possible = app.clientAuth.filter((method) => clientAuthOfSource(source).includes(method));
  return wanted === undefined ? possible[0] : possible.find((method) => method === wanted);
}

/** `agreedClientAuth` of one use of a sign-in. */
export function clientAuthOf(use: {
  readonly signIn: SignIn;
  readonly source: Source;
  readonly app: App;
}): ClientAuth | undefined {
  return agreedClientAuth(use.signIn.clientAuth, use.source, use.app);
}

/** The issuer that the tokens of a sign-in carry; byte for byte what discovery must say. Empty when nobody said it yet. */
export function issuerOf(signIn: SignIn, source: Source): string {
  switch (source.kind) {
    case "okta": {
      if (signIn.server !== undefined) return placeholderIssuer(source.domain, signIn.server);
      const server = signIn.authorizationServer ?? source.authorizationServer;
      return `https://${source.domain}${server === "org" ? "" : `/oauth2/${server}`}`;
    }
    case "auth0":
      // The slash is part of it (facts: Auth0 issuers end in one).
      return `https://${source.customDomain ?? source.domain}/`;
    case "external":
      return signIn.external?.issuer ?? "";
    default:
      return source satisfies never;
  }
}

/**
 * Name of the preset of an identity provider of our own, whatever its address is; undefined for the customer's own, which
 * its issuer or the tenant file tells.
 */
export function presetNameOf(signIn: SignIn, source: Source): string | undefined {
  switch (source.kind) {
    case "okta":
      return signIn.server === undefined && (signIn.authorizationServer ?? source.authorizationServer) === "org"
        ? "okta"
        : "okta-custom";
    case "auth0":
      return "auth0";
    case "external":
      return undefined;
    default:
      return source satisfies never;
  }
}

/** Whether an issuer with this host is one of the identity provider's. */
export function isAtHost(idp: IdentityProvider, host: string): boolean {
  return host === idp.domain || (idp.kind === "auth0" && host === idp.customDomain);
}

/** Whether the client of a connection is ours to make and change. */
export function isOurs(registration: Pick<Registration, "kind">): boolean {
  return registration.kind !== "external";
}
