import type { Connection } from "../desired/connection.ts";
import type { CheckResult } from "../store/evidence.ts";
import { type AppVerification, verifyApp } from "../verify/app/verify-app.ts";
import type { VerifySubject } from "../verify/subject.ts";
import type { World } from "./world.ts";

/** What a proof of the app's half may send; both are asked for on the command line. */
export interface AppProbeOptions {
  /** Whether the app is asked at all; true when absent. */
  readonly appProbe?: boolean | undefined;
  /** Whether an invented code goes to the app's callback, so that the deployed app shows that its own secret is right. */
  readonly appCode?: boolean | undefined;
}

/** The values that the app is to sign people in by. */
type Values = Pick<
  VerifySubject,
  "issuer" | "clientId" | "redirectUri" | "scopes" | "acrValues" | "pkce" | "responseMode"
>;

/**
 * Asks the app for its half of a connection (A1 to A9): everything is skipped where it names no start page.
 *
 * @param endpoint the authorization endpoint of the record
 * @param before what the identity provider's half has shown
 * @param state of the record: one that is pending need not be served yet
 */
export function proveAppHalf(
  world: Pick<World, "verifyIo">,
  { key, startUrl, proof }: Connection,
  values: Values,
  endpoint: string,
  before: readonly CheckResult[],
  { appProbe = true, appCode = false, state }: AppProbeOptions & { readonly state: "pending" | "active" },
  signal?: AbortSignal | undefined,
): Promise<AppVerification> {
  const { issuer, clientId = "", redirectUri = "", scopes, acrValues, pkce, responseMode } = values;
  const passed = (id: string): boolean => before.some((check) => check.id === id && check.verdict === "pass");
  return verifyApp(
    {
      ...{ key, startUrl, preset: proof.preset, authorizationEndpoint: endpoint },
      ...{ issuer, clientId, redirectUri, scopes, acrValues, pkce, responseMode },
    },
    world.verifyIo,
    {
      appProbe,
      appCode,
      pending: state === "pending",
      shown: { registered: passed("P1"), foreignRefused: passed("P3") },
      signal,
    },
  );
}
