import type { Registration } from "../../desired/connection.ts";
import { canonicalJson } from "../../desired/json.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import type { BucketReport, Limiter } from "../../vendor/limiter.ts";
import type { Sleep } from "../../vendor/network.ts";
import type { OktaApp } from "../../vendor/okta/apps.ts";
import type { OktaOrg } from "../../vendor/okta/org.ts";
import { newestActive } from "../../vendor/okta/secrets.ts";
import { callBudget } from "../call-counts.ts";
import type { ClientSecret, IdentityProviderAdapter } from "../identity-provider.ts";
import { AppDirectory } from "./app-directory.ts";
import { typeInTheWay } from "./application-type.ts";
import { oktaCalls } from "./budget.ts";
import { createApp } from "./create.ts";
import { GroupDirectory } from "./group-directory.ts";
import { type MarkerScope, ownKey } from "./marker.ts";
import { observeApps } from "./observe.ts";
import { clientIdOf, observedApp } from "./observed-app.ts";
import { PolicyDirectory } from "./policy-directory.ts";
import { scopesAllowed, settleAccess } from "./server-access.ts";
import { ServerDirectory } from "./server-directory.ts";
import { settleApp } from "./settle.ts";
import { settleGroup } from "./settle-group.ts";
import { findServer, serverTaken, settleServer } from "./settle-server.ts";

export interface OktaAdapterOptions {
  /** Name of the identity provider in the workspace. */
  readonly name: string;
  readonly org: OktaOrg;
  readonly limiter: Limiter;
  /** Workspace and environment of the marker. */
  readonly scope: MarkerScope;
  readonly sleep: Sleep;
}

/** Registrations as OIDC apps of an Okta org. */
export interface OktaAdapter extends IdentityProviderAdapter {
  /** Calls made so far, by bucket. */
  calls(): readonly BucketReport[];
}

export function createOktaAdapter(options: OktaAdapterOptions): OktaAdapter {
  const { name, org, limiter, scope, sleep } = options;
  const directory = new GroupDirectory(org.host, org.groups);
  const apps = new AppDirectory(org.apps, scope);
  const policies = new PolicyDirectory(org.host, org.policies);
  const servers = new ServerDirectory(org.servers);

  /** Undefined leaves the assignment as it is. */
  async function groupIdsOf(wanted: Registration): Promise<readonly string[] | undefined> {
    if (wanted.assignment === undefined) return undefined;
    const { groupIds, missing } = await directory.resolve(wanted.assignment);
    const [first] = missing;
    // Switching off must not fail because a group is gone.
    if (first !== undefined && wanted.state === "active") throw new TenantryError("OKTA_GROUP_MISSING", first.message);
    return groupIds;
  }

  /** Undefined leaves the policy as it is. */
  async function policyIdOf({ accessPolicy, state }: Registration): Promise<string | undefined> {
    if (accessPolicy === undefined || state !== "active") return undefined;
    const policy = await policies.resolve(accessPolicy);
    if ("missing" in policy) throw new TenantryError("OKTA_POLICY_MISSING", policy.missing);
    return policy.id;
  }

  function checkType(app: OktaApp, { clientAuth, state }: Registration): void {
    const message = state === "active" ? typeInTheWay(org.host, app, clientAuth) : undefined;
    if (message !== undefined) throw new TenantryError("OKTA_APPLICATION_TYPE", message);
  }

  /** The app as it is now, if it still is what was observed. Undefined when it is gone. */
  async function ownApp(found: ObservedRegistration): Promise<OktaApp | undefined> {
    const app = await org.apps.read(found.id);
    if (app === undefined || ownKey(app.raw, scope) === found.key) return app;
    throw new TenantryError("OKTA_FOREIGN", `At Okta (${org.host}) app ${app.id} has lost the marker of ${found.key}`);
  }

  /** What a registration looks like once its app is settled. */
  async function described(wanted: Registration, app: OktaApp, groupIds: readonly string[], secretId?: string) {
    const accessPolicy = wanted.state === "active" ? wanted.accessPolicy : undefined;
    const serverScopes = await letIn(wanted, app);
    const assignment = await directory.describe(groupIds);
    return observedApp(wanted.key, app, { assignment, accessPolicy, serverScopes, secretId });
  }

  /** Lets the client in at the authorization server that is ours; what it may then ask for. */
  async function letIn(wanted: Registration, app: OktaApp): Promise<readonly string[] | undefined> {
    const { authorizationServer: server, serverScopes: scopes, state } = wanted;
    if (server === undefined || scopes === undefined || state !== "active") return undefined;
    const clientId = clientIdOf(app) ?? "";
    if (canonicalJson(await scopesAllowed(org, server, clientId)) !== canonicalJson(scopes)) {
      await settleAccess(org, { server, clientId, scopes });
    }
    return scopes;
  }

  return {
    name,

    observe: (wanted, depth) => observeApps({ name, org, scope, apps, directory, policies, servers }, wanted, depth),

    // A group that is there stays, whatever is wanted of it: people are in it.
    async settlePart(part) {
      if (part.kind === "authorizationServer") {
        await settleServer({ org, scope, sleep }, part);
        return;
      }
      if (part.kind !== "group") throw new TypeError(`Okta has no ${part.kind}`);
      if (part.state === "active") await settleGroup({ org, directory, scope, sleep }, part.name);
    },

    async serverId({ serverName, serverScopes }) {
      if (serverName === undefined) return undefined;
      const found = await findServer(org, scope, serverName);
      if (found === undefined || found.ours || serverScopes === undefined) return found?.server.id;
      throw serverTaken(org.host, serverName, found.server);
    },

    // A new app is switched on before its groups are assigned: nobody may use it yet, and it saves a call.
    async create(wanted) {
      const [named, policyId] = await Promise.all([groupIdsOf(wanted), policyIdOf(wanted)]);
      const { app, fresh } = await createApp({ org, apps, scope, sleep }, wanted);
      checkType(app, wanted);
      const assigned = fresh ? [] : await org.apps.groupIds(app.id);
      const groupIds = named ?? assigned;
      return described(wanted, await settleApp(org, app, wanted, groupIds, assigned, policyId), groupIds);
    },

    async update(wanted, found) {
      const [named, policyId] = await Promise.all([groupIdsOf(wanted), policyIdOf(wanted)]);
      const [app, assigned] = await Promise.all([ownApp(found), org.apps.groupIds(found.id)]);
      if (app === undefined) {
        throw new TenantryError("OKTA_NOT_FOUND", `Okta (${org.host}) has no app ${found.id} of ${found.key} any more`);
      }
      checkType(app, wanted);
      const groupIds = named ?? assigned;
      const settled = await settleApp(org, app, wanted, groupIds, assigned, policyId);
      return described(wanted, settled, groupIds, found.secretId);
    },

    async remove(found) {
      const app = await ownApp(found);
      if (app === undefined) return;
      if (app.active) await org.apps.switchTo(app.id, false);
      await org.apps.remove(app.id);
    },

    async secretOf(found): Promise<ClientSecret | undefined> {
      if (!String(found.fields.clientAuth).startsWith("client_secret")) return undefined;
      const newest = newestActive(await org.secrets.list(found.id));
      if (newest === undefined) {
        const message = `At Okta (${org.host}) app ${found.id} of ${found.key} has no active client secret`;
        throw new TenantryError("OKTA_SECRET_MISSING", message);
      }
      return { id: newest.id, secret: newest.secret };
    },

    budget: (work, more) => callBudget(org.host, limiter, oktaCalls(work, apps.listed).plus(more)),
    calls: () => limiter.report(),
    close: async () => org.close(),
  };
}
