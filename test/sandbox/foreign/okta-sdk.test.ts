import { generateKeyPairSync } from "node:crypto";
import https from "node:https";
import tls from "node:tls";
import { Client, DefaultRequestExecutor } from "@okta/okta-sdk-nodejs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oktaHost, serviceClientId } from "../../../sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";

let at: TestSandbox;
let sdk: Client;
let agent: https.Agent;

/** What the SDK sends its requests by, its token requests too; it takes another one as an option. */
class ThroughSandbox extends DefaultRequestExecutor {
  override fetch(request: object) {
    return super.fetch(Object.assign(request, { agent }));
  }
}

/** The SDK as it comes, led to the sandbox under the org's real name. */
function connect(options: object): Client {
  return new Client({ orgUrl: `https://${oktaHost}`, requestExecutor: new ThroughSandbox(), ...options });
}

beforeAll(async () => {
  at = await startTestSandbox();
  const { ca, host, port } = at.sandbox;
  agent = new https.Agent();
  agent.createConnection = (options) => tls.connect({ ...options, servername: oktaHost, host, port, ca } as object);
  sdk = connect({ token: at.sandbox.env.OKTA_API_TOKEN });
});
afterAll(async () => {
  agent.destroy();
  await at.close();
});

/** All of a collection of the SDK, which asks for page after page. */
async function all<Item>(collection: AsyncIterable<Item | null>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of collection) if (item !== null) items.push(item);
  return items;
}

/** A web app in the shape of the SDK's models. */
const webApp = (label: string) => ({
  name: "oidc_client",
  label,
  signOnMode: "OPENID_CONNECT" as const,
  credentials: { oauthClient: { token_endpoint_auth_method: "client_secret_basic" as const } },
  settings: {
    oauthClient: {
      application_type: "web" as const,
      grant_types: ["authorization_code" as const],
      response_types: ["code" as const],
      redirect_uris: ["https://portal.acme.example/callback"],
    },
  },
});

// biome-ignore lint/suspicious/noExplicitAny: the SDK types an app as what all kinds of apps share.
const loose = (value: unknown) => value as any;
const id = (value: { id?: string | undefined }): string => value.id ?? "";

