import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Companies, openCompanies } from "../support/companies.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

// Hot fields as a user meets them: from an edit of a file to the words that acknowledge it.

const file = "tenants/whiterabbit.yaml";
const client = "idp/workforce/client/whiterabbit/portal";
const record = "app/portal/record/whiterabbit/portal";
const row = "app/portal/tenant/whiterabbit";

interface Stop {
  readonly code: string;
  readonly acknowledge: string;
  readonly entry?: Readonly<Record<string, string>>;
}
type Run = TestWorkspace["tenantry"];

async function stopsOf(tenantry: Run, ...args: readonly string[]): Promise<readonly Stop[]> {
  const { json, err } = await tenantry("plan", "--json", ...args);
  const { stops } = json() as unknown as { stops?: readonly Stop[] };
  if (stops === undefined) throw new Error(err);
  return stops;
}

describe("an edit of a live tenant's file", () => {
  let companies: Companies;
  let edit: TestWorkspace["edit"];
  beforeEach(async () => {
    companies = await openCompanies("sqlite");
    edit = companies.workspace.edit;
    expect((await companies.tenantry("apply", "--yes", "--only", "whiterabbit")).exit).toBe(0);
  });
  afterEach(() => companies.close());

  const edits: readonly (readonly [what: string, stops: readonly string[], make: () => void])[] = [
    [
      "another callback",
      [`${client}:redirectUris`, `${record}:redirectUris`],
      () => edit("tenantry.yaml", "/openid/callback/{id}", "/sso/callback/{id}"),
    ],
    [
      "one more domain",
      [`${row}:domains`],
      () => edit(file, "domains: [whiterabbit.example]", "domains: [whiterabbit.example, rabbit.example]"),
    ],
    [
      "another domain",
      [`${row}:domains`],
      () => edit(file, "domains: [whiterabbit.example]", "domains: [rabbit.example]"),
    ],
    [
      "a key in the place of the secret",
      [`${client}:clientAuth`, `${record}:secret`],
      () => edit(file, "clientAuth: client_secret_basic", "clientAuth: private_key_jwt"),
    ],
    [
      "PKCE off",
      [`${client}:clientAuth`, `${record}:clientAuth`],
      () => edit(file, "  scopes:", "  pkce: off\n  scopes:"),
    ],
    [
      "one more group",
      [`${client}:assignment`],
      () => edit(file, "groups: [whiterabbit-staff]", "groups: [whiterabbit-staff, whiterabbit-admins]"),
    ],
    ["everyone", [`${client}:assignment`], () => edit(file, "groups: [whiterabbit-staff]", "everyone: true")],
    [
      "another access policy",
      [`${client}:assignment`],
      () => edit(file, "  scopes:", "  accessPolicy: Phishing resistant\n  scopes:"),
    ],
    [
      "one more role mapping",
      [`${record}:roles`],
      () => edit(file, "whiterabbit-admins: admin", "whiterabbit-admins: admin, whiterabbit-staff: admin"),
    ],
    ["another default role", [`${record}:roles`], () => edit(file, "default: member", "default: admin")],
    [
      "another claim for who somebody is",
      [`${record}:claims`],
      () => edit(file, "externalId: sub", "externalId: email"),
    ],
    [
      "another issuer",
      [`${record}:issuer`],
      () => {
        edit("tenantry.yaml", "authorizationServer: default", "authorizationServer: org");
        edit(
          "tenantry.yaml",
          "{ clientId: 0oa1tenantryservice0, privateKey: env:OKTA_PRIVATE_KEY }",
          "{ apiToken: env:OKTA_API_TOKEN }",
        );
      },
    ],
    ["another name, which is not hot", [], () => edit(file, "name: Whiterabbit Foods", "name: Whiterabbit Food")],
    [
      "a role mapping less, which is not hot",
      [],
      () => edit(file, "map: { whiterabbit-admins: admin }, ", "map: {}, "),
    ],
  ];

  it.each(edits)("%s", async (_what, stops, make) => {
    make();
    const stopped = await stopsOf(companies.tenantry, "--only", "whiterabbit");
    expect(stopped.map(({ acknowledge }) => acknowledge)).toEqual(stops);
    expect(new Set(stopped.map(({ code }) => code))).toEqual(new Set(stops.length === 0 ? [] : ["PLAN_GUARD_HOT"]));
    const before = await companies.rows("portal", "select * from sso_connection");
    if (stops.length > 0) {
      const refused = await companies.tenantry("apply", "--yes", "--only", "whiterabbit");
      expect([refused.exit, refused.err]).toEqual([4, expect.stringContaining("CLI_STOPPED_BY_GUARD")]);
      expect(await companies.rows("portal", "select * from sso_connection")).toEqual(before);
    }
    const acks = stops.flatMap((stop) => ["--ack", stop]);
    const applied = await companies.tenantry("apply", "--yes", "--only", "whiterabbit", ...acks);
    expect([applied.exit, applied.out + applied.err]).toEqual([0, applied.out + applied.err]);
    expect(applied.err).not.toContain("fits nothing");
  });
});

