import type { Storage } from "./storage.ts";

/** Kind under which it is remembered which token of oidc-provider a signed access token stands for. */
const kind = "SignedAccessToken";

/** From now on, for so many seconds, `signed` stands for a token of oidc-provider, which itself is seen by nobody. */
export async function rememberSigned(storage: Storage, signed: string, inner: string, seconds: number): Promise<void> {
  await storage.adapter(kind).upsert(signed, { token: inner } as never, seconds);
}

/** The token of oidc-provider that a signed one stands for; undefined when it is none that was given out here. */
export async function innerOf(storage: Storage, signed: string): Promise<string | undefined> {
  const kept = (await storage.adapter(kind).find(signed)) as { readonly token?: unknown } | undefined;
  return typeof kept?.token === "string" ? kept.token : undefined;
}
