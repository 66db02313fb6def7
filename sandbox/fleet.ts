import type { Answer } from "./answer.ts";
import { clientRoutes } from "./auth0/clients.ts";
import { organizationRoutes } from "./auth0/organizations.ts";
import { allScopes } from "./auth0/scopes.ts";
import type { JsonObject } from "./json.ts";
import { appRoutes } from "./okta/apps.ts";
import type { OktaGroup } from "./okta/model.ts";
import type { World } from "./world.ts";

/** What one tenant has at Okta: an app that groups of its own may use. */
export interface OktaMember {
  readonly kind: "okta";
  /** Body of the call that creates the app. */
  readonly app: JsonObject;
  readonly groups: readonly string[];
}

/** What one tenant has at Auth0: a client and an organization, both with the same connections. */
export interface Auth0Member {
  readonly kind: "auth0";
  /** Body of the call that creates the client. */
  readonly client: JsonObject;
  /** Body of the call that creates the organization. */
  readonly organization: (clientId: string, connectionIds: readonly string[]) => JsonObject;
  /** Names of connections that are there. */
  readonly connections: readonly string[];
}

export type FleetMember = OktaMember | Auth0Member;

/**
 * Puts tenants into a world, as the calls of their roll-out would have. Throws when the world refuses one: that is a bug
 * of whoever made it up.
 */
export async function rollOut(world: World, members: Iterable<FleetMember>): Promise<void> {
  const groups = new Map(world.okta.groups.map((group) => [group.profile.name, group]));
  for (const member of members) {
    if (member.kind === "okta") rollOutAtOkta(world, member, groups);
    else await rollOutAtAuth0(world, member);
  }
}

function rollOutAtOkta({ okta }: World, { app: body, groups }: OktaMember, present: Map<string, OktaGroup>): void {
  const made = routeOf(appRoutes, "POST", "/api/v1/apps").handle({
    org: okta,
    principal: { kind: "token" },
    params: {},
    query: new URLSearchParams(),
    body,
  });
  const app = okta.appById(idIn(made, "id"));
  if (app === undefined) throw new Error("the app that was made is not there");
  for (const name of groups) {
    const group = present.get(name) ?? okta.addGroup(name, "A group of the fleet");
    present.set(name, group);
    okta.assign(app, group);
  }
}

async function rollOutAtAuth0(
  { auth0 }: World,
  { client: body, organization, connections: names }: Auth0Member,
): Promise<void> {
  const call = (sent: JsonObject) => ({
    tenant: auth0,
    principal: { clientId: "fleet", scopes: new Set(allScopes) },
    params: {},
    query: new URLSearchParams(),
    body: sent,
  });
  const clientId = idIn(await routeOf(clientRoutes, "POST", "/clients").handle(call(body)), "client_id");
  const connections = names.map((name) => {
    const connection = auth0.connection(name);
    if (connection === undefined) throw new Error(`the tenant has no connection ${name}`);
    return connection;
  });
  for (const connection of connections) connection.clients.add(clientId);
  const ids = connections.map(({ id }) => id);
  await routeOf(organizationRoutes, "POST", "/organizations").handle(call(organization(clientId, ids)));
}

function routeOf<Route extends { readonly method: string; readonly path: string }>(
  routes: readonly Route[],
  method: string,
  path: string,
): Route {
  const route = routes.find((each) => each.method === method && each.path === path);
  if (route === undefined) throw new Error(`there is no ${method} ${path}`);
  return route;
}

function idIn({ json }: Answer, name: string): string {
  return String((json as JsonObject)[name]);
}
