import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestWorkspace, type TestWorkspace } from "../../../support/workspace.ts";
import { prismaFile, prismaSql } from "./prisma.ts";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace({ migrate: false });
  workspace.edit(
    "tenantry.yaml",
    "    clientAuth: [client_secret_basic, client_secret_post]\n",
    `    clientAuth: [client_secret_post]
    mapping:
      table: Org
      key: { column: id }
      columns:
        issuer: issuer
        authorizationEndpoint: authorization_endpoint
        tokenEndpoint: token_endpoint
        userinfoEndpoint: userinfo_endpoint
        clientId: client_id
        clientSecret: client_secret
      domains: { column: domain }
      apiKey: { column: apikey }
`,
  );
  workspace.edit("tenants/whiterabbit.yaml", "client_secret_basic", "client_secret_post");
  workspace.edit("tenants/whiterabbit.yaml", /^ {2}roles:.*\n/m, "");
  // An empty file is an empty database: the team's tables come first.
  workspace.write(".tenantry/sandbox/portal.db", "");
  for (const statement of prismaSql(prismaFile("workshop.prisma"), "sqlite")) workspace.changePortal(statement);
});
afterEach(() => workspace.close());

const org = () => workspace.portal('select * from "Org"')[0];

test("a file becomes a row of the team's own table, proven; drift in it is seen and mended", async () => {
  const early = await workspace.tenantry("apply", "--yes");
  expect([early.exit, /SQL_NOT_MIGRATED/.test(early.err + early.out)]).toEqual([5, true]);
  expect((await workspace.tenantry("migrate", "--yes")).out).toContain("003-mapped-rows");
  const planned = await workspace.tenantry("plan");
  expect(planned.exit, planned.err).toBe(0);
  expect(planned.out).toContain("whiterabbit/portal");
  expect(org()).toBeUndefined();

  const applied = await workspace.tenantry("apply", "--yes");
  expect(applied.exit, applied.err).toBe(0);
  expect(org()).toMatchObject({
    id: "7vk2m9qhx4rw8t3nbcd5",
    domain: "whiterabbit.example",
    issuer: "https://acme.okta.com/oauth2/default",
    token_endpoint: "https://acme.okta.com/oauth2/default/v1/token",
    client_secret: expect.stringMatching(/^tenantry\.v1\./),
    apikey: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const apiKey = readFileSync(join(workspace.root, ".tenantry/api-keys/whiterabbit.key"), "utf8").trim();
  expect(applied.out + applied.err).not.toContain(apiKey);
  const still = await workspace.tenantry("plan", "--exit-code");
  expect(still.exit, still.out).toBe(0);
  expect((await workspace.tenantry("verify", "whiterabbit")).exit).toBe(0);

  workspace.changePortal(`update "Org" set token_endpoint = 'https://evil.example/token'`);
  // Another host of an endpoint is acknowledged by name.
  const drifted = await workspace.tenantry("plan", "--exit-code");
  expect([drifted.exit, drifted.out]).toEqual([4, expect.stringContaining("evil.example")]);
  const mended = await workspace.tenantry("apply", "--yes", ...acks(drifted.out));
  expect(mended.exit, mended.err + mended.out).toBe(0);
  expect(org()).toMatchObject({ token_endpoint: "https://acme.okta.com/oauth2/default/v1/token" });

  workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
  const suspended = await workspace.tenantry("apply", "--yes");
  expect(suspended.exit, suspended.err).toBe(0);
  expect(org()).toMatchObject({ issuer: "", client_id: "", client_secret: "", apikey: "" });
});

/** Acknowledgements that a plan asks for. */
function acks(plan: string): readonly string[] {
  return [...plan.matchAll(/--ack (\S+)/g)].flatMap(([, ack = ""]) => ["--ack", ack]);
}

test("what the table has no column for is an issue with its place, before anything is done", async () => {
  workspace.edit("tenants/whiterabbit.yaml", "scopes: [openid, email, profile]", "scopes: [openid, email, groups]");
  workspace.edit(
    "tenants/whiterabbit.yaml",
    "domains: [whiterabbit.example]",
    "domains: [whiterabbit.example, b.example]",
  );
  const { exit, err, out } = await workspace.tenantry("validate");
  expect(exit).not.toBe(0);
  expect(err + out).toMatch(/whiterabbit\.yaml:\d+:\d+[\s\S]*scopes[\s\S]*apps\.portal\.mapping\.columns\.scopes/);
  expect(err + out).toMatch(/the column `domain`[\s\S]*room for one/);
});

test("a column that is not there is told with its place in tenantry.yaml", async () => {
  workspace.edit("tenantry.yaml", "userinfo_endpoint\n", "userinfo_url\n");
  await workspace.tenantry("migrate", "--yes");
  const { exit, err, out } = await workspace.tenantry("plan");
  expect([exit, err + out]).toEqual([5, expect.stringContaining("`apps.portal.mapping.columns.userinfoEndpoint`")]);
});
