import { newClient } from "../../src/idp/auth0/client-body.ts";
import { type MarkerScope, ownKey } from "../../src/idp/auth0/marker.ts";
import { writeMetadata } from "../../src/idp/auth0/organization-metadata.ts";
import { customers, organization, scope as sandboxScope, startBench, wanted } from "./auth0/bench.ts";
import { describeAdapter } from "./conformance.ts";

describeAdapter("auth0", async () => {
  const bench = await startBench();
  const { auth0 } = bench.sandbox;
  const ours = (key: string, scope: MarkerScope) =>
    [...auth0.clients.values()].filter(({ settings }) => ownKey(settings, scope) === key);
  const nameOf = (tenant: string, { workspace, environment }: MarkerScope) => `${workspace}-${environment}-${tenant}`;
  return {
    sandbox: bench.sandbox,
    host: customers.domain,
    adapter: (scope) => bench.adapter(scope === undefined ? {} : { scope: scope as typeof sandboxScope }),
    wanted(key, change = {}, scope = sandboxScope) {
      const registration = wanted({ key, marker: { ...scope, key }, ...change });
      const { tenant, state, enabledConnections } = organization(registration.parts[0] as object);
      const part = organization({ tenant, state, enabledConnections, name: nameOf(tenant, scope) });
      return { ...registration, parts: [part] };
    },
    async makeForeign(registration) {
      const [part] = registration.parts;
      auth0.addOrganization(part?.kind === "organization" ? part.name : "", { metadata: { owner: "sales" } });
    },
    async seed(registrations) {
      const connection = auth0.connection("fernhill-oidc");
      for (const registration of registrations) {
        const { client_id } = JSON.parse(await bench.api("POST", "clients", newClient(registration)));
        connection?.clients.add(client_id);
        const tenant = registration.key.slice(0, registration.key.indexOf("/"));
        const made = auth0.addOrganization(nameOf(tenant, sandboxScope), {
          displayName: organization().displayName,
          metadata: { ...writeMetadata({}, sandboxScope, { tenant, clientIds: [client_id], making: [] }) },
        });
        if (connection !== undefined) {
          auth0.enableConnection(made, connection, { assign_membership_on_login: true });
        }
      }
    },
    async editByHand(id) {
      await bench.api("PATCH", `clients/${id}`, { name: "renamed by hand", client_metadata: { crm: "A-4711" } });
    },
    handmade: '"crm":"A-4711"',
    async raw(id) {
      return auth0.clients.has(id) ? bench.api("GET", `clients/${id}`) : undefined;
    },
    async others(ids) {
      const clients = [...auth0.clients.values()].filter(
        ({ clientId, settings }) => !("tenantryKey" in (settings.client_metadata ?? {})) && !ids.includes(clientId),
      );
      const organizations = [...auth0.organizations.values()].filter(({ metadata }) => !("tenantryTenant" in metadata));
      return Promise.all([
        ...clients.map(({ clientId }) => bench.api("GET", `clients/${clientId}`)),
        ...organizations.map(({ id }) => bench.api("GET", `organizations/${id}`)),
        ...organizations.map(({ id }) => bench.api("GET", `organizations/${id}/enabled_connections`)),
        bench.api("GET", "connections"),
        ...[...auth0.connections.keys()].map((id) => bench.api("GET", `connections/${id}/clients`)),
      ]);
    },
    ids: (key, scope = sandboxScope) => ours(key, scope).map(({ clientId }) => clientId),
    createPath: "^/api/v2/clients$",
    reset: () => bench.reset(),
    close: () => bench.close(),
  };
});
