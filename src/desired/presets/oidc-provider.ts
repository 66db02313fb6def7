import type { Preset } from "./shape.ts";

/** A server on the certified library oidc-provider, or one that keeps to the specification as closely. */
export const oidcProvider: Preset = {
  name: "oidc-provider",
  title: "oidc-provider, and other certified servers",
  issuer: { patterns: [], certainty: "none", shape: "https://{host}, as its operator wrote it" },
  metadata: { endSession: "standard" },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    mark: "tried",
  },
  groups: { how: "the operator decides which scopes and claims there are" },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "returns",
    faultInjection: "allowed",
    answers: {
      P1: { is: "303 with `login_required`, state and iss", mark: "tried" },
      P2: { is: "as P3", mark: "tried" },
      P3: { is: "400, a page with `invalid_redirect_uri`", mark: "tried" },
      P4: { is: "303 with the error for a broken response_type, PKCE, prompt or response_mode", mark: "tried" },
      P5: { is: "PAR: 201; a wrong address 400, a wrong secret 401", mark: "tried" },
      P6: { is: "form_post as a page of status 400 with a form that submits itself", mark: "tried" },
      P7: { is: "200, a page that asks; 400 for an unregistered address", mark: "tried" },
      S1: { is: "400 `invalid_grant`", mark: "tried" },
      S2: { is: "401 `invalid_client`; 400 `invalid_client` when the secret has expired", mark: "tried" },
    },
  },
  places: {
    redirectUri: "the client's metadata: redirect_uris",
    secret: "the client's metadata: client_secret",
    publicKey: "the client's metadata: jwks",
    scopes: "the client's metadata: scope",
    postLogout: "the client's metadata: post_logout_redirect_uris",
    signingAlgorithm: "the client's metadata: id_token_signed_response_alg",
  },
  notes: {
    D12: "oidc-provider ignores scopes that it does not know, so a wrong one shows only as a missing claim.",
    P1: "oidc-provider compares redirect URIs exactly: a final slash, a port and upper or lower case count.",
    P5: "oidc-provider may be set to take unregistered redirect URIs by PAR from confidential clients.",
    S1: "oidc-provider takes a secret by either method, so a wrong method does not show.",
  },
  quirks: [
    "Unknown scopes are ignored.",
    "A client registered for client_secret_basic takes client_secret_post too, and the other way round.",
  ],
  sources: ["oidc-provider 9.13.3 and 8.8.1, tried on loopback"],
};
