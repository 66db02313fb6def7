import type { AppAdapter } from "../app/app.ts";
import { openSqlApp } from "../app/sql/open.ts";
import { kindOfApp } from "../desired/app-kinds.ts";
import { gitSight } from "../engine/git-ignored.ts";
import { createSealer, type Sealer, type SealingKey } from "../secret/seal.ts";
import type { Secret } from "../secret/secret.ts";
import type { HostLimiters } from "../vendor/limiter.ts";
import type { Network } from "../vendor/network.ts";
import type { Reference } from "../workspace/reference.ts";
import type { App, SqlApp } from "../workspace/workspace.ts";
import { fetchSecrets, knownUrl, resolveKnown } from "./known-secret.ts";
import type { OpenOptions } from "./open-options.ts";
import { withSinkOf } from "./open-sink.ts";

/**
 * What of an app's settings is needed to open it, with the references in it. Sealing keys are for whoever hands secrets
 * over, or proves them: not for a look.
 */
export function neededToOpen(app: App, access: OpenOptions["access"]): unknown {
  const { clientKey: _notYet, ...own } = app;
  return app.kind === "sql" && access === "read" ? { database: app.database } : own;
}

/**
 * Opens an app of any kind, with its secrets in its sink where it has one. Sends nothing yet; what it takes is loaded when
 * its kind is used.
 */
export async function openApp(
  app: App,
  network: Network,
  limiters: HostLimiters,
  options: OpenOptions,
): Promise<AppAdapter> {
  const adapter = await openKind(app, network, limiters, options);
  return app.secretSink === undefined || kindOfApp(app).secret(app) !== "sink"
    ? adapter
    : withSinkOf(app, app.secretSink, adapter, options);
}

async function openKind(app: App, network: Network, limiters: HostLimiters, options: OpenOptions): Promise<AppAdapter> {
  const { workspace, access, clock, sleep, redactor } = options;
  const common = {
    ...{ workspace, access, network, limiters, clock, sleep },
    resolve: (reference: Reference, use: string) => resolveKnown(reference, options, use),
    know: (secret: Secret) => redactor.know(secret),
    kept: options.keptFor?.(app.name),
    isIgnored: (path: string) => gitSight(path, options.tools?.environment ?? {}),
  };
  switch (app.kind) {
    case "sql": {
      const keys = () =>
        app.sealing.keys.map((reference) => ({
          name: reference.text,
          value: resolveKnown(reference, options, `a sealing key of the app ${app.name}`),
        }));
      const adapter = await openSqlApp({
        app,
        workspace: options.workspace.name,
        environment: options.workspace.environment,
        databaseUrl: databaseUrl(app, options),
        access: options.access,
        root: options.workspace.root,
        sealer: options.access === "manage" ? createSealer(keys()) : lazySealer(keys),
        clock: options.clock,
        sleep: options.sleep,
      });
      return {
        ...adapter,
        async secretOf(key) {
          await fetchSecrets(options, app.sealing);
          return adapter.secretOf(key);
        },
      };
    }
    case "auth0":
      return (await import("../app/auth0/open.ts")).openAuth0App({ ...common, app });
    case "kong":
      return (await import("../app/kong/open.ts")).openKongApp({ ...common, app });
    case "workos":
      return (await import("../app/workos/open.ts")).openWorkosApp({ ...common, app });
    case "mendix":
      return (await import("../app/mendix/open.ts")).openMendixApp({ ...common, app });
    case "http":
      return (await import("../app/http/open.ts")).openHttpApp({ ...common, app });
    case "file":
      return (await import("../app/file/open.ts")).openFileApp({ ...common, app });
    default:
      return app satisfies never;
  }
}

/** A sealer whose keys are resolved by the first call. */
function lazySealer(keys: () => readonly SealingKey[]): Sealer {
  let made: Sealer | undefined;
  const sealer = (): Sealer => {
    made ??= createSealer(keys());
    return made;
  };
  return {
    seal: (secret, purpose) => sealer().seal(secret, purpose),
    open: (envelope, purpose) => sealer().open(envelope, purpose),
    isCurrent: (envelope) => sealer().isCurrent(envelope),
  };
}

/** The address of an app's database, from the file or the reference in it; its password is known to the redactor. */
export function databaseUrl(app: SqlApp, options: Pick<OpenOptions, "source" | "redactor">): string {
  return knownUrl(app.database, options, `the address of the database of the app ${app.name}`);
}
