import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CommandResult, openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

// What somebody does behind our back at the Okta org or in the app's database: the plan says it, and the apply mends it
// or leaves it alone with its code. What is not ours stays byte for byte as it was.

const key = "whiterabbit/portal";
const client = `idp/workforce/client/${key}`;
const record = `app/portal/record/${key}`;

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
  await done("apply", "--yes");
});
afterEach(() => workspace.close());

async function done(...args: readonly string[]): Promise<CommandResult> {
  const result = await workspace.tenantry(...args);
  expect([result.exit, result.out + result.err]).toEqual([0, result.out + result.err]);
  return result;
}
const okta = () => workspace.sandbox.okta;
const app = () => {
  const [only, ...others] = ourApps(workspace.sandbox);
  if (only === undefined || others.length > 0) throw new Error("there is not exactly one client");
  return only;
};
const groupsOf = (id: string) => [...(okta().appById(id)?.assignments.keys() ?? [])].map((each) => okta().group(each));

/** The actions of a plan with their addresses, and its stops. */
async function planned(...args: readonly string[]): Promise<{ changes: readonly string[]; stops: readonly string[] }> {
  const { plan, stops } = (await workspace.tenantry("plan", "--json", ...args)).json() as unknown as {
    plan: { changes: readonly { action: string; address: string }[] };
    stops: readonly { acknowledge: string }[];
  };
  return {
    changes: plan.changes.map(({ action, address }) => `${action} ${address}`),
    stops: stops.map(({ acknowledge }) => acknowledge),
  };
}

/** People come in by the one client, whose secret the record has, and nothing is left to do. */
async function inOrder(): Promise<void> {
  await done("verify");
  expect(workspace.portal("select key, client_id from sso_connection_active")).toEqual([
    { key, client_id: app().clientId },
  ]);
  expect(groupsOf(app().id).map((group) => group?.profile.name)).toEqual(["whiterabbit-staff"]);
  expect((await workspace.tenantry("plan", "--exit-code", "--deep")).exit).toBe(0);
  const { connections } = (await workspace.tenantry("status", "--json")).json() as unknown as {
    connections: readonly { registrationId: string }[];
  };
  expect(connections.map(({ registrationId }) => registrationId)).toEqual([app().id]);
}

/** The command leaves with 4 or 2 and its code, and changes nothing anywhere. */
async function isRefused(exit: number, code: string, ...acks: readonly string[]): Promise<void> {
  const snapshot = () =>
    JSON.stringify([
      okta().apps.map((each) => [each, [...each.assignments.keys()]]),
      okta().groups,
      workspace.portal("select * from sso_connection"),
      workspace.portal("select * from org"),
    ]);
  const before = snapshot();
  for (const args of [["plan"], ["plan", "--only", "whiterabbit"], ["apply", "--yes", ...acks]]) {
    const result = await workspace.tenantry(...args);
    expect([args, result.exit, result.out + result.err]).toEqual([args, exit, expect.stringContaining(code)]);
  }
  expect(snapshot()).toBe(before);
}

