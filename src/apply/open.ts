import type { AppAdapter } from "../app/app.ts";
import type { KeptValues } from "../app/open-options.ts";
import type { Connection } from "../desired/connection.ts";
import { directEngine } from "../engine/direct.ts";
import type { Engine } from "../engine/engine.ts";
import { TenantryError } from "../errors/failure.ts";
import { externalAdapter } from "../idp/external/adapter.ts";
import type { IdentityProviderAdapter } from "../idp/identity-provider.ts";
import { clientIdOfToken, spareClient } from "../idp/spare-client.ts";
import type { Redactor } from "../secret/redact.ts";
import type { Secret } from "../secret/secret.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { createHostLimiters, type HostLimiters } from "../vendor/limiter.ts";
import type { Network } from "../vendor/network.ts";
import { openDomainProver } from "../verify/domain/prover.ts";
import { openFetcher, placeOf } from "../verify/verify.ts";
import type { Reference } from "../workspace/reference.ts";
import { externalIdp, type IdentityProvider, type Workspace } from "../workspace/workspace.ts";
import { fetchSecrets, knownUrl, resolveKnown } from "./known-secret.ts";
import { networkOf } from "./network.ts";
import { neededToOpen, openApp } from "./open-app.ts";
import type { OpenOptions, RecordingOptions } from "./open-options.ts";

export type { OpenOptions, RecordingOptions } from "./open-options.ts";

import { clientIdReference, withOwnClientId } from "./own-client-id.ts";
import type { RecordingWorld, World } from "./world.ts";

/**
 * Opens identity providers and apps. Sends nothing yet. The credentials of an identity provider are resolved when it is
 * first asked something, so that whoever only proves or only looks at records needs none. Sealing keys are resolved when
 * a secret is first sealed or opened, or at once for a run that hands secrets over.
 *
 * @throws TenantryError SECRET_… for a reference that does not resolve; or a malformed credential's own
 */
