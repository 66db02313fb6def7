import type { Preset } from "./shape.ts";

/** Keycloak, by the path of its realms. */
export const keycloak: Preset = {
  name: "keycloak",
  title: "Keycloak",
  issuer: {
    patterns: [/^https:\/\/[a-z0-9.-]+(?::\d+)?(?:\/[\w.~-]+)*\/realms\/[\w.~%-]+$/],
    certainty: "path",
    shape: "https://{host}/realms/{realm}",
    finalSlash: false,
    mistakes: [
      {
        pattern: /^https:\/\/[^/]+(?:\/[^/]+)*\/admin\/[^/]+\/console\/?$/,
        message: "is the address of Keycloak's admin console",
        hint: "write https://<host>/realms/<realm>",
      },
    ],
  },
  metadata: { claimsUnlisted: true, endSession: "standard" },
  clientAuth: {
    default: "client_secret_post",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    mark: "source",
  },
  groups: {
    claim: "groups",
    how: "add a client scope with a Group Membership mapper to the client; ask for its name only where it is optional",
  },
  roles: {
    claim: ["realm_access", "roles"],
    how: "Client scopes > roles > Mappers > realm roles: switch on Add to ID token; users or their groups have the realm roles",
  },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "returns",
    faultInjection: "allowed",
    answers: {
      P1: { is: "302 with `login_required`, state and iss", mark: "tried" },
      P2: { is: "as P3, unless the client has a redirect URI that ends in *", mark: "source" },
      P3: { is: "400, a page: Invalid parameter: redirect_uri", mark: "source" },
      P4: { is: "an error at the redirect URI", mark: "unconfirmed" },
      P5: { is: "PAR; a wrong address gives 400 `invalid_request`: Invalid parameter: redirect_uri", mark: "source" },
      P6: { is: "query, fragment, form_post, and the jwt forms of each", mark: "documented" },
      P7: { is: "an error page for an address that is not among Valid post logout redirect URIs", mark: "unconfirmed" },
      S1: { is: "400 `invalid_grant`: Code not valid", mark: "tried" },
      S2: { is: "401 `unauthorized_client`: Invalid client or Invalid client credentials", mark: "tried" },
    },
  },
  places: {
    redirectUri: "Keycloak admin console: the realm > Clients > the client > Settings > Valid redirect URIs",
    secret: "Keycloak admin console: the realm > Clients > the client > Credentials",
    publicKey: "Keycloak admin console: the realm > Clients > the client > Keys",
    scopes: "Keycloak admin console: the realm > Clients > the client > Client scopes",
    postLogout: "Keycloak admin console: the realm > Clients > the client > Settings > Valid post logout redirect URIs",
    signingAlgorithm:
      "Keycloak admin console: the realm > Clients > the client > Advanced > ID token signature algorithm",
  },
  notes: {
    D1: "Before version 17 the path began with /auth: /auth/realms/….",
    D3: "Keycloak's issuer follows its hostname setting: http instead of https or an inner host in it means that setting, or the proxy in front.",
    D13: "Keycloak's document lists few claims; groups and realm_access come from mappers.",
    D23: "Two issuers by turns mean nodes or proxies with different hostname settings.",
    P1: "invalid_scope: the client has no client scope of that name. A page that says Client not found is the client id.",
    P2: "A redirect URI that ends in * lets in every address below it: write the one address instead.",
    S1: "Keycloak says unauthorized_client, with 400 or 401 by version, for a wrong secret. A client of the kind Signed JWT refuses a secret with invalid_client.",
    S2: "Keycloak may count failed clients among its events; people's accounts are not locked.",
  },
  quirks: [
    "Groups are paths such as /staff unless Full group path is off; roles are nested in realm_access.roles.",
    "A scope without a client scope of its name ends the sign-in with invalid_scope.",
    "A client registered for client_secret_basic takes client_secret_post too, so a wrong method does not show.",
    "A secret with special characters sent by basic depends on the version (keycloak#16923).",
  ],
  sources: [
    "Keycloak 26.4 tried for P1, S1 and S2; its source for P3 and P5; keycloak#11741, #16923; homarr#2754 (invalid_scope)",
    "Unconfirmed: P4, P7. The path /realms/… could be another product's",
  ],
};
