import type { Storage } from "../../sign-in/storage.ts";
import type { SignInRequest } from "../state.ts";
import type { Auth0Tenant } from "../tenant.ts";

/** For so long (ms) each is kept, even when nothing has come of the sign-in yet. */
const kept = 3_600_000;

/** Remembers what a sign-in was asked for. Those that are old are forgotten when no code or token is left of them. */
export async function rememberRequest(
  tenant: Auth0Tenant,
  storage: Storage,
  grantId: string,
  request: Omit<SignInRequest, "at">,
): Promise<void> {
  const now = tenant.now();
  await forgetOld(tenant.state.signInRequests, storage, now - kept);
  tenant.state.signInRequests.set(grantId, { ...request, at: now });
}

async function forgetOld(requests: Map<string, SignInRequest>, storage: Storage, before: number): Promise<void> {
  let living: ReadonlySet<unknown> | undefined;
  for (const [grantId, { at }] of requests) {
    // The oldest come first.
    if (at > before) return;
    living ??= storage.livingGrants();
    if (living.has(grantId)) continue;
    requests.delete(grantId);
    await storage.adapter("Grant").destroy(grantId);
  }
}