describe("a client at Okta", () => {
  const byHand = (clientId: string) => {
    const { id, sequence, created, lastUpdated, secrets, assignments, ...rest } = app();
    okta().removeApp(id);
    return okta().addApp({ ...rest, clientId, label: "made by hand" });
  };

  it("that was deleted is made again, with the same client id, and its new secret handed over", async () => {
    const before = app();
    okta().removeApp(before.id);
    expect(await planned()).toEqual({ changes: [`create ${client}`], stops: [] });
    await done("apply", "--yes");
    expect(app().id).not.toBe(before.id);
    expect(app().clientId).toBe(before.clientId);
    await inOrder();
  });

  it("that was deleted and made again by hand, marker and client id and all, is taken over under its new id", async () => {
    const made = byHand(app().clientId);
    const { changes, stops } = await planned();
    expect(changes).toEqual([`update ${client}`, `update ${record}`]);
    await done("apply", "--yes", ...stops.flatMap((stop) => ["--ack", stop]));
    expect(app().id).toBe(made.id);
    await inOrder();
  });

  it("that was made again by hand with another client id needs a word, and is taken over then", async () => {
    const made = byHand("0oa1byhand0000000000");
    const { stops } = await planned();
    expect(stops).toContain(`${record}:clientId`);
    const stopped = await workspace.tenantry("apply", "--yes");
    expect([stopped.exit, stopped.err]).toEqual([4, expect.stringContaining(`--ack ${record}:clientId`)]);
    await done("apply", "--yes", ...stops.flatMap((stop) => ["--ack", stop]));
    expect([app().id, app().clientId]).toEqual([made.id, "0oa1byhand0000000000"]);
    await inOrder();
  });

  it("whose marker was removed is somebody else's from then on: left alone, with nothing made beside it", async () => {
    okta().edit(app().id, (edited) => {
      edited.profile = { keep: "this" };
    });
    await isRefused(4, "OKTA_CLIENT_ID_TAKEN");
  });

  it("whose marker now names another environment is as foreign", async () => {
    okta().edit(app().id, (edited) => {
      edited.profile = { ...edited.profile, tenantryEnvironment: "production" };
    });
    await isRefused(4, "OKTA_CLIENT_ID_TAKEN");
  });

  it("whose marker stands on two is stopped, and both stay", async () => {
    const { profile } = app();
    okta().edit("Payroll", (edited) => {
      edited.profile = profile;
      edited.label = `${key} copied`;
    });
    await isRefused(4, "OKTA_DUPLICATE");
  });

  it("with our label that is not ours stays as it is, also while ours is made again", async () => {
    const { label, id } = app();
    const foreign = okta().edit("Payroll", (edited) => {
      edited.label = label;
    });
    const before = JSON.stringify([foreign, [...foreign.assignments]]);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
    okta().removeApp(id);
    await done("apply", "--yes");
    await inOrder();
    const after = okta().appById(foreign.id);
    expect(JSON.stringify([after, [...(after?.assignments ?? [])]])).toBe(before);
  });

  it("that was changed in the console is put back, what is hot only with a word", async () => {
    okta().edit(app().id, (edited) => {
      edited.oauth.redirect_uris.push("https://evil.example/callback");
      edited.label = "renamed";
      edited.status = "INACTIVE";
    });
    const { changes, stops } = await planned();
    expect({ changes, stops }).toEqual({ changes: [`update ${client}`], stops: [`${client}:redirectUris`] });
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(4);
    await done("apply", "--yes", "--ack", `${client}:redirectUris`);
    expect(app()).toMatchObject({ status: "ACTIVE", label: expect.stringContaining(key) });
    await inOrder();
  });

  it("whose secret was made anew gets it handed over", async () => {
    okta().replaceSecret(app().id);
    expect((await planned()).changes).toEqual([`update ${record}`]);
    expect((await workspace.tenantry("verify")).exit).toBe(6);
    await done("apply", "--yes");
    await inOrder();
  });
});

describe("a group at Okta", () => {
  const remove = () => okta().removeGroup("whiterabbit-staff");

  it("that was deleted is missed, with the place that names it", async () => {
    remove();
    await isRefused(2, "tenants/whiterabbit.yaml:10:12  OKTA_GROUP_MISSING");
  });

  it("that was deleted and may be made is made again, and assigned", async () => {
    remove();
    workspace.edit(
      "tenants/whiterabbit.yaml",
      "groups: [whiterabbit-staff]",
      "groups: [{ name: whiterabbit-staff, create: true }]",
    );
    const { changes, stops } = await planned();
    expect(changes).toEqual(["create idp/workforce/group/whiterabbit-staff", `update ${client}`]);
    await done("apply", "--yes", ...stops.flatMap((stop) => ["--ack", stop]));
    await inOrder();
  });
});

describe("in the app's database", () => {
  it("a record that was deleted is written again, proven, with the secret of the client that is there", async () => {
    const { id } = app();
    workspace.changePortal("delete from sso_connection");
    expect((await planned()).changes).toEqual([`create ${record}`, `activate ${record}`]);
    await done("apply", "--yes");
    expect(app().id).toBe(id);
    await inOrder();
  });

  it("a tenant's row that was deleted with all it had is made again", async () => {
    workspace.changePortal(
      "delete from sso_connection; delete from org_domain; delete from org_domain_claim; delete from org",
    );
    expect((await planned()).changes).toEqual([
      "create app/portal/tenant/whiterabbit",
      `create ${record}`,
      `activate ${record}`,
    ]);
    await done("apply", "--yes");
    await inOrder();
  });

  it("a tenant's row that was deleted from under its record stops everything", async () => {
    workspace.changePortal("pragma foreign_keys = off; delete from org");
    await isRefused(5, "SQL_CORRUPT");
  });

  it.each([
    ["a record", "update sso_connection set managed_by = 'somebody/else'", "PLAN_RECORD_FOREIGN"],
    ["a record without a marker", "update sso_connection set managed_by = ''", "PLAN_RECORD_FOREIGN"],
    ["a tenant's row", "update org set managed_by = 'somebody/else'", "PLAN_RECORD_FOREIGN"],
  ])("%s that is somebody else's now is left alone", async (_what, statement, code) => {
    workspace.changePortal(statement);
    await isRefused(4, code);
  });

  it("a record that was switched off by hand is switched on again, and values that were changed are put back", async () => {
    workspace.changePortal("update sso_connection set state = 'disabled', token_endpoint = 'https://evil.example/t'");
    const { changes, stops } = await planned();
    expect(changes).toEqual([`update ${record}`, `activate ${record}`]);
    await done("apply", "--yes", ...stops.flatMap((stop) => ["--ack", stop]));
    await inOrder();
  });
});
