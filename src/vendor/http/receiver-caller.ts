import { type JsonCall, type JsonReply, openJsonCaller } from "../json-caller.ts";
import type { HostLimiters } from "../limiter.ts";
import type { Clock, Network, Sleep } from "../network.ts";
import { openPacedFetch } from "../paced-fetch.ts";
import { type AccessTokens, accessTokens, type TokenClient } from "./access-token.ts";
import { type SigningKey, signatureHeaders } from "./signature.ts";

/** How the caller proves itself to the receiver. */
export type ReceiverCredential =
  | { readonly kind: "hmac"; readonly key: () => SigningKey }
  | { readonly kind: "oauth"; readonly client: TokenClient };

export interface ReceiverCallerOptions {
  /** Address before `/tenantry/v1`, without a slash at its end. */
  readonly receiver: string;
  readonly credential: ReceiverCredential;
  readonly network: Network;
  readonly limiters: HostLimiters;
  readonly clock: Clock;
  readonly sleep: Sleep;
}

/** Authenticated calls to one receiver. */
export interface ReceiverCaller {
  readonly host: string;
  /**
   * The answer, whatever its status; paths begin behind `/tenantry/v1`. Every call may be made again when its answer was
   * lost: a write carries an `Idempotency-Key`.
   *
   * @throws TransportFault when no answer came, TokenRefused when there is no access token
   */
  call(call: Omit<JsonCall, "repeatable">): Promise<JsonReply>;
  close(): Promise<void>;
}

/** The contract's place below the address of a receiver. */
const version = "/tenantry/v1";

/** Milliseconds for one exchange with a token endpoint, and bytes of its answer. */
const [tokenDeadline, largestToken] = [20_000, 1024 * 1024];

/** Opens a caller. Sends nothing yet. */
export async function openReceiverCaller(options: ReceiverCallerOptions): Promise<ReceiverCaller> {
  const { receiver, credential, network, limiters, clock, sleep } = options;
  const base = receiver + version;
  const tokens = credential.kind === "oauth" ? await openTokens(credential.client, options) : undefined;
  const caller = await openJsonCaller({
    ...{ base, network, sleep },
    limiter: limiters.of(new URL(base).host),
    headers: async (call, text): Promise<Readonly<Record<string, string>>> => {
      if (tokens !== undefined) return { authorization: `Bearer ${await tokens.source.get()}` };
      if (credential.kind !== "hmac") throw new TypeError("a caller without a credential");
      const headers = { ...(text === "" ? {} : { "content-type": "application/json" }), ...call.headers };
      const url = new URL(base + call.path).href;
      return signatureHeaders({ method: call.method, url, text, headers }, credential.key(), clock());
    },
  });
  return {
    host: caller.host,
    async call(call) {
      const reply = await caller.call({ ...call, repeatable: true });
      if (reply.status !== 401 || tokens === undefined) return reply;
      // A token may be taken back before its end: once, another one is tried.
      tokens.source.forget();
      return caller.call({ ...call, repeatable: true });
    },
    async close() {
      await caller.close();
      await tokens?.close();
    },
  };
}

async function openTokens(
  client: TokenClient,
  { network, limiters, clock }: ReceiverCallerOptions,
): Promise<{ readonly source: AccessTokens; close(): Promise<void> }> {
  const { fetch, close } = await openPacedFetch({
    network,
    limiter: limiters.of(new URL(client.tokenUrl).host),
    bucketOf: () => "token",
    deadline: tokenDeadline,
    largestBody: largestToken,
  });
  return { source: accessTokens(client, fetch, clock), close };
}
