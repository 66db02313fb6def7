import type { Reference } from "./reference.ts";

/** How a client proves itself at the token endpoint (OIDC Core 1.0, section 9). */
export type ClientAuth = "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "none";

/** The public half of a key pair with which an app signs its client assertions (RFC 7523), as a JSON Web Key. */
export interface PublicKey {
  readonly kty: "RSA" | "EC";
  readonly kid: string;
  /** The algorithm of the assertions; RS256 or ES256/384/512 by the curve when the file does not say. */
  readonly alg: string;
  readonly n?: string | undefined;
  readonly e?: string | undefined;
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
}

/** How an app proves itself with `private_key_jwt`: registered is the public half, the private one stays where it is. */
export interface ClientKey {
  readonly publicKey: PublicKey;
  /** PEM (PKCS#8) or JWK as JSON text. Read only to prove that it fits; never handed over. */
  readonly privateKey: Reference;
}
