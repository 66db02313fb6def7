import { type Answer, noStore } from "../answer.ts";
import type { JsonObject } from "../json.ts";
import type { ClientMethod } from "./client-method.ts";
import type { CustomerClient } from "./customer-client.ts";

/** Full URLs: some vendors spread them over several hosts. */
export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  readonly jwks: string;
  readonly userinfo: string;
  readonly endSession?: string;
  readonly introspection?: string;
  readonly revocation?: string;
  readonly pushedRequest?: string;
}

/** Why an authorization request cannot even be answered to the app. */
export type AuthorizationFault = "client" | "redirect-uri" | "scope";

/** Why a client is not let in at the token endpoint. */
export type ClientFault = "unknown" | "no-credential" | "method" | "secret" | "expired" | "assertion";

/** Why an authorization code, or a refresh token, gives no token. */
export type GrantFault = "malformed" | "unknown" | "expired" | "spent" | "verifier" | "redirect-uri" | "refresh";

/** What an authorization request says that decides whether a refresh token comes of it. */
export interface OfflineRequest {
  readonly scopes: readonly string[];
  /** `access_type`, which only Google knows. */
  readonly accessType: string;
}

/** How a product gives refresh tokens. */
export interface RefreshManner {
  /** Whether this sign-in gives one. */
  wanted(request: OfflineRequest): boolean;
  /**
   * What a refresh gives besides an access token: nothing (`none`), a new token beside the old one (`another`), or a
   * new token in the place of the old one, whose use is then an attack (`rotate`).
   */
  readonly renews: "none" | "another" | "rotate";
}

/** How a product ends somebody's session at the wish of an app. */
export interface LogoutManner {
  /** When it asks the person first. */
  readonly asks: "always" | "without-hint" | "never";
  /** The answer to a URL that is not registered; absent where such a URL is ignored. */
  refuse?(): Answer;
}

/** Where people sign in, below the host of the authorization endpoint. */
export interface SignInPlace {
  readonly path: string;
  /** Whether the address repeats the authorization request, as Cognito's does. */
  readonly repeatsRequest?: boolean;
  /** Whether the form is the answer to the authorization request itself. */
  readonly inPlace?: boolean;
}

/** What was asked, for messages that repeat it. */
export interface Asked {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The method that the client is registered for; absent where the client is unknown. */
  readonly registered?: ClientMethod;
  /** The method that was tried. */
  readonly tried?: ClientMethod;
  /** Scopes that it does not have, where these are the fault. */
  readonly scopes?: readonly string[];
}

/** Somebody who can sign in. The sandbox asks for no password. */
export interface Person {
  readonly login: string;
  /** Every claim that a token can hold, `sub` included. */
  readonly claims: JsonObject & { readonly sub: string };
}

