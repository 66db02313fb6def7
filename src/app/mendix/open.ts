import { isAbsolute, join } from "node:path";
import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import { Secret } from "../../secret/secret.ts";
import { deployApiHost, openDeployApi } from "../../vendor/mendix/deploy-api.ts";
import type { MendixApp } from "../../workspace/apps/mendix.ts";
import type { AppAdapter } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";
import { checkPlainSecret } from "../plain-secret.ts";
import type { Carrier } from "./carrier.ts";
import {
  type ChangeContext,
  disableRecord,
  removeRecord,
  restoreRecord,
  setOf,
  settleRecord,
  writeRecord,
} from "./change.ts";
import { deployedSettings } from "./deployed-settings.ts";
import { environmentFile } from "./environment-file.ts";
import { keptIn } from "./kept.ts";
import { manifestFile } from "./manifest-file.ts";
import { observeRecords } from "./observe.ts";

/**
 * The identity providers of a Mendix app, as deploy-time constants of its OIDC SSO module. Whatever the carrier, the app
 * reads them when it starts. Sends and reads nothing yet.
 */
export async function openMendixApp(options: AppOpenOptions<MendixApp>): Promise<AppAdapter> {
  const { app, workspace } = options;
  const { carrier: place, encryptionKey } = app;
  const carrier = await openCarrier(options);
  const plain = place.kind === "deployApi" ? undefined : place;
  const holdsSecrets = plain === undefined ? app.secretSink === undefined : plain.plainSecrets;
  const context: ChangeContext = {
    app,
    owner: { workspace: workspace.name, environment: workspace.environment },
    carrier,
    kept: keptIn(options.kept),
    holdsSecrets,
    encryptionKey: () =>
      encryptionKey === undefined
        ? undefined
        : options.resolve(encryptionKey, `the encryption key of the app ${app.name}`),
    oldSecrets: new Map<ConnectionKey, Secret>(),
    seen: new Map<ConnectionKey, ConnectionRecord>(),
  };
  const see = (records: readonly ConnectionRecord[]): void => {
    for (const record of records) context.seen.set(record.key, record);
  };
  return {
    name: app.name,
    gate: "atomic",
    showsSecret: plain !== undefined && holdsSecrets,
    observe: async (wanted, others = true) => {
      see(wanted);
      return observeRecords(context, wanted, others);
    },
    // Its name and domains have no place there.
    writeTenant: async () => {},
    write: async (write) => {
      see([write.record]);
      if (plain !== undefined && holdsSecrets) {
        const { isIgnored } = options;
        await checkPlainSecret({ app: app.name, shown: plain.file, path: pathOf(options, plain.file), isIgnored });
      }
      await writeRecord(context, write);
    },
    // It is live with the write.
    activate: async () => {},
    settle: (key) => settleRecord(context, key),
    restore: (key) => restoreRecord(context, key),
    disable: (key) => disableRecord(context, key),
    remove: (key) => removeRecord(context, key),
    secretOf: async (key) => {
      if (plain === undefined || !holdsSecrets) return undefined;
      const carried = await carrier.read();
      const found = setOf(context, carried, key);
      const value = carried.constants.get(found?.constants.ClientSecret ?? "");
      if (value === undefined || value === "") return undefined;
      const secret = new Secret(value);
      options.know(secret);
      return { id: found?.note?.secretId ?? "", value: secret };
    },
    close: () => carrier.close(),
  };
}

function pathOf({ workspace }: Pick<AppOpenOptions, "workspace">, file: string): string {
  return isAbsolute(file) ? file : join(workspace.root, file);
}

async function openCarrier(options: AppOpenOptions<MendixApp>): Promise<Carrier> {
  const { app, network, limiters, sleep } = options;
  const { carrier } = app;
  switch (carrier.kind) {
    case "environment":
      return environmentFile({ path: pathOf(options, carrier.file), shown: carrier.file, form: carrier.form });
    case "kubernetes":
      return manifestFile({ path: pathOf(options, carrier.file), shown: carrier.file, name: carrier.name });
    case "deployApi": {
      const { appId, environment, username, apiKey } = carrier;
      const key = (): string => options.resolve(apiKey, `the API key of the app ${app.name}`).reveal();
      const limiter = limiters.of(deployApiHost, { share: 1, concurrency: 1 });
      return deployedSettings(
        await openDeployApi({ ...{ appId, mode: environment, username, network, limiter, sleep }, apiKey: key }),
      );
    }
    default:
      return carrier satisfies never;
  }
}