export async function openWorld(options: OpenOptions): Promise<World> {
  const { workspace, connections, progress } = options;
  const network = networkOf(workspace, options.source);
  // By host: whatever else of the run asks the same org shares its buckets.
  const limiters = createHostLimiters({ clock: options.clock, sleep: options.sleep });
  const { verify: settings } = workspace;
  let fetcher: ReturnType<typeof openFetcher> | undefined;
  const opened: { close(): Promise<void> }[] = [
    { close: async () => (await fetcher)?.close() },
    { close: async () => options.managers?.close() },
  ];
  try {
    const engines = new Map<string, Engine>();
    const idpsInUse = new Set(connections.map((connection) => connection.registration.idp));
    // Each is really opened by the first call only: a connection may have been at another one before.
    for (const [name, idp] of workspace.identityProviders) {
      const engine = lazyEngine(name, async () => {
        await fetchSecrets(options, idp, idp.engine === "direct" ? [] : workspace.engines);
        // A tenant's file has no say in what is read here: a client id there is taken as it stands.
        if (idp.tenant === undefined) await fetchSecrets(options, clientIdReference(idp));
        const own = idp.tenant === undefined ? withOwnClientId(idp, options.source) : idp;
        return knowing(
          await openEngine(own, await openIdentityProvider(own, network, limiters, options), options),
          options.redactor,
        );
      });
      opened.push(engine);
      engines.set(name, engine);
    }
    const apps = new Map<string, AppAdapter>();
    const appsInUse = new Set(connections.map((connection) => connection.app));
    const opening = [...workspace.apps].filter(([name]) => options.whole || appsInUse.has(name));
    await fetchSecrets(options, ...opening.map(([, app]) => neededToOpen(app, options.access)));
    for (const [name, app] of opening) {
      const adapter = await openApp(app, network, limiters, options);
      opened.push(adapter);
      apps.set(name, adapter);
    }
    // Not `whole`: what nobody declares at a customer's provider is none of our business.
    if (idpsInUse.has(externalIdp)) {
      // Fetched when it is handed over or proven, and never for a plan.
      const resolve = async (reference: Reference): Promise<Secret> => {
        await fetchSecrets(options, reference);
        return resolveKnown(reference, options, () => handedOverFor(reference, connections), "tenant");
      };
      engines.set(externalIdp, directEngine(externalAdapter(resolve)));
    }
    return {
      workspace,
      engines,
      apps,
      verifyIo: {
        network,
        clock: options.clock,
        settings,
        ranFrom: placeOf(options.host, { network, settings }),
        // A budget is for runs that only prove: an apply must not leave off between the two systems for it.
        fetcher: () => (fetcher ??= openFetcher({ network, settings }, options.access === "read")),
      },
      clientKeyOf: clientKeys(options),
      domains: openDomainProver({ resolvers: resolversOf(workspace) }),
      progress,
      close: () => closeAll(opened),
    };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** Opens a world with its store: for what must be recorded, locked and resumable. */
export async function openRecordingWorld(options: RecordingOptions): Promise<RecordingWorld> {
  const store = await openWorkspaceStore(options);
  try {
    const signing = options.connections.filter(({ record }) => record.clientAuth === "private_key_jwt");
    await fetchSecrets(options, ...signing.map(({ app }) => options.workspace.apps.get(app)?.clientKey));
    const keptFor = (app: string): KeptValues => ({
      keep: (key, values) => store.keepValues(app, key, values),
      read: (key) => store.keptValues(app, key),
      forget: (key) => store.forgetValues(app, key),
    });
    const world = await openWorld({ ...options, keptFor });
    return {
      ...world,
      store,
      holder: options.holder,
      stopping: options.stopping ?? (() => false),
      async close() {
        await world.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * The workspace's store. Without `store:` it is `.tenantry/store.db`, but not in CI.
 *
 * @throws TenantryError APPLY_STORE_UNNAMED, SECRET_UNRESOLVED, STORE_…
 */
export async function openWorkspaceStore(
  options: Pick<RecordingOptions, "workspace" | "source" | "redactor" | "clock" | "sleep" | "ci" | "isAlive">,
): Promise<Store> {
  const { workspace, clock, sleep, isAlive } = options;
  if (workspace.store === undefined && options.ci) {
    throw new TenantryError("APPLY_STORE_UNNAMED", "this is CI and tenantry.yaml names no store");
  }
  const written = workspace.store?.url ?? "sqlite:.tenantry/store.db";
  await fetchSecrets(options, written);
  const url = knownUrl(written, options, "the address of the store");
  const owner = { workspace: workspace.name, environment: workspace.environment };
  return openStore({ url, root: workspace.root, owner, clock, sleep, isAlive });
}

/** What carries registrations out at the identity provider. Programs and what drives them are loaded when needed. */
async function openEngine(
  idp: IdentityProvider,
  adapter: IdentityProviderAdapter,
  options: OpenOptions,
): Promise<Engine> {
  if (idp.engine === "direct") return directEngine(adapter);
  const { tools, workspace, access, sleep, redactor, progress } = options;
  if (tools === undefined) throw new TypeError(`a run without tools cannot use the engine ${idp.engine}`);
  const common = {
    ...{ tools, workspace, adapter, access, sleep },
    resolve: (reference: Reference, use: string) => resolveKnown(reference, options, use),
    redact: (text: string) => redactor.redact(text),
    tell: (what: string) => progress({ kind: "engine", what }),
  };
  if (idp.kind === "okta") {
    const { terraformEngine } = await import("../engine/terraform/engine.ts");
    return terraformEngine({ ...common, idp });
  }
  const { pulumiEngine } = await import("../engine/pulumi/engine.ts");
  return pulumiEngine({ ...common, idp });
}

async function openIdentityProvider(
  idp: IdentityProvider,
  network: Network,
  limiters: HostLimiters,
  options: OpenOptions,
): Promise<IdentityProviderAdapter> {
  const known = (reference: Reference): Secret =>
    resolveKnown(
      reference,
      options,
      `a credential of the identity provider ${idp.name}${idp.tenant === undefined ? "" : ` of ${idp.tenant}`}`,
      idp.tenant === undefined ? "workspace" : "tenant",
    );
  switch (idp.kind) {
    case "okta": {
      // The SDK behind it takes half a second to load: only for commands that talk to Okta.
      const { openOkta } = await import("../idp/okta/open.ts");
      const { credentials } = idp;
      const adapter = await openOkta({
        idp,
        credential:
          "apiToken" in credentials
            ? { apiToken: known(credentials.apiToken) }
            : { clientId: credentials.clientId, privateKey: known(credentials.privateKey), keyId: credentials.keyId },
        access: options.access,
        scope: { workspace: options.workspace.name, environment: options.workspace.environment },
        network,
        limiters,
        clock: options.clock,
        sleep: options.sleep,
      });
      return spareClient(adapter, "clientId" in credentials ? credentials.clientId : undefined, idp.domain);
    }
    case "auth0": {
      const { openAuth0 } = await import("../idp/auth0/open.ts");
      const { credentials } = idp;
      const credential =
        "token" in credentials
          ? { token: known(credentials.token) }
          : { clientId: credentials.clientId, clientSecret: known(credentials.clientSecret) };
      const ownClient = "token" in credential ? clientIdOfToken(credential.token.reveal()) : credential.clientId;
      const adapter = await openAuth0({
        idp,
        credential,
        access: options.access,
        scope: { workspace: options.workspace.name, environment: options.workspace.environment },
        network,
        limiters,
        clock: options.clock,
        sleep: options.sleep,
      });
      return spareClient(adapter, ownClient, idp.domain);
    }
    default:
      return idp satisfies never;
  }
}

/** Each app's key for client assertions, resolved when it is first asked for. */
function clientKeys(options: OpenOptions): World["clientKeyOf"] {
  const resolved = new Map<string, ReturnType<World["clientKeyOf"]>>();
  return (name) => {
    const clientKey = options.workspace.apps.get(name)?.clientKey;
    if (clientKey === undefined) return undefined;
    const known = resolved.get(name) ?? {
      publicKey: clientKey.publicKey,
      privateKey: resolveKnown(clientKey.privateKey, options, `the client key of the app ${name}`),
    };
    resolved.set(name, known);
    return known;
  };
}

/** Whose client secret a reference of a tenant's file is, and where that is declared. */
function handedOverFor(reference: Reference, connections: readonly Connection[]): string {
  const users = connections.filter(({ registration }) => registration.clientSecret?.text === reference.text);
  const named = users.map(({ key, position }) => `${key} (${position.file}:${position.line})`).join(" and ");
  return `the client secret of ${named || "no connection"}`;
}

/** Whom DNS is asked of: whom the file names; where connections go to a sandbox, that; otherwise the system's. */
function resolversOf({ verify, connect }: Workspace): readonly string[] | undefined {
  if (verify.resolvers !== undefined || connect === undefined) return verify.resolvers;
  const { host, port } = connect;
  return [`${host === "localhost" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host}:${port}`];
}

/** An engine that is opened by the first call. */
function lazyEngine(idp: string, open: () => Promise<Engine>): Engine {
  let opened: Promise<Engine> | undefined;
  const engine = (): Promise<Engine> => {
    opened ??= open();
    return opened;
  };
  return {
    idp,
    plan: async (registrations, depth) => (await engine()).plan(registrations, depth),
    apply: async (registration) => (await engine()).apply(registration),
    async serverId(wanted) {
      const { serverId } = await engine();
      if (serverId !== undefined) return serverId(wanted);
      throw new TenantryError(
        "ENGINE_UNSUITABLE",
        `the engine of \`${idp}\` finds no authorization server by its name`,
        {
          hint: "write its id, or use `engine: direct`",
        },
      );
    },
    async settlePart(part) {
      await (await engine()).settlePart?.(part);
    },
    secretOf: async (found) => (await engine()).secretOf(found),
    budget: async (work) => (await engine()).budget(work),
    async close() {
      // One that could not be opened has told so to whoever asked it.
      const engineOrNone = await opened?.catch(() => undefined);
      await engineOrNone?.close();
    },
  };
}

/** The engine, with every secret that it hands over known to the redactor. */
function knowing(engine: Engine, redactor: Redactor): Engine {
  return {
    ...engine,
    async secretOf(found) {
      const secret = await engine.secretOf(found);
      if (secret !== undefined) redactor.know(secret.secret);
      return secret;
    },
  };
}

async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const one of opened) await one.close();
}