/** What an access token is for. */
export interface TokenAbout {
  readonly clientId: string;
  readonly scope: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** A request for an address that is no endpoint. */
export interface PageRequest {
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where a client may send people who have left; none for an unknown client. */
  readonly postLogoutUris: (clientId: string) => readonly string[];
}

/** One customer's provider, as far as it differs from the next one's: addresses, and how the product answers. */
export interface Vendor {
  readonly product: string;
  readonly issuer: string;
  readonly endpoints: Endpoints;
  /** Whether the discovery document can be read from outside, or a firewall's page stands before it. */
  readonly discovery: "public" | "firewalled";
  /** Members of the discovery document besides issuer and endpoints. */
  readonly metadata: JsonObject;
  /** `strict`: a client must use exactly the method it is registered for. Otherwise any of these that takes a secret. */
  readonly clientAuth: { readonly methods: readonly ClientMethod[]; readonly strict: boolean };
  readonly signIn: SignInPlace;
  /** Ways of PKCE that it takes. */
  readonly challenges: readonly ("S256" | "plain")[];
  /** Prompts that it honours besides `none`, `login` and `consent`, or that it takes for nothing. */
  readonly prompts?: { readonly more?: readonly string[]; readonly ignored?: readonly string[] };
  readonly refresh: RefreshManner;
  readonly logout?: LogoutManner;
  /**
   * What a client is told that asks for an ID token straight from the authorization endpoint, and may not; absent where
   * there is no such thing.
   */
  readonly idTokenResponse?: { readonly error: string; readonly description: string };
  /** Least length of `state`, with the error for one that is shorter. */
  readonly weakState?: { readonly least: number; readonly error: string; readonly description: string };
  /** Claims that it puts into tokens, by the scope that asks for them. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** What a client that may not use codes is told, at the authorization endpoint. */
  readonly noCodeGrant?: { readonly error: string; readonly description: string };
  /** What `prompt=none` gives without a session. */
  readonly nobodySignedIn: { readonly error: string; readonly description?: string };
  /** What a scope that it does not have gives; absent: such a scope is ignored. */
  readonly unknownScope?: (scope: string) => { readonly error: string; readonly description: string };
  /** Whether scopes that it does not have end on a page of its own instead, as the fault `scope`. */
  readonly scopePage?: boolean;
  /** Whether its authorization responses carry `iss` (RFC 9207). */
  readonly namesIssuer: boolean;
  /** Whether a registered redirect URI that ends in `*` stands for all that begin so. */
  readonly redirectPatterns: boolean;
  /** Whether the port of a redirect URI on the person's own machine does not matter. */
  readonly loopbackPorts?: boolean;
  /** A new client secret, of the shape that the product makes. */
  newSecret(): string;
  /** Answers a request that must not go back to the app. */
  refuseAuthorization(fault: AuthorizationFault, asked: Asked): Answer;
  /** Answers a token request whose client is not let in. */
  refuseClient(fault: ClientFault, asked: Asked): Answer;
  /** The body of the 400 for a code or refresh token that gives no token. */
  refuseGrant(fault: GrantFault, asked: Asked): JsonObject;
  /** Answers a grant that there is not, or none; absent: in the words of RFC 6749. */
  refuseGrantType?(grantType: string, asked: Asked): Answer;
  /** Looks at a token request of a client that is let in; answers what the product refuses before it looks at the code. */
  refuseRequest?(form: URLSearchParams, client: CustomerClient, origin: boolean, asked: Asked): Answer | undefined;
  /** Answers a client that is not let in at introspection, revocation or pushed requests; absent: as at the token endpoint. */
  refuseElsewhere?(): Answer;
  /** Answers a pushed request that is wrong in its redirect URI. */
  refusePushed?(): Answer;
  /** Answers the revocation of a token that is not taken back; absent, or undefined: it is, with 200 and no body. */
  answerRevocation?(token: "refresh" | "access" | "unknown"): Answer | undefined;
  /** Whether revocation is free to everybody who has the token. */
  readonly openRevocation?: boolean;
  /** Whether a code has the shape of the product's codes; absent: what is unknown is malformed. */
  looksLikeCode?(code: string): boolean;
  /** Claims of a signed access token besides issuer, subject and times; absent where access tokens are opaque. */
  accessTokenClaims?(person: Person, about: TokenAbout): JsonObject;
  /** Members that its token answers have besides those of OpenID Connect. */
  tokenMembers?(refreshToken: boolean): JsonObject;
  /** Pages and documents that only this product has; undefined where there are none. */
  page?(request: PageRequest): Answer | undefined;
  /** A public key as the product publishes it. */
  publishKey?(key: JsonObject): JsonObject;
  /** Whether a key for encryption is published beside the ones for signatures. */
  readonly encryptionKey?: boolean;
  /** The `sub` that a client is told of a person, where each client is told another. `id` is the person's own `sub`. */
  subject?(id: string, clientId: string): string;
}

/** An error in the shape of RFC 6749, section 5.2. */
export function oauthError(status: number, error: string, description?: string): Answer {
  return {
    status,
    headers: noStore,
    json: { error, ...(description === undefined ? {} : { error_description: description }) },
  };
}
