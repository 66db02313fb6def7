import type { ConnectionKey } from "../../desired/connection.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import { openReceiverCaller, type ReceiverCredential } from "../../vendor/http/receiver-caller.ts";
import type { HttpApp } from "../../workspace/apps/http.ts";
import type { AppAdapter, RecordWrite } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";
import type { ShownConnection, Tagged } from "./answers.ts";
import { observeRecords, ownerText } from "./observe.ts";
import { resourcesOf, type WrittenConnection } from "./resources.ts";
import { writeTenant } from "./tenant-write.ts";
import { valuesOf } from "./values.ts";

/** Bytes that a signing key has at least: as many as the digest that it makes (RFC 2104, section 3). */
const shortestKey = 32;

/**
 * The connection records of an app behind a receiver: docs/apps/http.md. Each write looks first, carries the tag of what
 * it saw, and is refused by the receiver when that has changed meanwhile. The receiver keeps the states and the old
 * values. Nothing is sent before the first operation.
 *
 * @throws TenantryError HTTP_…, of every operation
 */
export async function openHttpApp(options: AppOpenOptions<HttpApp>): Promise<AppAdapter> {
  const { app, workspace, network, limiters, clock, sleep } = options;
  const managedBy = `${workspace.name}/${workspace.environment}`;
  const caller = await openReceiverCaller({
    ...{ receiver: app.receiver, network, limiters, clock, sleep },
    credential: credentialOf(options),
  });
  const resources = resourcesOf(caller, app.name, clock);

  /** The record that is ours; undefined when there is none. */
  const ownRecord = async (key: ConnectionKey): Promise<Tagged<ShownConnection> | undefined> => {
    const there = await resources.connection(key);
    if (there === undefined || there.value.managedBy === managedBy) return there;
    const owner = ownerText(there.value.managedBy);
    throw new TenantryError("HTTP_FOREIGN_RECORD", `The record ${key} belongs to ${owner}, not to ${managedBy}.`);
  };
  const isRetired = async (tenant: string): Promise<boolean> => {
    const records = await resources.connections(managedBy, tenant);
    return records.length > 0 && records.every(({ state }) => state === "tombstone");
  };

  return {
    name: app.name,
    gate: "staged",
    showsSecret: false,
    observe: (wanted, others = true) => observeRecords(resources, app.name, wanted, managedBy, others),
    async writeTenant(tenant, proven = new Map()) {
      const retired = tenant.status !== "active" && (await isRetired(tenant.tenant));
      const now = new Date(clock()).toISOString();
      await writeTenant(resources, tenant, proven, { managedBy, now, retired });
    },
    async write(write) {
      const { key } = write.record;
      const there = await ownRecord(key);
      if (there?.value.state === "tombstone") throw retired(key);
      await resources.putConnection(key, writtenOf(write, app, managedBy), there?.tag);
    },
    async activate(key, unproven = false) {
      const there = await ownRecord(key);
      if (there === undefined) throw new TenantryError("HTTP_RECORD_MISSING", `The record ${key} is not there.`);
      switch (there.value.state) {
        case "active":
          return;
        case "pending":
          return resources.putState(key, "active", unproven, there.tag);
        case "disabled":
          throw new TenantryError("HTTP_RECORD_NOT_PENDING", `The record ${key} is disabled.`);
        case "tombstone":
          throw retired(key);
        default:
          there.value.state satisfies never;
      }
    },
    async settle(key) {
      const there = await ownRecord(key);
      if (there === undefined || there.value.previous === null) return;
      await resources.forgetPrevious(key, there.tag);
    },
    async restore(key) {
      const there = await ownRecord(key);
      if (there === undefined || there.value.previous === null) return;
      await resources.restorePrevious(key, there.tag);
    },
    async disable(key) {
      const there = await ownRecord(key);
      if (there === undefined || there.value.state === "disabled" || there.value.state === "tombstone") return;
      await resources.putState(key, "disabled", false, there.tag);
    },
    async remove(key) {
      const there = await ownRecord(key);
      if (there === undefined) return;
      if (there.value.state !== "tombstone") await resources.deleteConnection(key, there.tag);
      // With its last record a tenant that is not active any more gives up its domains, for another slug to take.
      const tenant = await resources.tenant(tenantOfKey(key));
      if (tenant === undefined || tenant.value.managedBy !== managedBy || tenant.value.status === "active") return;
      if (tenant.value.domains.length === 0 || !(await isRetired(tenant.value.tenant))) return;
      const { tenant: slug, ...value } = tenant.value;
      await resources.putTenant(slug, { ...value, managedBy, domains: [] }, tenant.tag);
    },
    secretOf: async () => undefined,
    close: () => caller.close(),
  };
}

function retired(key: ConnectionKey): TenantryError {
  return new TenantryError("HTTP_RECORD_RETIRED", `The record ${key} was removed, and its key is never used again.`);
}

function writtenOf(write: RecordWrite, app: HttpApp, managedBy: string): WrittenConnection {
  const { record, secret, specDigest } = write;
  if (secret === undefined && record.clientAuth.startsWith("client_secret")) {
    const message = `The record ${record.key} would be written without a client secret.`;
    throw new TenantryError("HTTP_SECRET_MISSING", message);
  }
  return {
    managedBy,
    values: valuesOf(write),
    specDigest,
    secret: secret === undefined ? null : secretMember(write, secret, app),
  };
}

/** The secret itself, or only where it is when the app reads it from there. */
function secretMember(
  { record }: RecordWrite,
  { id, value }: NonNullable<RecordWrite["secret"]>,
  { name, secretSink }: HttpApp,
): NonNullable<WrittenConnection["secret"]> {
  if (secretSink === undefined) return { id, value: value.reveal() };
  const names: Readonly<Record<string, string>> = { tenant: record.tenant, app: name, signIn: record.signIn };
  return { id, reference: secretSink.replaceAll(/\{(tenant|app|signIn)\}/g, (_, part: string) => names[part] ?? "") };
}

function credentialOf({ app, resolve }: AppOpenOptions<HttpApp>): ReceiverCredential {
  const { auth } = app;
  if (auth.kind === "oauth") {
    const { tokenUrl, clientId, scope } = auth;
    const clientSecret = () => resolve(auth.clientSecret, `the secret for access tokens of the app ${app.name}`);
    return { kind: "oauth", client: { tokenUrl, clientId, scope, clientSecret } };
  }
  const key = () => {
    const secret = resolve(auth.secret, `the signing key of the app ${app.name}`);
    if (Buffer.byteLength(secret.reveal()) < shortestKey) {
      throw new TenantryError(
        "HTTP_KEY_WEAK",
        `The signing key ${auth.secret.text} has less than ${shortestKey} bytes.`,
      );
    }
    return { id: auth.keyId, secret };
  };
  return { kind: "hmac", key };
}
