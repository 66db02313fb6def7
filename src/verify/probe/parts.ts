import type { Preset } from "../../desired/preset.ts";
import type { Metadata } from "../documents.ts";
import type { Fetcher } from "../fetch/fetcher.ts";
import type { VerifySubject } from "../subject.ts";

/** What every probe of a client is sent with. */
export interface ProbeParts {
  readonly subject: VerifySubject;
  readonly metadata: Metadata;
  readonly preset: Preset | undefined;
  readonly fetcher: Fetcher;
  readonly ranFrom: string;
  /** Told every random or secret value that is sent, so that none of them gets into a result. */
  readonly hush: (value: string) => void;
}

/** The client id of a subject that has one. Checks of a client are omitted where there is none. */
export function clientIdOf({ clientId }: Pick<VerifySubject, "clientId">): string {
  if (clientId === undefined) throw new Error("a check asked about a client that nobody named");
  return clientId;
}

/** The redirect URI of a subject that has one. Checks of redirect URIs are omitted where there is none. */
export function redirectUriOf({ redirectUri }: Pick<VerifySubject, "redirectUri">): string {
  if (redirectUri === undefined) throw new Error("a check asked about a redirect URI that nobody named");
  return redirectUri;
}

/** Stands in a token request for the redirect URI that nobody named: a host that cannot exist (RFC 6761, section 6.4). */
export const placeholderRedirectUri = "https://redirect-uri-not-given.invalid/callback";
