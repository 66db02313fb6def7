import type { ConnectionKey } from "../../desired/connection.ts";
import type { Json } from "../../desired/json.ts";
import type { Secret } from "../../secret/secret.ts";
import { type Auth0Credential, connectionReadScopes } from "../../vendor/auth0/credential.ts";
import { auth0Rates } from "../../vendor/auth0/published-rates.ts";
import { openAuth0Tenant } from "../../vendor/auth0/tenant.ts";
import type { Auth0App } from "../../workspace/apps/auth0.ts";
import { parseReference } from "../../workspace/reference.ts";
import type { Auth0IdentityProvider } from "../../workspace/workspace.ts";
import type { AppAdapter } from "../app.ts";
import type { AppOpenOptions, KeptValues } from "../open-options.ts";
import { ClientNames } from "./client-names.ts";
import { observeConnections } from "./observe.ts";
import { type Auth0Place, ownConnection } from "./place.ts";
import {
  activateConnection,
  disableConnection,
  removeConnection,
  restoreConnection,
  settleConnection,
  writeTenant,
} from "./record-state.ts";
import { writeConnection } from "./record-write.ts";

/** Calls under way at once: Auth0's smallest buckets hold five. */
const concurrency = 4;

/**
 * The connection records of an app of kind `auth0`: enterprise connections of the platform's own Auth0 tenant. Sends
 * nothing and asks for no secret before it is used; Auth0's SDK (0.2 s) is loaded then.
 */
export async function openAuth0App(options: AppOpenOptions<Auth0App>): Promise<AppAdapter> {
  const { app } = options;
  let opened: Promise<Auth0Place> | undefined;
  const place = (): Promise<Auth0Place> => {
    opened ??= openPlace(options);
    return opened;
  };
  return {
    name: app.name,
    gate: "staged",
    showsSecret: true,
    observe: async (wanted, others = true) => observeConnections(await place(), wanted, others),
    writeTenant: async (tenant, proven = new Map()) => writeTenant(await place(), tenant, proven),
    write: async (write) => writeConnection(await place(), write),
    activate: async (key, unproven = false) => activateConnection(await place(), key, unproven),
    settle: async (key) => settleConnection(await place(), key),
    restore: async (key) => restoreConnection(await place(), key),
    disable: async (key) => disableConnection(await place(), key),
    remove: async (key) => removeConnection(await place(), key),
    async secretOf(key) {
      const own = await ownConnection(await place(), key);
      if (own?.connection.secret === undefined) return undefined;
      return { id: own.note.secretId ?? "", value: own.connection.secret };
    },
    async close() {
      await (await opened)?.tenant.close();
      opened = undefined;
    },
  };
}

async function openPlace(options: AppOpenOptions<Auth0App>): Promise<Auth0Place> {
  const { app, workspace, access, network, limiters, clock, sleep, know, kept } = options;
  const idp = workspace.identityProviders.get(app.identityProvider);
  if (idp?.kind !== "auth0") throw new TypeError(`${app.name}: ${app.identityProvider} is no Auth0 tenant`);
  const tenant = await openAuth0Tenant({
    host: idp.domain,
    credential: credentialOf(idp, options),
    limiter: limiters.of(idp.domain, { share: idp.limits.share, concurrency, rates: auth0Rates }),
    readScopes: connectionReadScopes,
    ...{ access, network, clock, sleep },
  });
  const scope = { workspace: workspace.name, environment: workspace.environment };
  return {
    ...{ app, tenant, scope, know },
    organizationName: (slug) => idp.organizationName.replaceAll("{tenant}", slug),
    clients: new ClientNames(tenant, scope),
    kept: kept ?? inMemory(),
    oldSecrets: new Map<ConnectionKey, Secret | undefined>(),
    ids: new Map<ConnectionKey, string>(),
  };
}

function credentialOf(
  { credentials, name }: Auth0IdentityProvider,
  { resolve }: Pick<AppOpenOptions, "resolve">,
): Auth0Credential {
  if ("token" in credentials) return { token: resolve(credentials.token, `the token of ${name}`) };
  const { clientSecret } = credentials;
  // A run that only looks may come in by another client: then a reference stands in the place of the id.
  const reference = parseReference(credentials.clientId);
  const clientId =
    reference === undefined ? credentials.clientId : resolve(reference, `the client id of ${name}`).reveal();
  return { clientId, clientSecret: resolve(clientSecret, `the secret of ${name}`) };
}

/** Of a run without a store, which changes nothing that would have to be put back later. */
function inMemory(): KeptValues {
  const values = new Map<ConnectionKey, Json>();
  return {
    async keep(key, value) {
      values.set(key, value);
    },
    read: async (key) => values.get(key),
    async forget(key) {
      values.delete(key);
    },
  };
}
