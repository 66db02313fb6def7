import { Secret } from "../../secret/secret.ts";
import { required } from "./apps.ts";
import type { CallPurpose } from "./failure.ts";
import { readPages } from "./paging.ts";
import type { OktaTransport } from "./transport.ts";

/** One client secret of an app; an app has at most two. */
export interface OktaSecret {
  readonly id: string;
  readonly active: boolean;
  /** ISO 8601. */
  readonly created: string;
  readonly secret: Secret;
}

export interface OktaSecrets {
  list(appId: string): Promise<readonly OktaSecret[]>;
  /** Makes another one, active at once; Okta makes the value. Refused when the app has two. */
  create(appId: string): Promise<OktaSecret>;
}

export function oktaSecrets(transport: OktaTransport): OktaSecrets {
  const { host } = transport;
  const at = (appId: string) => `/api/v1/apps/${encodeURIComponent(appId)}/credentials/secrets`;
  return {
    async list(appId) {
      const purpose: CallPurpose = { what: `list the secrets of app ${appId}`, scope: "okta.apps.read", writes: false };
      return readPages(transport, at(appId), purpose, (item) => parseSecret(host, purpose, item));
    },

    async create(appId) {
      const purpose: CallPurpose = { what: `add a secret to app ${appId}`, scope: "okta.apps.manage", writes: true };
      const reply = await transport.send({ method: "POST", path: at(appId), body: {}, purpose });
      return parseSecret(host, purpose, reply.body);
    },
  };
}

/** The one to hand over: the newest among the active ones, the later in the list of two made in the same moment. */
export function newestActive(secrets: readonly OktaSecret[]): OktaSecret | undefined {
  return secrets
    .filter((secret) => secret.active)
    .reduce<OktaSecret | undefined>(
      (newest, secret) => (newest === undefined || secret.created >= newest.created ? secret : newest),
      undefined,
    );
}

function parseSecret(host: string, purpose: CallPurpose, item: unknown): OktaSecret {
  return {
    id: required(host, purpose, item, "id"),
    active: required(host, purpose, item, "status") === "ACTIVE",
    created: required(host, purpose, item, "created"),
    secret: new Secret(required(host, purpose, item, "client_secret")),
  };
}
