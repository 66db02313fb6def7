import type { ConnectionKey, Digest } from "../../src/desired/connection.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { CheckResult } from "../../src/store/evidence.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import { type Verification, type VerifyIo, type VerifyOptions, verifySubject } from "../../src/verify/verify.ts";
import { clientId, clientSecret, issuer, type Provider, redirectUri } from "./provider.ts";

export function subjectWith(changes: Partial<VerifySubject> = {}): VerifySubject {
  return {
    key: "acme/portal" as ConnectionKey,
    specDigest: "0".repeat(64) as Digest,
    issuer,
    clientId,
    clientAuth: "client_secret_basic",
    secret: { value: new Secret(clientSecret), copy: "idp" },
    redirectUri,
    scopes: ["openid", "email", "profile"],
    pkce: "S256",
    responseMode: "query",
    acrValues: [],
    extraParams: {},
    console: { redirectUri: "Console: App > Redirects", secret: "Console: App > Secrets" },
    ...changes,
  };
}

export function ioOf(provider: Pick<Provider, "network">, settings: Partial<VerifyIo["settings"]> = {}): VerifyIo {
  return {
    network: provider.network,
    clock: () => Date.UTC(2026, 0, 1),
    settings: { allowPrivate: [], deadline: 2_000, maxAge: 3_600_000, wrongSecretControl: true, ...settings },
    ranFrom: "runner.example",
  };
}

export function verify(
  provider: Provider,
  changes: Partial<VerifySubject> = {},
  options: Partial<VerifyOptions> = {},
): Promise<Verification> {
  return verifySubject(subjectWith(changes), ioOf(provider), {
    secretProbe: true,
    wrongSecretControl: true,
    ...options,
  });
}

/** The check of one id. */
export function check(verification: Verification, id: string): CheckResult {
  const found = verification.checks.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
}

/** Ids of the checks with a verdict. */
export function idsOf(verification: Verification, verdict: CheckResult["verdict"]): string[] {
  return verification.checks.filter((one) => one.verdict === verdict).map((one) => one.id);
}
