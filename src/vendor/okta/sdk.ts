import type { Agent } from "node:https";
import type { Limiter } from "../limiter.ts";
import type { Clock } from "../network.ts";
import { checkPrivateKey, type OktaCredential } from "./credential.ts";
import { createExecutor, type SdkRequest } from "./executor.ts";
import { OktaFailure } from "./failure.ts";
import { checkedToken, tokenPath } from "./token.ts";

/** The one call of the SDK that is used: raw, because its typed models drop members that they do not know. */
export type SdkSend = (url: string, request: SdkRequest) => Promise<Response>;

export interface SdkOptions {
  /** Host name of the org. */
  readonly host: string;
  readonly credential: OktaCredential;
  /** Asked for with a private key; an API token has what its administrator has. */
  readonly scopes: readonly string[];
  readonly agent: Agent;
  readonly limiter: Limiter;
  /** Only for what is said of a refusal: the SDK itself goes by the machine's. */
  readonly clock: Clock;
  readonly deadline: number;
  readonly largestBody: number;
}

/**
 * Okta's SDK for Node.js 8.1, made to depend on nothing but what is passed in. Imported only here and only when needed.
 *
 * Of its parts only requests and authentication: its client would fill every gap from `OKTA_CLIENT_*` and `okta.yaml`,
 * and load all its models. Its cache is off: it would answer a read after a change of somebody else with the old state.
 * The agent is set on each request, after the SDK has put in a proxy from the environment.
 *
 * @throws OktaFailure OKTA_PRIVATE_KEY, OKTA_CREDENTIALS_REFUSED (an API token that no header can hold)
 */
export async function openSdk(options: SdkOptions): Promise<SdkSend> {
  const { host, credential, scopes, clock } = options;
  const settings = "apiToken" in credential ? tokenSettings(host, credential) : keySettings(credential, scopes);
  const [{ Http }, { OAuth }, { default: RequestExecutor }] = await Promise.all([
    import("@okta/okta-sdk-nodejs/src/http.js"),
    import("@okta/okta-sdk-nodejs/src/oauth.js"),
    import("@okta/okta-sdk-nodejs/src/request-executor.js"),
  ]);

  class LimitedExecutor extends RequestExecutor {
    readonly #send = createExecutor((request) => super.fetch(request as never), options);

    // The reply is a standard Response with its body read; the SDK uses only what that shares with node-fetch's.
    override fetch(request: SdkRequest): Promise<never> {
      const isToken = new URL(request.url ?? "").pathname === tokenPath;
      const send = () => this.#send(request);
      return (isToken ? checkedToken(host, scopes, clock, send) : send()) as Promise<never>;
    }
  }

  const requestExecutor = new LimitedExecutor();
  const client = { ...settings, baseUrl: `https://${host}`, requestExecutor };
  const oauth = "token" in settings ? undefined : new OAuth(client as never);
  shareTokenRequests(oauth);
  const http = new Http({ requestExecutor, oauth: oauth as never, cacheMiddleware: null });
  if ("token" in settings) http.defaultHeaders.Authorization = `SSWS ${settings.token}`;
  // Shown in the org's system log.
  http.defaultHeaders["User-Agent"] = "tenantry";
  return (url, request) => http.http(url, request as never) as Promise<never>;
}

function tokenSettings(host: string, credential: { readonly apiToken: { reveal(): string } }) {
  const token = credential.apiToken.reveal().trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    const message = `The API token for Okta (${host}) is empty or holds characters that no token has`;
    throw new OktaFailure("OKTA_CREDENTIALS_REFUSED", message, { effect: "none" });
  }
  return { token };
}

function keySettings(credential: Exclude<OktaCredential, { readonly apiToken: unknown }>, scopes: readonly string[]) {
  const privateKey = credential.privateKey.reveal();
  checkPrivateKey(privateKey);
  return { clientId: credential.clientId, scopes: [...scopes], privateKey, keyId: credential.keyId ?? "" };
}

/** Calls that start together share one token request; the SDK would send one for each. */
function shareTokenRequests(oauth: object | undefined): void {
  if (oauth === undefined) return;
  const holder = oauth as { getAccessToken: (nonce?: string | null) => Promise<unknown> };
  const request = holder.getAccessToken.bind(holder);
  let pending: Promise<unknown> | undefined;
  holder.getAccessToken = (nonce) => {
    if (nonce !== undefined && nonce !== null) return request(nonce);
    pending ??= request().finally(() => {
      pending = undefined;
    });
    return pending;
  };
}
