import type { Sandbox } from "../../sandbox/sandbox.ts";

/** Texts of everything at the identity providers that is not ours, by what it is. Two of them can be compared byte by byte. */
export type ForeignObjects = ReadonlyMap<string, string>;

const marker = { workspace: "acme", environment: "sandbox" };

/** Reads what is not ours. Ours is what carries the marker of the workspace `acme` in `sandbox`. */
export function foreignObjects(sandbox: Sandbox): ForeignObjects {
  const { okta, auth0 } = sandbox;
  const objects = new Map<string, string>();
  for (const app of okta.apps) {
    if (!isOurs(app.profile)) objects.set(`Okta app ${app.label} (${app.id})`, textOf(app));
  }
  for (const group of okta.groups) {
    if (!JSON.stringify(group).includes("enantry")) objects.set(`Okta group ${group.profile.name}`, textOf(group));
  }
  for (const policy of okta.policies) objects.set(`Okta policy ${policy.name}`, textOf(policy));
  for (const server of okta.servers) {
    // A key is made when it is first needed.
    const keys = server.keys.map(({ jwk: _jwk, ...key }) => key);
    objects.set(`Okta server ${server.name}`, textOf({ ...server, keys }));
  }
  for (const client of auth0.clients.values()) {
    if (!isOurs(client.settings.client_metadata)) {
      objects.set(`Auth0 client ${client.settings.name} (${client.clientId})`, textOf(client));
    }
  }
  for (const organization of auth0.organizations.values()) {
    if (!isOurs(organization.metadata)) objects.set(`Auth0 organization ${organization.name}`, textOf(organization));
  }
  for (const connection of auth0.connections.values()) {
    // That it is enabled for our clients is ours.
    const clients = [...connection.clients].filter((id) => !isOurs(auth0.clients.get(id)?.settings.client_metadata));
    const known = clients.filter((id) => auth0.clients.has(id));
    objects.set(`Auth0 connection ${connection.name}`, textOf({ ...connection, clients: known }));
  }
  for (const role of auth0.state.roles.values()) objects.set(`Auth0 role ${role.name}`, textOf(role));
  for (const server of auth0.state.resourceServers.values()) objects.set(`Auth0 API ${server.id}`, textOf(server));
  for (const [tenant, provider] of Object.entries(sandbox.providers)) {
    objects.set(`provider of ${tenant}`, textOf(provider.clients));
  }
  return objects;
}

/** What differs between two readings, one line each. */
export function changesOf(before: ForeignObjects, after: ForeignObjects): readonly string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) return [];
    if (old === undefined) return [`${name} is new and is not marked as ours`];
    return [now === undefined ? `${name} is gone, and was not ours` : `${name} was changed, and is not ours`];
  });
}

/** Whether a profile or metadata carries our marker. */
export function isOurs(metadata: unknown): boolean {
  const texts = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  return texts.tenantryWorkspace === marker.workspace && texts.tenantryEnvironment === marker.environment;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_name, part) => {
    if (part instanceof Map) return [...part];
    return part instanceof Set ? [...part].sort() : part;
  });
}
