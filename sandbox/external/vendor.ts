import type { Answer } from "../answer.ts";
import type { JsonObject } from "../json.ts";

/** How a client proves itself at a token endpoint. */
export type ClientMethod = "client_secret_basic" | "client_secret_post" | "private_key_jwt";

/** Full URLs: some vendors spread them over several hosts. */
export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  readonly jwks: string;
  readonly userinfo: string;
  readonly endSession?: string;
}

/** Why an authorization request cannot even be answered to the app. */
export type AuthorizationFault = "client" | "redirect-uri";

/** Why a client is not let in at the token endpoint. */
export type ClientFault = "unknown" | "no-credential" | "method" | "secret" | "assertion";

/** Why an authorization code gives no token. */
export type GrantFault = "malformed" | "spent" | "verifier" | "redirect-uri";

/** What was asked, for messages that repeat it. */
export interface Asked {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Somebody who can sign in. The sandbox asks for no password. */
export interface Person {
  readonly login: string;
  /** Every claim that a token can hold, `sub` included. */
  readonly claims: JsonObject & { readonly sub: string };
}

/** A request for an address that is no endpoint. */
export interface PageRequest {
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
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
  /** Claims that it puts into tokens, by the scope that asks for them. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** What `prompt=none` gives without a session. */
  readonly nobodySignedIn: { readonly error: string; readonly description?: string };
  /** What a scope that it does not have gives; absent: such a scope is ignored. */
  readonly unknownScope?: (scope: string) => { readonly error: string; readonly description: string };
  /** Whether its authorization responses carry `iss` (RFC 9207). */
  readonly namesIssuer: boolean;
  /** Whether a registered redirect URI that ends in `*` stands for all that begin so. */
  readonly redirectPatterns: boolean;
  /** A new client secret, of the shape that the product makes. */
  newSecret(): string;
  /** Answers a request that must not go back to the app. */
  refuseAuthorization(fault: AuthorizationFault, asked: Asked): Answer;
  /** Answers a token request whose client is not let in. */
  refuseClient(fault: ClientFault, asked: Asked): Answer;
  /** The body of the 400 for a code that gives no token. */
  refuseGrant(fault: GrantFault, asked: Asked): JsonObject;
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
    headers: { "cache-control": "no-store", pragma: "no-cache" },
    json: { error, ...(description === undefined ? {} : { error_description: description }) },
  };
}
