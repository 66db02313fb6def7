import { notKnown, type Preset } from "./shape.ts";

/** dex, under whatever address its operator gave it: only the tenant file can name it. */
export const dex: Preset = {
  name: "dex",
  title: "dex",
  issuer: { patterns: [], certainty: "none", shape: "https://{host}/dex, or whatever `issuer` its configuration says" },
  metadata: { claimsUnlisted: true },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post", "none"],
    mark: "source",
  },
  groups: {
    scope: "groups",
    claim: "groups",
    how: "ask for the scope `groups`; the connector must be set to give them",
  },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "ignored",
    faultInjection: "allowed",
    fault: "omit-openid",
    answers: {
      P1: {
        is: "ignored without sessions (the default): the login page or 302 to the connector; `login_required` with them",
        mark: "source",
      },
      P2: { is: "as P3", mark: "source" },
      P3: {
        is: "400, a page: Unregistered redirect_uri. With several connectors the picker comes first",
        mark: "source",
      },
      P4: { is: "without openid: 303 with `invalid_scope`", mark: "source" },
      P5: notKnown,
      P6: { is: "query", mark: "unconfirmed" },
      P7: notKnown,
      S1: { is: "400 `invalid_grant`: Invalid or expired code parameter.", mark: "source" },
      S2: { is: "401 `invalid_client`", mark: "source" },
    },
  },
  places: {
    redirectUri: "dex's configuration: staticClients > the client > redirectURIs",
    secret: "dex's configuration: staticClients > the client > secret",
  },
  notes: {
    D24: "dex lets its key set be kept for ten minutes.",
    P1: "dex ignores prompt=none unless sessions are switched on; P4 proves the address then. With several connectors it shows their list for any address, unless extraParams names a connector_id.",
    P3: "dex looks at the redirect URI only behind the step to the connector; with several connectors name one by connector_id.",
    P4: "dex tells a request without openid at a registered redirect URI.",
  },
  quirks: [
    "It goes to /auth/{connector} before it looks at the redirect URI.",
    "Sessions are off by default, so it has no memory of who is signed in.",
  ],
  sources: ["dex's source at ab64ed77; not run", "Unconfirmed: P5, P6, P7"],
};
