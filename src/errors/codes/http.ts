import type { CodeEntry } from "../code.ts";

export const httpCodes = {
  HTTP_UNREACHABLE: {
    cause:
      "The receiver of an app, or the server that gives access tokens for it, did not answer, or answered that it is down.",
    mend: "Look whether it runs and can be reached from here, then run the command again; it looks at what is there and goes on.",
    exit: 5,
  },
  HTTP_NOT_RECEIVER: {
    cause: "What answers at the address of an app's receiver does not speak the contract of docs/apps/http.md.",
    mend: "Look at `receiver` of the app: it is the address before `/tenantry/v1`.",
    exit: 5,
  },
  HTTP_ANSWER_INVALID: {
    cause:
      "A receiver's answer is not what the contract says: no JSON, a member that is missing or of another kind, or too large.",
    mend: "Mend the receiver; docs/receiver/openapi.yaml has every answer. Nothing that it may have done is taken for done.",
    exit: 5,
  },
  HTTP_AUTH_REFUSED: {
    cause: "A receiver does not accept the signature or the access token.",
    mend: "Look whether both sides have the same key under the same key id, or whether the token is for this receiver.",
    exit: 5,
  },
  HTTP_CLOCK_DIFFERS: {
    cause: "A receiver refused a signature for its time: the two clocks differ.",
    mend: "Set the clock that is wrong right (NTP), then run the command again.",
    exit: 5,
  },
  HTTP_FORBIDDEN: {
    cause: "A receiver knows who asks and does not allow it.",
    mend: "Allow this key or client to write the records of the app and environment.",
    exit: 5,
  },
  HTTP_TOKEN_REFUSED: {
    cause: "The token endpoint of an app's receiver gave no access token that can be used.",
    mend: "Look at `auth.oauth` of the app: token endpoint, client id, secret and scope.",
    exit: 5,
  },
  HTTP_KEY_WEAK: {
    cause: "The key for signing requests to a receiver is shorter than 32 bytes.",
    mend: "Make one with `openssl rand -base64 32` and give it to both sides.",
    exit: 2,
  },
  HTTP_REFUSED: {
    cause: "A receiver refused a write as one that it cannot take.",
    mend: "The message is the receiver's; its team knows what it means.",
    exit: 5,
  },
  HTTP_CHANGED_MEANWHILE: {
    cause: "A tenant or record at a receiver was changed by somebody else between our look and our write.",
    mend: "Run the command again; it looks at what is there now.",
    exit: 5,
  },
  HTTP_FOREIGN_RECORD: {
    cause:
      "A record or tenant of this key stands at a receiver and belongs to another workspace or environment, or to nobody.",
    mend: "Find out whose it is. Nothing of others is ever changed.",
    exit: 4,
  },
  HTTP_TENANT_CLASH: {
    cause: "A receiver has the tenant under another id, or the id under another tenant.",
    mend: "Slug and id never change: put back what the tenant's file had.",
    exit: 4,
  },
  HTTP_TENANT_MISSING: {
    cause: "A record would be written for a tenant that the receiver does not have.",
    mend: "Run `tenantry apply` again; it writes the tenant first.",
    exit: 5,
  },
  HTTP_DOMAIN_TAKEN: {
    cause: "A domain of the tenant belongs to another tenant at the receiver.",
    mend: "Find out whose the domain is, and take it away from one of the two.",
    exit: 4,
  },
  HTTP_RECORD_MISSING: {
    cause: "A record that is to be switched on is not at the receiver.",
    mend: "Run `tenantry apply` again; it writes what is missing.",
    exit: 5,
  },
  HTTP_RECORD_NOT_PENDING: {
    cause: "A record at a receiver is switched off and cannot be switched on before it was written and proven anew.",
    mend: "Run `tenantry apply` again.",
    exit: 5,
  },
  HTTP_RECORD_RETIRED: {
    cause: "A record was taken away from a receiver for good, and its key is never used again.",
    mend: "Give the customer's connection another tenant slug, app or sign-in.",
    exit: 4,
  },
  HTTP_SECRET_MISSING: {
    cause: "A record would be written to a receiver without a client secret although its client has one.",
    mend: "Run `tenantry apply` again; the secret is read from the identity provider.",
    exit: 5,
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;
