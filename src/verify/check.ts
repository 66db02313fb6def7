import type { CheckId } from "../desired/check-id.ts";
import type { Preset } from "../desired/preset.ts";
import type { Level, Link, Verdict } from "../store/evidence.ts";
import type { Clock } from "../vendor/network.ts";
import type { Documents, Metadata } from "./documents.ts";
import type { Fetcher } from "./fetch/fetcher.ts";
import type { Finding } from "./finding.ts";
import type { AuthorizationAnswer } from "./probe/authorization-answer.ts";
import type { Fault } from "./probe/authorization-request.ts";
import type { Audience, SecretMethod } from "./probe/credential.ts";
import type { EndSessionAnswer } from "./probe/end-session.ts";
import type { PushedAnswer } from "./probe/pushed.ts";
import type { RevocationAnswer } from "./probe/revocation.ts";
import type { TokenAnswer } from "./probe/token-answer.ts";
import type { IssuerSource, VerifySubject } from "./subject.ts";

export type { CheckId } from "../desired/check-id.ts";

/** A redirect URI to ask for: the subject's own, one beside it that nobody registered, one at a host that cannot exist. */
export type Where = "registered" | "sibling" | "foreign";

/** The requests that several checks judge. Each is sent once, when the first check asks for it. */
export interface Probes {
  /** An authorization request with prompt=none. */
  authorization(where: Where): Promise<AuthorizationAnswer>;
  /** The same, broken on purpose (P4). */
  broken(fault: Fault, where: Where): Promise<AuthorizationAnswer>;
  /**
   * The same, pushed with the client's own credential (P5). Undefined when that is not offered, when there is no
   * credential, or when it may not be sent: the document did not pass, or no secret is to be sent in this run.
   */
  pushed(where: Where): Promise<PushedAnswer | undefined>;
  /** Asks for the end of a session nobody has, to go on to an address for after the sign-out (P7). */
  signedOut(address: string): Promise<EndSessionAnswer>;
  /** An invented code with the subject's secret, by the subject's method or by another one. */
  ownSecret(method: SecretMethod): Promise<TokenAnswer>;
  /** An invented code with an invented secret. */
  wrongSecret(method: SecretMethod): Promise<TokenAnswer>;
  /**
   * An invented token with the subject's secret, or with an invented one, where else a client must prove itself. Undefined
   * when the document names no such endpoint.
   */
  ownSecretElsewhere(method: SecretMethod): Promise<RevocationAnswer | undefined>;
  wrongSecretElsewhere(method: SecretMethod): Promise<RevocationAnswer | undefined>;
  /** An invented code with an assertion that the app's key signed. */
  ownKey(audience: Audience): Promise<TokenAnswer>;
  /** The same, signed by a key of the same kind that was made just now. */
  wrongKey(audience: Audience): Promise<TokenAnswer>;
  /** An invented code with the client id alone. */
  bareClient(): Promise<TokenAnswer>;
  /** The same with a client id that nobody has. */
  unknownClient(): Promise<TokenAnswer>;
}

/** What a run may send. */
export interface ProbeOptions {
  /** Whether the client secret is sent to the token endpoint. Off: S1, S2 and P5 are skipped. */
  readonly secretProbe: boolean;
  /** Whether a wrong secret is sent too, once, to see it refused. */
  readonly wrongSecretControl: boolean;
  /**
   * When a wrong secret was refused for this very client, endpoint and secret, as stored evidence says (ISO 8601). The
   * control is then not sent again, and S1 names the day. Absent: never seen.
   */
  readonly controlledAt?: string | undefined;
  /** Whether probes are sent that the product's monitoring takes for an attack (`Preset.probes`); absent: they are not. */
  readonly alarmingProbes?: boolean | undefined;
}

/** What a check of the issuer alone may look at: no client, no secret. */
export interface IssuerContext {
  readonly subject: IssuerSource;
  /** Host name of the machine, for messages about what could not be reached. */
  readonly ranFrom: string;
  readonly fetcher: Fetcher;
  readonly documents: Documents;
  /** What is known of the product behind the issuer. */
  readonly preset: Preset | undefined;
  readonly clock: Clock;
  /**
   * Whether the document at the issuer is looked for although the endpoints stand in the file. A proof does, because it
   * may name the issuer; a plan asks nobody.
   */
  readonly looksForDocument: boolean;
  /** The discovery document, or what the file says in its place. Only for checks that need D1. */
  metadata(): Promise<Metadata>;
  /** Verdict of a check that ran before. */
  verdictOf(id: CheckId): Verdict | undefined;
}

/** What a check of a client may look at. */
export interface CheckContext extends IssuerContext {
  readonly subject: VerifySubject;
  readonly options: ProbeOptions;
  readonly probes: Probes;
  /** The key set's keys; undefined when it could not be read, which K1 has said. Only for checks that need D5. */
  keys(): Promise<readonly unknown[] | undefined>;
}

/** One check. */
export interface Check<Context extends IssuerContext = CheckContext> {
  readonly id: CheckId;
  readonly title: string;
  /** Where the rule comes from. */
  readonly spec: { readonly name: string; readonly url: string };
  readonly level: Level;
  readonly link: Link;
  /** Checks that must have passed (or only warned, or do not apply); otherwise this one is not run and is inconclusive. */
  readonly needs: readonly CheckId[];
  /** Why the check does not apply to this subject or was not asked for; looked at before `needs`. */
  omitted?(context: Context): Finding | undefined;
  run(context: Context): Promise<Finding> | Finding;
}
