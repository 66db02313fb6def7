import type { CodeEntry } from "../code.ts";

export const oktaCodes = {
  OKTA_PRIVATE_KEY: {
    cause: "The private key of the Okta credentials is no RSA key that can be read (PEM or JWK, without a passphrase).",
    mend: "Give the RSA private key of the service app as PKCS#8 or PKCS#1 PEM, or as a JWK.",
    exit: 2,
  },
  OKTA_CREDENTIALS_REFUSED: {
    cause: "Okta did not accept the API token, or the client id and private key, of the workspace.",
    mend: "Check that the token is not revoked, or that the client id and the public key belong to an active service app of this org.",
    exit: 5,
  },
  OKTA_PERMISSION_MISSING: {
    cause: "The credentials are right, but may not do what was asked.",
    mend: "Grant the scope that the message names to the service app, and give it (or the token's administrator) a role that may manage apps.",
    exit: 5,
  },
  OKTA_NOT_FOUND: {
    cause: "An object was gone when it was about to be used; somebody may have deleted it meanwhile.",
    mend: "Plan again, and read what it proposes.",
    exit: 5,
  },
  OKTA_REJECTED: {
    cause: "Okta refused the values that were sent.",
    mend: "Mend the value that the message names in the tenant's file, then plan again.",
    exit: 5,
  },
  OKTA_RATE_LIMITED: {
    cause: "Okta went on answering 429 for longer than Tenantry waits.",
    mend: "Try again later, lower `limits.share`, or find out what else uses up the org's rate limit.",
    exit: 5,
  },
  OKTA_UNAVAILABLE: {
    cause: "Okta answered with a fault of its own (status 500 and above), again after a wait.",
    mend: "Look at Okta's status page and try again. What was begun is resumed.",
    exit: 5,
  },
  OKTA_UNREACHABLE: {
    cause: "No answer came from the Okta org: name not found, no route, TLS refused, connection cut or timed out.",
    mend: "Check `domain`, the network and its proxies. What was begun is resumed by the next run.",
    exit: 7,
  },
  OKTA_UNEXPECTED_ANSWER: {
    cause:
      "Something answered at the org's address, but not as Okta does: a redirect, no JSON, missing fields, too large.",
    mend: "Check that `domain` is the org's own address and that no proxy answers in its place.",
    exit: 5,
  },
  OKTA_GROUP_MISSING: {
    cause: "A group that the sign-in names does not exist at the org, or not exactly once.",
    mend: "Create the group at Okta, or mend its name under `groups:`. Everyone is said with `everyone: true`.",
    exit: 2,
  },
  OKTA_GROUP_UNCLEAR: {
    cause: "The reply to creating a group was lost, and looking for the group did not show whether it was made.",
    mend: "Apply again in a minute: a group that was made is used, and a second one of its name is never made.",
    exit: 7,
  },
  OKTA_POLICY_MISSING: {
    cause: "The access policy that the sign-in names does not exist at the org, is switched off, or is there twice.",
    mend: "Mend the name under `accessPolicy:`, or create or activate the policy under Security > Authentication Policies.",
    exit: 2,
  },
  OKTA_AUTHORIZATION_SERVER_MISSING: {
    cause:
      "The custom authorization server that people should sign in by does not exist at the org, or is switched off. Without API Access Management an org has none, not even `default`.",
    mend: "Mend `authorizationServer:` (the id under Security > API), activate the server, or use `org`.",
    exit: 2,
  },
  OKTA_SERVER_TAKEN: {
    cause:
      "An authorization server of the name that the file describes is at the org already, and Tenantry has not made it.",
    mend: "Leave `audience` out to use that server as it is, or choose another name.",
    exit: 4,
  },
  OKTA_APPLICATION_TYPE: {
    cause:
      "Okta fixes an app's type when it is made. One that was made with a secret or a key can never do without, and the file wants that.",
    mend: "Keep `clientAuth` as it was, or declare a second sign-in of another name, which gets a client of its own.",
    exit: 4,
  },
  OKTA_DUPLICATE: {
    cause: "Two apps at the org carry the same ownership marker, so it cannot be told which one is the connection's.",
    mend: "Find out which one is in use and remove the `tenantry…` values from the profile of the other.",
    exit: 4,
  },
  OKTA_FOREIGN: {
    cause: "The app that was about to be changed no longer carries this workspace's and environment's marker.",
    mend: "Find out who changed its profile. Tenantry changes only what carries its marker.",
    exit: 4,
  },
  OKTA_CLIENT_ID_TAKEN: {
    cause: "An app that is not ours has the client id that this connection asks for. It was left alone.",
    mend: "Remove that app, or give it back its marker in its profile if it was made by Tenantry.",
    exit: 4,
  },
  OKTA_CREATE_UNCLEAR: {
    cause: "The reply to creating an app was lost, and looking for the app did not show whether it was made.",
    mend: "Apply again in a minute: an app that was made is taken over, and a second one is never made.",
    exit: 7,
  },
  OKTA_SECRET_MISSING: {
    cause: "The app has no active client secret that could be handed over.",
    mend: "Activate or add a client secret at the app's credentials, then apply again.",
    exit: 5,
  },
} as const satisfies Record<string, CodeEntry>;
