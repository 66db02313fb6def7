import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";
import { call } from "../auth0/auth0-caller.ts";
import { deployCli } from "./deploy-cli.ts";
import { addDeployClient } from "./deploy-client.ts";
import {
  clients,
  connectionSecrets,
  connections,
  emptyTenant,
  fillTenant,
  organizations,
  resourceServers,
  roles,
} from "./rich-tenant.ts";

const folder = mkdtempSync(join(tmpdir(), "tenantry-deploy-cli-"));
let first: TestSandbox;
let second: TestSandbox;
beforeAll(async () => {
  [first, second] = await Promise.all([startTestSandbox(), startTestSandbox()]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([first.close(), second.close()]);
});

/** What cannot be the same in two tenants, and why. Everything else in the two exports is. */
const byNature = [
  // Holds the id of the organization, which the tenant makes.
  [/(?<=verification_host: _ss-verification\.)org_\w{16}/g, "ORGANIZATION"],
  // The proof that is asked of the domain's owner is random.
  [/(?<=verification_txt: )'?[0-9a-f]{32}'?/g, "PROOF"],
] as const;

function comparable(exported: string): string {
  return byNature.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), exported);
}

/** An export holds all that was sent to the tenant, but the secrets, for which it leaves places. */
function expectEverything(exported: Record<string, readonly { name: string }[]>): void {
  const named = (kind: string, name: string) => exported[kind]?.find((each) => each.name === name);
  for (const client of clients) expect(named("clients", client.name)).toMatchObject(client);
  for (const connection of connections) {
    const { client_secret: secret, ...options } = connection.options as Record<string, unknown>;
    const place = expect.stringMatching(/^##CONNECTIONS_[A-Z0-9_]+_SECRET##$/);
    const enabled = connection.strategy === "sms" ? {} : { enabled_clients: ["Console", "Portal"] };
    expect(named("connections", connection.name)).toMatchObject({
      ...connection,
      options: { ...options, ...(secret === undefined ? {} : { client_secret: place }) },
      ...enabled,
    });
  }
  for (const server of resourceServers) expect(named("resourceServers", server.name)).toMatchObject(server);
  for (const [name, scopes] of Object.entries(roles)) {
    const permissions = scopes.map((permission_name) => ({ permission_name }));
    expect(named("roles", name)).toMatchObject({ description: `${name} of a customer`, permissions });
  }
  for (const [name, [connection, displayName]] of Object.entries(organizations)) {
    expect(named("organizations", name)).toMatchObject({
      display_name: displayName,
      metadata: { plan: "gold" },
      branding: { colors: { primary: "#112233" } },
      connections: [{ name: connection, assign_membership_on_login: true, show_as_button: false, is_enabled: true }],
      discovery_domains: [{ domain: `${name}.example`, status: "verified" }],
      client_grants: [{ client_id: "Portal" }],
    });
  }
  expect(exported.clientGrants).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ client_id: "Export", scope: ["read:orders"] }),
      expect.objectContaining({ client_id: "Portal", organization_usage: "allow" }),
    ]),
  );
}

describe("auth0-deploy-cli, as a process of its own", () => {
  test("carries a tenant into an empty one, and exports the same from there", async () => {
    const secrets = [await addDeployClient(first), await addDeployClient(second)] as const;
    await fillTenant(first);
    await emptyTenant(second);
    const from = deployCli(first, secrets[0]);
    const to = deployCli(second, secrets[1], connectionSecrets);
    const before = await from.dump(join(folder, "first"));
    expectEverything(parse(before));
    const printed = await to.deploy(join(folder, "first"));
    expect(printed).toContain("Import Successful");
    expect(printed).not.toMatch(/warn|error/i);
    const after = await deployCli(second, secrets[1]).dump(join(folder, "second"));
    expect(comparable(after)).toBe(comparable(before));
    expect(comparable(before).match(/ORGANIZATION|PROOF/g)).toHaveLength(4);
    // Of all that the program asked only this was not there: SCIM, which nobody has set up.
    for (const { sandbox } of [first, second]) {
      const refused = sandbox.auth0.requests.entries.filter(({ status }) => status >= 400);
      expect(refused.map(({ path }) => path.replace(/con_\w+/, "CONNECTION"))).toEqual(
        refused.map(() => "/api/v2/connections/CONNECTION/scim-configuration"),
      );
    }
    const { json } = await call(second, "GET", "/connections?name=customer-oidc");
    expect(json[0].options.client_secret).toBe(connectionSecrets.CONNECTIONS_OIDC_SECRET);
  }, 600_000);
});
