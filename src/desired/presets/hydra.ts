import { notKnown, type Preset } from "./shape.ts";

/** Ory Hydra, under whatever address its operator gave it: only the tenant file can name it. */
export const hydra: Preset = {
  name: "hydra",
  title: "Ory Hydra",
  issuer: { patterns: [], certainty: "none", shape: "https://{host}/, as `urls.self.issuer` says it" },
  metadata: { claimsUnlisted: true, endSession: "standard" },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    mark: "source",
  },
  groups: { how: "the operator's login and consent app decides which claims are sent" },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "returns",
    faultInjection: "allowed",
    answers: {
      P1: { is: "303 with `login_required`", mark: "source" },
      P2: { is: "as P3", mark: "source" },
      P3: { is: "302 to urls.error or /oauth2/fallbacks/error with `invalid_request`", mark: "source" },
      P4: { is: "an error at the redirect URI; a state under 8 characters gives `invalid_state`", mark: "source" },
      P5: notKnown,
      P6: { is: "query, fragment, form_post", mark: "unconfirmed" },
      P7: notKnown,
      S1: { is: "400 `invalid_grant`", mark: "source" },
      S2: { is: "401 `invalid_client`; the hint names the registered method", mark: "source" },
    },
  },
  places: {
    redirectUri: "hydra update oauth2-client: --redirect-uri (redirect_uris)",
    secret: "hydra update oauth2-client: --secret (client_secret)",
    publicKey: "hydra update oauth2-client: jwks",
    scopes: "hydra update oauth2-client: --scope (scope)",
    postLogout: "hydra update oauth2-client: --post-logout-callback (post_logout_redirect_uris)",
  },
  notes: {
    D3: "Hydra's issuer is what its operator wrote, often with a final slash: copy it letter by letter.",
    P1: "Hydra sends a refusal to an error page of the operator's, not to the redirect URI.",
    S1: "Hydra is strict about the method (token_endpoint_auth_method of the client).",
  },
  quirks: ["Ports of loopback addresses do not count when redirect URIs are compared."],
  sources: ["hydra's source at 83127c57; not run", "Unconfirmed: P5, P6, P7; flags of its command line"],
};
