import type { ConnectionKey, OrganizationPart, Registration } from "../../../src/desired/connection.ts";
import { addressOf } from "../../../src/desired/key.ts";
import type { PresentTenant } from "../../../src/idp/auth0/present.ts";
import type { PublicKey } from "../../../src/workspace/workspace.ts";

/** A connection's key. */
export const key = (text: string): ConnectionKey => text as ConnectionKey;

export const scope = { workspace: "acme", environment: "production" };

/** Ids of the Auth0 connections that the cases name. */
export const connectionIds = new Map([
  ["fernhill-oidc", "con_1"],
  ["fernhill-staff", "con_2"],
]);

/** An Auth0 tenant where nothing of ours is yet, but the connections are. */
export const nothingThere: PresentTenant = { clients: new Map(), connectionIds };

/** The organization of `fernhill`, with what the case is about changed. */
export function organization(change: Partial<OrganizationPart> = {}): OrganizationPart {
  return {
    kind: "organization",
    address: addressOf.organization("customers", "fernhill"),
    tenant: "fernhill",
    state: "active",
    name: "fernhill",
    displayName: "Fernhill Media",
    enabledConnections: ["fernhill-oidc"],
    ...change,
  };
}

/** A registration of `fernhill/portal`, with what the case is about changed. */
export function registration(change: Partial<Registration> = {}): Registration {
  const own = change.key ?? key("fernhill/portal");
  return {
    kind: "auth0",
    parts: [organization()],
    address: addressOf.client("customers", own),
    idp: "customers",
    key: own,
    marker: { ...scope, key: own },
    label: `${own} Fernhill Media (production)`,
    clientId: "",
    state: "active",
    redirectUris: ["https://portal.acme.example/openid/callback/w2mq7xk9d4tzr6vhc8nb"],
    postLogoutRedirectUris: [],
    grantTypes: ["authorization_code"],
    responseTypes: ["code"],
    clientAuth: "client_secret_basic",
    pkce: "S256",
    enabledConnections: ["fernhill-oidc"],
    ...change,
  };
}

const clientKey: PublicKey = { kty: "RSA", kid: "portal-key-1", alg: "RS256", n: "0vx7ag", e: "AQAB" };

/** Registrations that differ in what a client can differ in. */
export const registrations: Readonly<Record<string, Registration>> = {
  "a secret in the header": registration(),
  "a secret in the body": registration({ clientAuth: "client_secret_post" }),
  "a key": registration({ clientAuth: "private_key_jwt", clientKey }),
  "a key, while another is kept": registration({ clientAuth: "private_key_jwt", clientKey, keepKeys: true }),
  "no proof of its own": registration({ clientAuth: "none" }),
  "refresh tokens": registration({ grantTypes: ["authorization_code", "refresh_token"] }),
  "a way out, and two ways back": registration({
    postLogoutRedirectUris: ["https://portal.acme.example/", "https://portal.acme.example/bye"],
    redirectUris: ["https://portal.acme.example/callback", "https://portal.acme.example/old"],
  }),
  "switched off": registration({ state: "inactive", grantTypes: ["refresh_token", "authorization_code"] }),
  "several connections": registration({ enabledConnections: ["fernhill-oidc", "fernhill-staff"] }),
  "another sign-in": registration({ key: key("fernhill/portal/staff"), pkce: "off" }),
};
