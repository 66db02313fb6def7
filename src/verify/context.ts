import { presetOf } from "../desired/preset.ts";
import { Secret } from "../secret/secret.ts";
import type { CheckResult } from "../store/evidence.ts";
import type { Clock } from "../vendor/network.ts";
import type { CheckContext, CheckId, IssuerContext, Probes } from "./check.ts";
import { type Documents, textMember } from "./documents.ts";
import { explicitMetadata } from "./explicit.ts";
import type { Fetcher } from "./fetch/fetcher.ts";
import { addressBelow, askAuthorization, foreignAddress } from "./probe/authorization.ts";
import type { AuthorizationAnswer } from "./probe/authorization-answer.ts";
import { askToken, type Credential, inventedClientId, inventedSecret, type SecretMethod } from "./probe/token.ts";
import type { TokenAnswer } from "./probe/token-answer.ts";
import { readSigningKey, type SigningKey, strangersKey } from "./signing-key.ts";
import type { IssuerSource, VerifySubject } from "./subject.ts";

/** What contexts are made from. */
export interface ContextInput {
  readonly ranFrom: string;
  readonly fetcher: Fetcher;
  readonly documents: Documents;
  readonly looksForDocument: boolean;
  readonly clock: Clock;
  /** Results of the checks that ran before. */
  readonly results: ReadonlyMap<CheckId, CheckResult>;
}

/** A context for the checks of the issuer alone. */
export function issuerContext(source: IssuerSource, { results, ...input }: ContextInput): IssuerContext {
  return {
    ...input,
    subject: source,
    preset: presetOf(source.issuer, source.preset),
    verdictOf: (id) => results.get(id)?.verdict,
    async metadata() {
      if (source.endpoints !== undefined) return explicitMetadata(source.endpoints);
      const read = await input.documents.discovery(source.issuer);
      if (!read.ok) throw new Error("a check looked at the discovery document without needing D1");
      return read.value;
    },
  };
}

/** A context for all checks of a client. `hush` is told every random or secret value that is sent. */
export function checkContext(
  subject: VerifySubject,
  options: CheckContext["options"],
  input: ContextInput,
  hush: (value: string) => void,
): CheckContext {
  const base = issuerContext(subject, input);
  if (subject.secret !== undefined) hush(subject.secret.value.reveal());
  return {
    ...base,
    subject,
    options,
    probes: probesOf(subject, base, hush),
    async keys() {
      const read = await base.documents.keys(textMember(await base.metadata(), "jwks_uri") ?? "");
      return read.ok ? (read.value.keys as readonly unknown[]) : undefined;
    },
  };
}

function probesOf(subject: VerifySubject, base: IssuerContext, hush: (value: string) => void): Probes {
  const { fetcher, ranFrom } = base;
  const authorize = async (redirectUri: string): Promise<AuthorizationAnswer> =>
    askAuthorization({ subject, metadata: await base.metadata(), fetcher, ranFrom, hush }, redirectUri);
  const redeem = async (credential: Credential): Promise<TokenAnswer> =>
    askToken({ subject, metadata: await base.metadata(), fetcher, ranFrom, credential, hush });
  const ownSecret = (method: SecretMethod): Promise<TokenAnswer> => {
    if (subject.secret === undefined) throw new Error("a check asked for a secret probe without a secret");
    return redeem({ kind: "secret", method, value: subject.secret.value });
  };
  const signingKey = (): SigningKey => {
    const read = readSigningKey(subject.clientKey);
    if (!read.ok) throw new Error("a check asked for an assertion without a key that can sign it");
    return read.value;
  };
  return {
    registered: once(() => authorize(subject.redirectUri)),
    below: once(() => authorize(addressBelow(subject.redirectUri))),
    foreign: once(() => authorize(foreignAddress())),
    ownSecret: oncePer(ownSecret),
    wrongSecret: oncePer((method) => redeem({ kind: "secret", method, value: new Secret(inventedSecret()) })),
    ownKey: oncePer((audience) => redeem({ kind: "assertion", key: signingKey(), audience })),
    wrongKey: oncePer(async (audience) =>
      redeem({ kind: "assertion", key: await strangersKey(signingKey()), audience }),
    ),
    bareClient: once(() => redeem({ kind: "none", clientId: subject.clientId })),
    unknownClient: once(() => redeem({ kind: "none", clientId: inventedClientId(subject.clientId) })),
  };
}

/** Asks when it is first wanted, and gives the same answer ever after. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}

/** As `once`, for each argument. */
function oncePer<A extends string, T>(ask: (argument: A) => Promise<T>): (argument: A) => Promise<T> {
  const asked = new Map<A, Promise<T>>();
  return (argument) => {
    const answer = asked.get(argument) ?? ask(argument);
    asked.set(argument, answer);
    return answer;
  };
}
