import type { AdapterPayload } from "oidc-provider";
import { mayUse } from "./customer-client.ts";
import type { CustomerProvider } from "./customer-provider.ts";

/** The client as oidc-provider should see it now. */
export function clientMetadata(
  owner: CustomerProvider,
  clientId: string,
  innerSecret: string,
): AdapterPayload | undefined {
  const client = owner.client(clientId);
  if (client === undefined) return undefined;
  // Whether this client may have them is looked at in the product's words.
  const idTokens = owner.vendor.idTokenResponse !== undefined;
  return {
    client_id: client.clientId,
    // It wants at least one; this one cannot exist (RFC 6761, section 6.4). Which are allowed is looked up live.
    redirect_uris: ["https://none.invalid/"],
    response_types: ["code", ...(idTokens ? ["id_token"] : [])],
    grant_types: [
      "authorization_code",
      ...(mayUse(client, "refresh_token") ? ["refresh_token"] : []),
      ...(idTokens ? ["implicit"] : []),
    ],
    token_endpoint_auth_method: "client_secret_post",
    client_secret: innerSecret,
    // Without it a client with redirect URIs at two hosts could not have subjects of its own.
    ...(owner.vendor.subject === undefined ? {} : { sector_identifier_uri: "https://none.invalid/sector" }),
  } as AdapterPayload;
}