describe("an acknowledgement in the tenant's file", () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await openTestWorkspace();
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
  });
  afterEach(() => workspace.close());
  const acknowledge = (stops: readonly Stop[]): void => {
    const entries = stops.map(({ entry }) => `  - ${JSON.stringify(entry)}\n`).join("");
    workspace.write(file, `${workspace.read(file)}acknowledge:\n${entries}`);
  };
  const withoutEntries = (): void => workspace.write(file, workspace.read(file).replace(/acknowledge:\n[\s\S]*$/, ""));

  it("as the plan prints it lets this change through, and no other", async () => {
    workspace.edit(file, "groups: [whiterabbit-staff]", "groups: [whiterabbit-staff, whiterabbit-admins]");
    const stops = await stopsOf(workspace.tenantry);
    expect(stops).toMatchObject([
      {
        entry: {
          address: client,
          field: "assignment",
          from: "whiterabbit-staff",
          to: "whiterabbit-admins whiterabbit-staff",
        },
      },
    ]);
    acknowledge(stops);
    expect(await stopsOf(workspace.tenantry)).toEqual([]);
    // The same field of the same tenant, to another value.
    workspace.edit(file, "groups: [whiterabbit-staff, whiterabbit-admins]", "everyone: true");
    expect((await stopsOf(workspace.tenantry)).map((stop) => stop.acknowledge)).toEqual([`${client}:assignment`]);
    workspace.edit(file, "everyone: true", "groups: [whiterabbit-staff, whiterabbit-admins]");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    // What was acknowledged has happened: the entry may stay, and lets nothing else through.
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
    workspace.edit(file, "groups: [whiterabbit-staff, whiterabbit-admins]", "groups: []");
    const after = await workspace.tenantry("plan");
    expect([2, 4]).toContain(after.exit);
  });

  it("counts for the tenant whose file it stands in, and deletes nothing", async () => {
    workspace.edit(file, "status: active", "status: offboarded\ndeleteAfter: 2020-01-01");
    const stops = await stopsOf(workspace.tenantry);
    expect(stops.map((stop) => [stop.code, stop.acknowledge, stop.entry])).toEqual([
      ["PLAN_GUARD_DELETE", `${client}:delete`, undefined],
      ["PLAN_GUARD_DELETE", `${record}:delete`, undefined],
    ]);
    acknowledge(
      stops.map((stop) => ({
        ...stop,
        entry: { address: stop.acknowledge.replace(/:delete$/, ""), field: "delete", from: "", to: "", reason: "gone" },
      })),
    );
    const refused = await workspace.tenantry("apply", "--yes");
    expect(refused.exit, refused.out + refused.err).not.toBe(0);
    withoutEntries();
    const acks = stops.flatMap((stop) => ["--ack", stop.acknowledge]);
    expect((await workspace.tenantry("apply", "--yes", ...acks)).exit).toBe(0);
  });
});
