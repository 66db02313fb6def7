import { generateKeyPairSync } from "node:crypto";
import https from "node:https";
import type { AddressInfo } from "node:net";
import Oidc, { type ClientMetadata, type Configuration } from "oidc-provider";
import type { Network } from "../../src/vendor/network.ts";
import { createAuthority } from "./authority.ts";
import { newPair } from "./client-keys.ts";
import { issuer, redirectUri } from "./provider.ts";

export const goodbye = "https://app.example/goodbye";
/** The pair of the client `signs`. */
export const pair = newPair("ES256");
export const realSecret = "a-long-enough-secret-of-a-real-client-0123456789";

const common = {
  redirect_uris: [redirectUri, "https://app.example/openid/callback/second"],
  post_logout_redirect_uris: [goodbye],
  response_types: ["code"],
  grant_types: ["authorization_code"],
} as const;

function clients(): ClientMetadata[] {
  const client = (client_id: string, token_endpoint_auth_method: string, more: object = {}): ClientMetadata =>
    ({ ...common, client_id, token_endpoint_auth_method, ...more }) as unknown as ClientMetadata;
  return [
    client("basic", "client_secret_basic", { client_secret: realSecret }),
    client("post", "client_secret_post", { client_secret: realSecret }),
    client("signs", "private_key_jwt", {
      token_endpoint_auth_signing_alg: "ES256",
      jwks: { keys: [{ ...pair.publicKey, use: "sig" }] },
    }),
    client("public", "none"),
    client("expired", "client_secret_basic", { client_secret: realSecret, client_secret_expires_at: 1_000_000 }),
  ];
}

/** oidc-provider 9 as it is, on loopback over TLS. */
export async function startRealProvider(
  configuration: Configuration = {},
): Promise<{ readonly network: Network; close(): Promise<void> }> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...privateKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS256" };
  const provider = new Oidc(issuer, {
    clients: clients(),
    jwks: { keys: [jwk] },
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    scopes: ["openid", "offline_access", "email", "profile"],
    pkce: { required: () => true },
    cookies: { keys: ["a key of this test"] },
    ...configuration,
    features: {
      devInteractions: { enabled: false },
      jwtResponseModes: { enabled: true },
      webMessageResponseMode: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      ...configuration.features,
    },
  } as Configuration);
  const authority = await createAuthority();
  const server = https.createServer(await authority.issue(["idp.example"]), provider.callback());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    network: { connect: { host: "127.0.0.1", port, ca: authority.ca } },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
