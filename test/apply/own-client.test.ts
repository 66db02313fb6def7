import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { managementClientId, serviceClientId } from "../../sandbox/sandbox.ts";
import { clientIdOfToken } from "../../src/idp/spare-client.ts";
import { type Companies, openCompanies } from "../support/companies.ts";
import type { CommandResult } from "../support/workspace.ts";

// The client by which Tenantry itself comes in, with our marker on it: by hand, or because somebody copied a client.

let companies: Companies;
beforeEach(async () => {
  companies = await openCompanies("sqlite");
});
afterEach(() => companies.close());

const marker = (tenantryKey: string) => ({
  tenantryEnvironment: "sandbox",
  tenantryKey,
  tenantryWorkspace: "acme",
});

/** Everything of the two management clients that a change could touch. */
function ownClients(): string {
  const { okta, auth0 } = companies.workspace.sandbox;
  const service = okta.app(serviceClientId);
  const management = auth0.client(managementClientId);
  const connections = [...auth0.connections.values()].filter(({ clients }) => clients.has(managementClientId));
  return JSON.stringify([
    service,
    [...(service?.assignments.keys() ?? [])],
    management,
    connections.map(({ name }) => name),
  ]);
}

const places = {
  okta: {
    tenant: "whiterabbit",
    host: "acme.okta.com",
    own: serviceClientId,
    mark: (key: string) => {
      companies.workspace.sandbox.okta.edit(serviceClientId, (app) => {
        app.profile = marker(key);
      });
    },
    remove: () => {
      const { okta } = companies.workspace.sandbox;
      for (const app of okta.apps.filter(({ label }) => label.startsWith("whiterabbit/"))) okta.removeApp(app.id);
    },
  },
  auth0: {
    tenant: "fernhill",
    host: "acme.eu.auth0.com",
    own: managementClientId,
    mark: (key: string) => {
      companies.workspace.sandbox.auth0.edit(managementClientId, ({ settings }) => {
        settings.client_metadata = marker(key);
      });
    },
    remove: () => {
      const { auth0 } = companies.workspace.sandbox;
      for (const { clientId, settings } of auth0.clients.values()) {
        if (settings.name.startsWith("fernhill/")) auth0.removeClient(clientId);
      }
    },
  },
} as const;

describe.each(["okta", "auth0"] as const)("our own client at %s with our marker on it", (vendor) => {
  const { tenant, host, own, mark, remove } = places[vendor];
  const commands = [["plan"], ["plan", "--only", tenant], ["apply", "--yes"], ["apply", "--yes", "--only", tenant]];

  async function isRefused(key: string, ...args: readonly string[]): Promise<void> {
    const before = ownClients();
    const result: CommandResult = await companies.tenantry(...args);
    expect([args, result.exit, result.err]).toEqual([args, 4, expect.stringContaining("PLAN_OWN_CLIENT")]);
    expect(result.err).toContain(
      `PLAN_OWN_CLIENT  the client ${own} at ${host}, by which Tenantry itself signs in there, carries the marker of ${key}\n` +
        "  mend: Take the marker off that client, by hand; see docs/ownership.md.\n",
    );
    expect(ownClients()).toBe(before);
  }

  it("is never taken for a customer's that is to be made", async () => {
    mark(`${tenant}/portal`);
    // A look at one tenant that nothing is known of searches by name; the apply of it looks at everything.
    for (const args of commands.filter((each) => each.join(" ") !== `plan --only ${tenant}`)) {
      await isRefused(`${tenant}/portal`, ...args);
    }
    expect((await companies.tenantry("plan", "--only", tenant, "--json")).out).not.toContain(own);
    expect(await companies.rows("portal", "select * from sso_connection")).toEqual([]);
  });

  it.each(["suspended", "offboarded"])("is never switched off or deleted with a customer who is %s", async (status) => {
    expect((await companies.tenantry("apply", "--yes", "--only", tenant)).exit).toBe(0);
    remove();
    mark(`${tenant}/portal`);
    const more = status === "offboarded" ? "\ndeleteAfter: 2020-01-01" : "";
    companies.workspace.edit(`tenants/${tenant}.yaml`, "status: active", `status: ${status}${more}`);
    const ack = [`client/${tenant}/portal`, `record/${tenant}/portal`].flatMap((what) => [
      "--ack",
      `${what.startsWith("client") ? `idp/${vendor === "okta" ? "workforce" : "customers"}` : "app/portal"}/${what}:delete`,
    ]);
    for (const args of commands) await isRefused(`${tenant}/portal`, ...args, ...ack);
  });

  it("is never deleted as what nobody declares, or as left behind by a move", async () => {
    mark("somebody-else/portal");
    await isRefused("somebody-else/portal", "apply", "--yes");
    // As if Northwind had been at this identity provider before.
    mark("northwind-rail/portal");
    await isRefused("northwind-rail/portal", "apply", "--yes");
  });

  it("is not touched when the marker comes between the plan and its apply", async () => {
    expect((await companies.tenantry("apply", "--yes", "--only", tenant)).exit).toBe(0);
    companies.workspace.edit(`tenants/${tenant}.yaml`, "status: active", "status: suspended");
    const before: string[] = [];
    const result = await companies.workspace.tenantryAsked(
      () => {
        remove();
        mark(`${tenant}/portal`);
        before.push(ownClients());
      },
      "apply",
      "--only",
      tenant,
    );
    expect(result.exit, result.out + result.err).toBe(4);
    expect(result.out + result.err).toContain("PLAN_OWN_CLIENT");
    expect([ownClients()]).toEqual(before);
  });
});

it("is known from a token too: by azp or client_id", () => {
  const token = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
  expect(clientIdOfToken(token({ azp: "a", client_id: "b" }))).toBe("a");
  expect(clientIdOfToken(token({ client_id: "b" }))).toBe("b");
  for (const other of [token({ sub: "c@clients" }), token(null), token({ azp: 7 }), "opaque", "", "a.%%.b"]) {
    expect(clientIdOfToken(other)).toBeUndefined();
  }
});