describe("the npm package @okta/okta-sdk-nodejs", () => {
  test("apps: made, read, replaced, switched off, deleted, listed page by page", async () => {
    const made = loose(await sdk.applicationApi.createApplication({ application: loose(webApp("Portal")) }));
    expect(made).toMatchObject({ label: "Portal", status: "ACTIVE", signOnMode: "OPENID_CONNECT" });
    expect(made.credentials.oauthClient.client_id).toMatch(/^\w{20}$/);
    const read = loose(await sdk.applicationApi.getApplication({ appId: made.id }));
    expect(read.created).toBeInstanceOf(Date);
    read.label = "Portal 2";
    read.settings.oauthClient.redirect_uris = ["https://portal.acme.example/other"];
    const replaced = loose(await sdk.applicationApi.replaceApplication({ appId: made.id, application: read }));
    expect(replaced.settings.oauthClient.redirect_uris).toEqual(["https://portal.acme.example/other"]);
    for (let index = 0; index < 5; index += 1) {
      await sdk.applicationApi.createApplication({ application: loose(webApp(`Many ${index}`)) });
    }
    const labels = (await all(await sdk.applicationApi.listApplications({ limit: 2 }))).map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(["Payroll", "Portal 2", "Many 0", "Many 4"]));
    expect(new Set(labels).size).toBe(labels.length);
    const found = await all(await sdk.applicationApi.listApplications({ q: "Portal" }));
    expect(found.map(({ label }) => label)).toEqual(["Portal 2"]);
    await expect(sdk.applicationApi.deleteApplication({ appId: made.id })).rejects.toMatchObject({ status: 403 });
    await sdk.applicationApi.deactivateApplication({ appId: made.id });
    await sdk.applicationApi.deleteApplication({ appId: made.id });
    await expect(sdk.applicationApi.getApplication({ appId: made.id })).rejects.toMatchObject({
      status: 404,
      errorCode: "E0000007",
    });
  });

  test("secrets: two at most, one switched off and deleted", async () => {
    const { id: appId } = loose(await sdk.applicationApi.createApplication({ application: loose(webApp("Secrets")) }));
    const keys = sdk.applicationSSOPublicKeysApi;
    const second = await keys.createOAuth2ClientSecret({ appId });
    expect(second).toMatchObject({ status: "ACTIVE", client_secret: expect.any(String) });
    await expect(keys.createOAuth2ClientSecret({ appId })).rejects.toMatchObject({ status: 400 });
    const listed = await all(await keys.listOAuth2ClientSecrets({ appId }));
    expect(listed).toHaveLength(2);
    const first = listed.find((each) => each.id !== second.id);
    const secretId = first?.id ?? "";
    expect(await keys.deactivateOAuth2ClientSecret({ appId, secretId })).toMatchObject({ status: "INACTIVE" });
    await keys.deleteOAuth2ClientSecret({ appId, secretId });
    expect((await all(await keys.listOAuth2ClientSecrets({ appId }))).map((each) => each.id)).toEqual([second.id]);
  });

  test("groups and people: made, joined, found, assigned to an app, left", async () => {
    const group = await sdk.groupApi.createGroup({
      group: { profile: { name: "alder-staff", description: "Staff" } as never },
    });
    const groupId = id(group);
    const user = await sdk.userApi.createUser({
      activate: true,
      body: {
        profile: { firstName: "Ada", lastName: "Alder", email: "ada@alder.example", login: "ada@alder.example" },
      },
    });
    const userId = id(user);
    expect(user).toMatchObject({ status: expect.any(String), profile: { login: "ada@alder.example" } });
    await sdk.groupApi.assignUserToGroup({ groupId, userId });
    expect((await all(await sdk.groupApi.listGroupUsers({ groupId }))).map((each) => each.id)).toEqual([userId]);
    expect((await all(await sdk.userApi.listUserGroups({ userId }))).map((each) => each.profile?.name)).toContain(
      "alder-staff",
    );
    const search = 'profile.name eq "alder-staff"';
    expect((await all(await sdk.groupApi.listGroups({ search }))).map(id)).toEqual([groupId]);
    expect((await all(await sdk.groupApi.listGroups({ q: "alder" }))).map(id)).toEqual([groupId]);
    const found = await all(await sdk.userApi.listUsers({ search: 'profile.email eq "ada@alder.example"' }));
    expect(found.map(id)).toEqual([userId]);
    const app = loose(await sdk.applicationApi.createApplication({ application: loose(webApp("Assigned")) }));
    const assigned = await sdk.applicationApi.assignGroupToApplication({
      appId: app.id,
      groupId,
      applicationGroupAssignment: {},
    });
    expect(assigned.id).toBe(groupId);
    expect((await all(await sdk.applicationApi.listApplicationGroupAssignments({ appId: app.id }))).map(id)).toEqual([
      groupId,
    ]);
    const through = await all(await sdk.applicationApi.listApplicationUsers({ appId: app.id }));
    expect(through).toMatchObject([{ id: userId, scope: "GROUP" }]);
    await sdk.applicationApi.unassignApplicationFromGroup({ appId: app.id, groupId });
    const alone = await sdk.applicationApi.assignUserToApplication({
      appId: app.id,
      appUser: { id: userId, scope: "USER" } as never,
    });
    expect(alone).toMatchObject({ id: userId, scope: "USER" });
    await sdk.applicationApi.unassignUserFromApplication({ appId: app.id, userId });
    expect(await all(await sdk.applicationApi.listApplicationUsers({ appId: app.id }))).toEqual([]);
    await sdk.groupApi.replaceGroup({
      groupId,
      group: { profile: { name: "alder-all", description: "All" } as never },
    });
    await sdk.groupApi.unassignUserFromGroup({ groupId, userId });
    await sdk.groupApi.deleteGroup({ groupId });
    await expect(sdk.groupApi.getGroup({ groupId })).rejects.toMatchObject({ status: 404 });
    await sdk.userApi.deactivateUser({ userId });
    await sdk.userApi.deleteUser({ userId });
  });

  test("policies: access policies are listed, and an app is put under one", async () => {
    const policies = await all(await sdk.policyApi.listPolicies({ type: "ACCESS_POLICY" }));
    const strict = policies.find(({ name }) => name === "Phishing resistant");
    expect(policies.length).toBeGreaterThan(1);
    expect(await sdk.policyApi.getPolicy({ policyId: id(strict ?? {}) })).toMatchObject({ type: "ACCESS_POLICY" });
    const { id: appId } = loose(await sdk.applicationApi.createApplication({ application: loose(webApp("Strict")) }));
    await sdk.applicationApi.assignApplicationPolicy({ appId, policyId: id(strict ?? {}) });
    const read = loose(await sdk.applicationApi.getApplication({ appId }));
    expect(read._links.accessPolicy.href).toContain(strict?.id);
  });

  test("authorization servers with scopes, claims, policies and rules", async () => {
    const servers = sdk.authorizationServerApi;
    const made = await servers.createAuthorizationServer({
      authorizationServer: { name: "Orders", description: "Orders", audiences: ["api://orders"] },
    });
    const authServerId = id(made);
    expect(made.issuer).toBe(`https://${oktaHost}/oauth2/${authServerId}`);
    const scope = await servers.createOAuth2Scope({
      authServerId,
      oAuth2Scope: { name: "orders:read", consent: "IMPLICIT" },
    });
    const claim = await servers.createOAuth2Claim({
      authServerId,
      oAuth2Claim: {
        name: "groups",
        claimType: "IDENTITY",
        valueType: "GROUPS",
        group_filter_type: "STARTS_WITH",
        value: "whiterabbit",
        conditions: { scopes: [] },
      } as never,
    });
    const policy = await servers.createAuthorizationServerPolicy({
      authServerId,
      policy: {
        type: "OAUTH_AUTHORIZATION_POLICY",
        name: "All",
        description: "All",
        priority: 1,
        status: "ACTIVE",
        conditions: { clients: { include: ["ALL_CLIENTS"] } },
      } as never,
    });
    const rule = await servers.createAuthorizationServerPolicyRule({
      authServerId,
      policyId: id(policy),
      policyRule: {
        type: "RESOURCE_ACCESS",
        name: "Code",
        priority: 1,
        conditions: {
          people: { groups: { include: ["EVERYONE"] } },
          grantTypes: { include: ["authorization_code"] },
          scopes: { include: ["*"] },
        },
        actions: {
          token: { accessTokenLifetimeMinutes: 60, refreshTokenLifetimeMinutes: 0, refreshTokenWindowMinutes: 10080 },
        },
      } as never,
    });
    expect((await all(await servers.listOAuth2Scopes({ authServerId }))).map(({ name }) => name)).toContain(
      "orders:read",
    );
    expect((await all(await servers.listOAuth2Claims({ authServerId }))).map(id)).toContain(claim.id);
    expect((await all(await servers.listAuthorizationServerPolicies({ authServerId }))).map(id)).toEqual([policy.id]);
    const rules = await all(await servers.listAuthorizationServerPolicyRules({ authServerId, policyId: id(policy) }));
    expect(rules.map(id)).toEqual([rule.id]);
    await servers.deleteOAuth2Scope({ authServerId, scopeId: id(scope) });
    await servers.deleteOAuth2Claim({ authServerId, claimId: id(claim) });
    await servers.deactivateAuthorizationServer({ authServerId });
    await servers.deleteAuthorizationServer({ authServerId });
    await expect(servers.getAuthorizationServer({ authServerId })).rejects.toMatchObject({ status: 404 });
  });

  test("a service app made by the SDK is granted scopes, and comes in by a key that it was given", async () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = { ...pair.publicKey.export({ format: "jwk" }), kid: "first", use: "sig" };
    const app = loose(
      await sdk.applicationApi.createApplication({
        application: loose({
          name: "oidc_client",
          label: "Reader",
          signOnMode: "OPENID_CONNECT",
          credentials: { oauthClient: { token_endpoint_auth_method: "private_key_jwt" } },
          settings: {
            oauthClient: {
              application_type: "service",
              grant_types: ["client_credentials"],
              response_types: ["token"],
              jwks: { keys: [key] },
            },
          },
        }),
      }),
    );
    const scopeId = "okta.groups.read";
    const oAuth2ScopeConsentGrant = { scopeId, issuer: `https://${oktaHost}` };
    await sdk.applicationApi.grantConsentToScope({ appId: app.id, oAuth2ScopeConsentGrant });
    const granted = await all(await sdk.applicationApi.listScopeConsentGrants({ appId: app.id }));
    expect(granted).toMatchObject([{ scopeId, status: "ACTIVE" }]);
    const reader = connect({
      authorizationMode: "PrivateKey",
      clientId: app.credentials.oauthClient.client_id,
      privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      keyId: "first",
      scopes: [scopeId],
    });
    const names = (await all(await reader.groupApi.listGroups())).map(({ profile }) => profile?.name);
    expect(names).toContain("whiterabbit-staff");
  });

  test("a service app comes in by its private key, as far as its scopes go", async () => {
    const service = connect({
      authorizationMode: "PrivateKey",
      clientId: serviceClientId,
      privateKey: at.sandbox.env.OKTA_PRIVATE_KEY,
      scopes: ["okta.apps.read"],
    });
    const labels = (await all(await service.applicationApi.listApplications())).map(({ label }) => label);
    expect(labels).toContain("Payroll");
    await expect(service.groupApi.createGroup({ group: { profile: { name: "x" } as never } })).rejects.toMatchObject({
      status: 403,
      errorCode: "E0000006",
    });
    const wrong = connect({ token: "00wrong" });
    await expect(wrong.userApi.getUser({ userId: "me" })).rejects.toMatchObject({ status: 401, errorCode: "E0000011" });
    expect(await sdk.userApi.getUser({ userId: "me" })).toMatchObject({ status: "ACTIVE" });
  });
});
