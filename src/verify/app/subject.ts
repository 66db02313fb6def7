import type { ConnectionKey } from "../../desired/connection.ts";
import type { CheckResult } from "../../store/evidence.ts";
import type { IssuerSource } from "../subject.ts";

/** What the app's half is proven of: the sign-in that the app begins by itself, against the values of its record. */
export interface AppSubject extends IssuerSource {
  readonly key: ConnectionKey;
  /** The page that begins the sign-in; absent: nothing can be asked, and every check is skipped. */
  readonly startUrl?: string | undefined;
  /** Hosts that the app signs people in by, besides those of its start page and its callback. */
  readonly hosts?: readonly string[] | undefined;
  /** Where the start page must lead: the endpoint of the record. */
  readonly authorizationEndpoint: string;
  /** The redirect URI of the record, byte for byte as it is registered. */
  readonly redirectUri: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly acrValues: readonly string[];
  readonly pkce: "S256" | "off";
  readonly responseMode: "query" | "form_post";
}

/** What a run of the app's checks may send. */
export interface AppOptions {
  /** Whether the app is asked at all. Off: every check is skipped. */
  readonly appProbe: boolean;
  /** Whether an invented code goes to the callback with a state of the app's own (A9). */
  readonly appCode: boolean;
  /** The record lets nobody in yet: a start page that refuses is then no mistake of the app. */
  readonly pending?: boolean | undefined;
  /** What the checks of the identity provider's half have shown; absent: nothing. */
  readonly shown?:
    | {
        /** P1 passed: the redirect URI is registered. */
        readonly registered: boolean;
        /** P1 or T1 failed, so what comes of the app's own request is known: A6 sends nothing. */
        readonly toldBy?: "P1" | "T1" | undefined;
        /** P3 passed: a redirect URI that nobody registered is refused. Else A6 sends a control of its own. */
        readonly foreignRefused: boolean;
      }
    | undefined;
}

/** What the app's checks may rest on, from the results of the identity provider's half. */
export function shownBy(results: readonly CheckResult[]): NonNullable<AppOptions["shown"]> {
  const has = (id: string, verdict: CheckResult["verdict"]): boolean =>
    results.some((result) => result.id === id && result.verdict === verdict && result.level === "must");
  return {
    registered: has("P1", "pass"),
    toldBy: (["T1", "P1"] as const).find((id) => has(id, "fail")),
    foreignRefused: has("P3", "pass"),
  };
}
