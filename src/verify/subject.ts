import type { ConnectionKey, Digest } from "../desired/connection.ts";
import type { Secret } from "../secret/secret.ts";
import type { ExplicitEndpoints } from "../tenant/tenant.ts";
import type { ClientAuth, PublicKey } from "../workspace/workspace.ts";

/** Where the endpoints come from: the issuer's discovery document, or the file where there is none. */
export interface IssuerSource {
  readonly issuer: string;
  readonly endpoints?: ExplicitEndpoints | undefined;
  /** Name of the preset that the tenant's file names; absent: the one that the issuer tells. */
  readonly preset?: string | undefined;
}

/** What is proven: one client at one issuer with one callback. */
export interface VerifySubject extends IssuerSource {
  readonly key: ConnectionKey;
  readonly specDigest: Digest;
  /** Absent where only the issuer is looked at: P and S checks are skipped. */
  readonly clientId?: string | undefined;
  readonly clientAuth: ClientAuth;
  /**
   * Missing although the client has one: the secret check is inconclusive, so the verdict is no pass. A run that should
   * not send it says `secretProbe: false`.
   */
  readonly secret?: { readonly value: Secret; readonly copy: "idp" | "record" } | undefined;
  /** The app's key, for a client that signs assertions; missing although it does: the check is inconclusive. */
  readonly clientKey?: { readonly publicKey: PublicKey; readonly privateKey: Secret } | undefined;
  /** Absent where nobody said it: checks of redirect URIs are skipped, and the token endpoint is told a placeholder. */
  readonly redirectUri?: string | undefined;
  readonly scopes: readonly string[];
  readonly pkce: "S256" | "off";
  readonly responseMode: "query" | "form_post";
  readonly acrValues: readonly string[];
  readonly extraParams: Readonly<Record<string, string>>;
  /** Top-level claims that the app reads: those of `claims`, `roles` and `require`. */
  readonly claims?: readonly string[] | undefined;
  /** Where the identity provider may send people after sign-out; absent or empty: the app ends no sessions there. */
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  /**
   * Shown in hints: where the redirect URI or the secret is set, such as "Okta: Applications > … > General". Missing
   * where the provider is the customer's own: hints are then lines to forward to its administrator.
   */
  readonly console?:
    | { readonly redirectUri: string; readonly secret: string; readonly publicKey?: string | undefined }
    | undefined;
}
