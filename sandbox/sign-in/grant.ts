import type { KoaContextWithOIDC } from "oidc-provider";

/** Grants a client all that it asked for: enterprise apps are trusted or consented to by an admin, so nobody is asked. */
export async function grantEverything(context: KoaContextWithOIDC) {
  const { client, account, params, provider } = context.oidc;
  if (client === undefined || account === undefined) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: account.accountId });
  grant.addOIDCScope(String(params?.scope ?? ""));
  await grant.save();
  return grant;
}
