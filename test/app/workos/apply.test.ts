import { afterEach, beforeEach, expect, test } from "vitest";
import { Visitor } from "../../support/visitor.ts";
import { openTestWorkspace, type TestWorkspace } from "../../support/workspace.ts";

const start = "https://crew.acme.example/login/whiterabbit";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
  workspace.edit(
    "tenantry.yaml",
    "apps:\n",
    `apps:
  crew:
    kind: workos
    baseUrl: https://crew.acme.example
    start: /login/{tenant}
    apiKey: env:CREW_WORKOS_KEY
`,
  );
  workspace.edit("tenants/whiterabbit.yaml", "  - app: portal\n", "  - app: crew\n");
});
afterEach(() => workspace.close());

const played = () => workspace.sandbox.standIns.workos;
const connections = () => [...played().environment.connections.values()];

async function comesIn(): Promise<boolean> {
  const visitor = new Visitor(workspace.sandbox);
  const shown = await visitor.signIn(start, "staff@whiterabbit.example");
  await visitor.close();
  return shown.status === 200 && shown.text.includes("Signed in as");
}

test("a file becomes an organization and a connection, its callback is registered, and people sign in by it", async () => {
  const applied = await workspace.tenantry("apply", "--yes", "--json");
  expect(applied.exit, applied.err + applied.out).toBe(0);
  for (const check of ["A1", "A2", "A8"]) expect(applied.out).toContain(`"${check}"`);
  const [connection, ...more] = connections();
  expect(more).toEqual([]);
  expect(connection).toMatchObject({ externalId: "whiterabbit.crew", state: "active" });
  expect(applied.out + applied.err).not.toContain(connection?.oidc?.clientSecret);
  const [app] = workspace.sandbox.okta.apps.filter(({ label }) => String(label).startsWith("whiterabbit/crew"));
  expect(JSON.stringify(app)).toContain(`/sso/oidc/${connection?.opaque}/callback`);
  expect(JSON.stringify(app)).not.toContain("callback.invalid");
  expect(await comesIn()).toBe(true);
  const again = await workspace.tenantry("plan", "--exit-code");
  expect(again.exit, again.out + again.err).toBe(0);
  const verified = await workspace.tenantry("verify", "whiterabbit");
  expect(verified.exit, verified.out + verified.err).toBe(0);

  workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
  const suspended = await workspace.tenantry("apply", "--yes");
  expect(suspended.exit, suspended.err).toBe(0);
  expect(connections()).toEqual([]);
  expect(await comesIn()).toBe(false);

  workspace.edit("tenants/whiterabbit.yaml", "status: suspended", "status: active");
  // The connection is made anew, with another callback, which nobody could come in by meanwhile.
  const resumed = await workspace.tenantry("apply", "--yes");
  expect(resumed.exit, resumed.err + resumed.out).toBe(0);
  expect(connections()).toHaveLength(1);
  expect(connections()[0]?.opaque).not.toBe(connection?.opaque);
  expect(await comesIn()).toBe(true);
});

test("where the API may not make connections, the tenant waits with the exact step, and goes on when it is seen", async () => {
  const { environment } = played();
  environment.makesConnections = false;
  environment.showsDetails = true;
  const waiting = await workspace.tenantry("apply", "--yes");
  expect(waiting.exit, waiting.err + waiting.out).toBe(0);
  const status = await workspace.tenantry("status");
  const organization = environment.organizationNamed("whiterabbit");
  const [app] = workspace.sandbox.okta.apps.filter(({ label }) => String(label).startsWith("whiterabbit/crew"));
  const clientId = app?.clientId ?? "";
  expect(waiting.out + waiting.err).toContain("portal/generate_link");
  expect(waiting.out + waiting.err).toContain(organization?.id);
  expect(waiting.out + waiting.err).toContain(clientId);
  expect(status.out).toContain("waiting");
  expect(await comesIn()).toBe(false);

  const made = environment.finishPortal(organization?.id ?? "", {
    ...{ clientId, clientSecret: app?.secrets[0]?.value ?? "" },
    discoveryEndpoint: "https://acme.okta.com/oauth2/default/.well-known/openid-configuration",
  });
  const done = await workspace.tenantry("apply", "--yes");
  expect(done.exit, done.err + done.out).toBe(0);
  expect(JSON.stringify(workspace.sandbox.okta.apps)).toContain(`/sso/oidc/${made.opaque}/callback`);
  expect(await comesIn()).toBe(true);
});

test("a domain that another organization has is an issue at its place, before anything is done", async () => {
  const { environment } = played();
  const other = environment.addOrganization({ name: "Other Foods" });
  other.domains.push(environment.newDomain("whiterabbit.example", "verified"));
  const file = workspace.read("tenants/whiterabbit.yaml").split("\n");
  const line = file.findIndex((text) => text.startsWith("domains:")) + 1;
  for (const command of ["plan", "apply"]) {
    const refused = await workspace.tenantry(command, ...(command === "apply" ? ["--yes"] : []));
    expect(refused.exit).not.toBe(0);
    const told = refused.out + refused.err;
    expect(told).toContain("WORKOS_DOMAIN_TAKEN");
    expect(told).toContain(`tenants/whiterabbit.yaml:${line}:`);
    expect(told).toContain(other.id);
  }
  expect(environment.organizationNamed("whiterabbit")).toBeUndefined();
  expect(workspace.sandbox.okta.apps.filter(({ label }) => String(label).startsWith("whiterabbit/crew"))).toEqual([]);
});
