import { afterEach, describe, expect, it } from "vitest";
import { type Companies, openCompanies } from "../support/companies.ts";
import { ourApps } from "../support/workspace.ts";

const atOkta = "  idp: workforce\n  groups: [whiterabbit-staff]\n";
const atAuth0 = "  idp: customers\n  enabledConnections: [whiterabbit-oidc]\n";
const file = "tenants/whiterabbit.yaml";

describe("a live tenant that moves to another identity provider", () => {
  let companies: Companies;
  afterEach(() => companies.close());

  const open = async (): Promise<void> => {
    companies = await openCompanies("sqlite");
    companies.workspace.sandbox.auth0.addConnection("whiterabbit-oidc", "oidc");
    companies.workspace.edit(file, "clientAuth: client_secret_basic", "clientAuth: client_secret_post");
    const applied = await companies.tenantry("apply", "--yes");
    expect(applied.exit, applied.err).toBe(0);
  };
  const acknowledged = async (...args: readonly string[]) => {
    const stopped = await companies.tenantry("apply", "--yes", ...args);
    const acks = [...stopped.err.matchAll(/--ack (\S+)/g)].flatMap(([, what = ""]) => ["--ack", what]);
    return { stopped, acks, applied: await companies.tenantry("apply", "--yes", ...args, ...acks) };
  };
  const auth0Clients = () =>
    [...companies.workspace.sandbox.auth0.clients.values()].filter((one) =>
      JSON.stringify(one).includes("whiterabbit/portal"),
    );
  const inUse = async () =>
    (await companies.rows("portal", "select issuer from sso_connection_active where key = 'whiterabbit/portal'"))[0];

  it.each([[[]], [["--only", "whiterabbit"]]])("leaves no client behind, there and back, with %j", async (only) => {
    await open();
    const { workspace, tenantry } = companies;
    workspace.edit(file, atOkta, atAuth0);
    const there = await acknowledged(...only);
    expect(there.stopped.exit).toBe(4);
    expect(there.acks).toContain("idp/workforce/client/whiterabbit/portal:delete");
    expect(there.acks).toContain("app/portal/record/whiterabbit/portal:issuer");
    expect(there.applied.exit, there.applied.out + there.applied.err).toBe(0);
    expect(ourApps(workspace.sandbox)).toEqual([]);
    expect(auth0Clients()).toHaveLength(1);
    expect(await inUse()).toEqual({ issuer: "https://acme.eu.auth0.com/" });
    expect((await tenantry("plan", "--exit-code")).exit).toBe(0);

    workspace.edit(file, atAuth0, atOkta);
    const back = await acknowledged(...only);
    expect(back.acks).toContain("idp/customers/client/whiterabbit/portal:delete");
    expect(back.acks).toContain("idp/customers/organization/whiterabbit:delete");
    expect(back.applied.exit, back.applied.out + back.applied.err).toBe(0);
    expect(auth0Clients()).toEqual([]);
    expect(workspace.sandbox.auth0.organization("whiterabbit")).toBeUndefined();
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
    expect((await tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  it("keeps the old client until the new one is proven", async () => {
    await open();
    const { workspace } = companies;
    workspace.edit(file, atOkta, atAuth0);
    workspace.sandbox.faults.add({
      method: "POST",
      path: "/oauth/token",
      effect: "status-before",
      status: 503,
      times: 200,
    });
    // The management token is got before the proof; a token of the workspace has no such need.
    workspace.edit(
      "tenantry.yaml",
      /credentials: \{ clientId: TenantryManagement.*\}/,
      "credentials: { token: env:AUTH0_API_TOKEN }",
    );
    const { applied } = await acknowledged("--only", "whiterabbit");
    expect(applied.exit).toBe(7);
    expect(await inUse()).toEqual({ issuer: "https://acme.okta.com/oauth2/default" });
    const [app] = ourApps(workspace.sandbox);
    expect(app?.status).toBe("ACTIVE");
  });

  it("is switched off where it was when it is suspended in the same change", async () => {
    await open();
    const { workspace, tenantry } = companies;
    workspace.edit(file, atOkta, atAuth0);
    workspace.edit(file, "status: active", "status: suspended");
    const { applied } = await acknowledged("--only", "whiterabbit");
    expect(applied.exit, applied.out + applied.err).toBe(0);
    expect(await inUse()).toBeUndefined();
    expect(ourApps(workspace.sandbox)).toEqual([]);
    expect((await tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  it("to a provider of their own leaves nothing at ours", async () => {
    await open();
    const { workspace, tenantry, setSecret } = companies;
    const given = workspace.sandbox.providers["ostrava-steel"].register({
      clientId: "acme-portal",
      method: "client_secret_post",
      redirectUris: ["https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5"],
    });
    setSecret("TENANT_WHITERABBIT__CLIENT_SECRET", given.secret ?? "");
    workspace.edit(
      file,
      atOkta,
      "  external:\n    issuer: https://ostravasteel.onelogin.example/oidc/2\n    clientId: acme-portal\n" +
        "    clientSecret: env:TENANT_WHITERABBIT__CLIENT_SECRET\n  require: { hd: whiterabbit.example }\n",
    );
    workspace.edit("tenants/ostrava-steel.yaml", "clientAuth:", "require: { hd: ostravasteel.example }\n  clientAuth:");
    const { applied } = await acknowledged("--only", "whiterabbit");
    expect(applied.exit, applied.out + applied.err).toBe(0);
    expect(ourApps(workspace.sandbox)).toEqual([]);
    expect((await tenantry("plan", "--exit-code")).exit).toBe(0);
  });
});
