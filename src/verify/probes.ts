import { Secret } from "../secret/secret.ts";
import type { CheckId, IssuerContext, ProbeOptions, Probes, Where } from "./check.ts";
import { textMember } from "./documents.ts";
import { audiencesOf } from "./probe/audience.ts";
import { askAuthorization } from "./probe/authorization.ts";
import type { AuthorizationAnswer } from "./probe/authorization-answer.ts";
import { type Fault, foreignAddress, siblingAddress } from "./probe/authorization-request.ts";
import {
  type Audience,
  type Credential,
  inventedClientId,
  inventedSecret,
  type SecretMethod,
} from "./probe/credential.ts";
import { askEndSession } from "./probe/end-session.ts";
import { clientIdOf, type ProbeParts, redirectUriOf } from "./probe/parts.ts";
import { type PushedAnswer, pushRequest } from "./probe/pushed.ts";
import { askRevocation, type RevocationAnswer } from "./probe/revocation.ts";
import { askToken } from "./probe/token.ts";
import type { TokenAnswer } from "./probe/token-answer.ts";
import { readSigningKey, type SigningKey, strangersKey } from "./signing-key.ts";
import type { VerifySubject } from "./subject.ts";

/** What must be in order before anything that identifies the client is sent to an endpoint of the document. */
const beforeCredentials: readonly CheckId[] = ["D1", "D3", "D4", "D5", "D6"];

/** The probes of one subject. Every one is sent when it is first asked for, and at most once. */
export function probesOf(
  subject: VerifySubject,
  options: ProbeOptions,
  base: IssuerContext,
  hush: (value: string) => void,
): Probes {
  const { fetcher, ranFrom, preset } = base;
  const parts = async (): Promise<ProbeParts> => ({
    ...{ subject, metadata: await base.metadata(), preset, fetcher, ranFrom, hush },
  });
  const addresses: Readonly<Record<Where, () => string>> = {
    registered: () => redirectUriOf(subject),
    sibling: () => siblingAddress(redirectUriOf(subject)),
    foreign: foreignAddress,
  };
  const redeem = async (credential: Credential): Promise<TokenAnswer> => askToken(await parts(), credential);
  const secretBy = (method: SecretMethod): Credential => {
    if (subject.secret === undefined) throw new Error("a check asked for a secret probe without a secret");
    return { kind: "secret", method, value: subject.secret.value };
  };
  const wrongSecretBy = (method: SecretMethod): Credential => ({
    kind: "secret",
    method,
    value: new Secret(inventedSecret()),
  });
  const revoke = async (credential: Credential): Promise<RevocationAnswer | undefined> =>
    askRevocation(await parts(), credential);
  const signingKey = (): SigningKey => {
    const read = readSigningKey(subject.clientKey);
    if (!read.ok) throw new Error("a check asked for an assertion without a key that can sign it");
    return read.value;
  };
  const push = async (redirectUri: string, fault?: Fault): Promise<PushedAnswer | undefined> => {
    const credential = options.secretProbe ? ownCredential(subject) : undefined;
    const sound = beforeCredentials.every((id) => ["pass", "skipped"].includes(base.verdictOf(id) ?? ""));
    const sent = await parts();
    const offered = textMember(sent.metadata, "pushed_authorization_request_endpoint") !== undefined;
    return credential === undefined || !sound || !offered
      ? undefined
      : pushRequest(sent, credential, redirectUri, fault);
  };
  const authorize = async (where: Where, fault?: Fault): Promise<AuthorizationAnswer> => {
    const sent = await parts();
    if (sent.metadata.require_pushed_authorization_requests !== true) {
      return askAuthorization(sent, addresses[where](), { fault });
    }
    const because = "none may be pushed in this run: it needs the client's credential, and a sound document";
    const unsent: PushedAnswer = { kind: "unclear", because: `no answer, because ${because}`, facts: {} };
    return askAuthorization(sent, addresses[where](), {
      fault,
      push: async (uri, broken) => (await push(uri, broken)) ?? unsent,
    });
  };
  const broken = oncePer((name: string) => {
    const [fault, where] = name.split(" ");
    return authorize(where as Where, fault as Fault);
  });
  return {
    authorization: oncePer((where: Where) => authorize(where)),
    broken: (fault, where) => broken(`${fault} ${where}`),
    pushed: oncePer((where: Where) => push(addresses[where]())),
    signedOut: oncePer(async (address: string) => askEndSession(await parts(), address)),
    ownSecret: oncePer((method) => redeem(secretBy(method))),
    wrongSecret: oncePer((method) => redeem(wrongSecretBy(method))),
    ownSecretElsewhere: oncePer((method) => revoke(secretBy(method))),
    wrongSecretElsewhere: oncePer((method) => revoke(wrongSecretBy(method))),
    ownKey: oncePer((audience) => redeem({ kind: "assertion", key: signingKey(), audience })),
    wrongKey: oncePer(async (audience: Audience) =>
      redeem({ kind: "assertion", key: await strangersKey(signingKey()), audience }),
    ),
    bareClient: once(() => redeem({ kind: "none", clientId: clientIdOf(subject) })),
    unknownClient: once(() => redeem({ kind: "none", clientId: inventedClientId(clientIdOf(subject)) })),
  };
}

/** What the client shows of itself by its own method; undefined when it has not got what that takes. */
function ownCredential(subject: VerifySubject): Credential | undefined {
  const { clientAuth, secret, clientKey } = subject;
  switch (clientAuth) {
    case "client_secret_basic":
    case "client_secret_post":
      return secret === undefined ? undefined : { kind: "secret", method: clientAuth, value: secret.value };
    case "private_key_jwt": {
      const read = readSigningKey(clientKey);
      return read.ok ? { kind: "assertion", key: read.value, audience: audiencesOf(subject)[0] } : undefined;
    }
    case "none":
      return { kind: "none", clientId: clientIdOf(subject) };
    default:
      clientAuth satisfies never;
      return undefined;
  }
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
