import { Secret } from "../secret/secret.ts";
import type { CheckResult } from "../store/evidence.ts";
import type { CheckContext, CheckId, IssuerContext, Probes } from "./check.ts";
import { type Documents, textMember } from "./documents.ts";
import type { Fetcher } from "./fetch/fetcher.ts";
import { addressBelow, askAuthorization, foreignAddress } from "./probe/authorization.ts";
import type { AuthorizationAnswer } from "./probe/authorization-answer.ts";
import { askToken, inventedSecret, type SecretMethod } from "./probe/token.ts";
import type { TokenAnswer } from "./probe/token-answer.ts";
import type { VerifySubject } from "./subject.ts";

/** What contexts are made from. */
export interface ContextInput {
  readonly ranFrom: string;
  readonly fetcher: Fetcher;
  readonly documents: Documents;
  /** Results of the checks that ran before. */
  readonly results: ReadonlyMap<CheckId, CheckResult>;
}

/** A context for the checks of the issuer alone. */
export function issuerContext(issuer: string, { results, ...input }: ContextInput): IssuerContext {
  return {
    ...input,
    subject: { issuer },
    verdictOf: (id) => results.get(id)?.verdict,
    async metadata() {
      const read = await input.documents.discovery(issuer);
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
  const base = issuerContext(subject.issuer, input);
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
  const redeem = async (secret: Secret, method: SecretMethod): Promise<TokenAnswer> =>
    askToken({ subject, metadata: await base.metadata(), fetcher, ranFrom, secret, method, hush });
  const own = (method: SecretMethod) =>
    once(() => {
      if (subject.secret === undefined) throw new Error("a check asked for a secret probe without a secret");
      return redeem(subject.secret.value, method);
    });
  const usual = subject.clientAuth === "client_secret_post" ? "client_secret_post" : "client_secret_basic";
  const ownSecret = {
    client_secret_basic: own("client_secret_basic"),
    client_secret_post: own("client_secret_post"),
  };
  return {
    registered: once(() => authorize(subject.redirectUri)),
    below: once(() => authorize(addressBelow(subject.redirectUri))),
    foreign: once(() => authorize(foreignAddress())),
    ownSecret: (method = usual) => ownSecret[method](),
    wrongSecret: once(() => redeem(new Secret(inventedSecret()), usual)),
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
