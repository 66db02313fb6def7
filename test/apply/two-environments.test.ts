import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addEnvironment, copyWorkspace, tenantryIn } from "../support/environments.ts";
import { onEachDatabase, postgresSchema } from "../support/postgres.ts";
import { type CommandResult, openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace({ whole: true });
  // One customer at Okta and one at Auth0 are enough here.
  for (const other of [
    "alder-voss",
    "bluefin-studios",
    "cobalt-clinics",
    "northwind-rail",
    "ostrava-steel",
    "tannberg",
  ]) {
    rmSync(join(workspace.root, `tenants/${other}.yaml`));
  }
});
afterEach(() => workspace.close());

interface Place {
  readonly root: string;
  readonly env: string;
}
const done = (result: CommandResult): void => expect([result.exit, result.err]).toEqual([0, result.err]);

/** Everything at both vendors with the marker of one workspace in one environment, and everything unmarked. */
function objectsOf(name: string, env: string): { readonly own: string; readonly ids: readonly string[] } {
  const { okta, auth0 } = workspace.sandbox;
  const isOwn = (marker: unknown): boolean => {
    const { tenantryWorkspace, tenantryEnvironment } = (marker ?? {}) as Record<string, unknown>;
    return tenantryWorkspace === name && tenantryEnvironment === env;
  };
  const apps = okta.apps.filter(({ profile }) => isOwn(profile));
  const clients = [...auth0.clients.values()].filter(({ settings }) => isOwn(settings.client_metadata));
  const organizations = [...auth0.organizations.values()].filter(({ metadata }) => isOwn(metadata));
  return {
    own: JSON.stringify([
      apps.map((app) => [app, app.secrets, [...app.assignments.keys()]]),
      clients.map((client) => [
        client,
        [...auth0.connections.values()].filter((each) => each.clients.has(client.clientId)).map(({ id }) => id),
      ]),
      organizations.map((organization) => [organization, [...organization.connections]]),
    ]),
    ids: [...apps.map(({ clientId }) => clientId), ...clients.map(({ clientId }) => clientId)],
  };
}
const foreign = () =>
  JSON.stringify([
    workspace.sandbox.okta.apps.filter(({ profile }) => profile === undefined),
    [...workspace.sandbox.auth0.clients.values()].filter(({ settings }) => settings.client_metadata === undefined),
    workspace.sandbox.auth0.organization("acme-internal"),
  ]);

const organizationName = "staging-{tenant}";

/** The second place beside the first, migrated. */
type Second = readonly [what: string, open: () => { readonly place: Place; readonly name: string; close?(): void }];
const seconds: readonly Second[] = [
  [
    "environments of one workspace",
    () => {
      addEnvironment(workspace, "staging", organizationName);
      return { place: { root: workspace.root, env: "staging" }, name: "acme" };
    },
  ],
  [
    "workspaces",
    () => {
      const { root, close } = copyWorkspace(workspace, "globex");
      const path = join(root, "tenantry.yaml");
      const domain = "    domain: acme.eu.auth0.com\n";
      const named = `${domain}    organizationName: 'globex-{tenant}'\n`;
      writeFileSync(path, readFileSync(path, "utf8").replace(domain, named));
      return { place: { root, env: "sandbox" }, name: "globex", close };
    },
  ],
];

describe.each(seconds)("two %s in one Okta org and one Auth0 tenant", (_what, open) => {
  const first: Place = { root: "", env: "sandbox" };
  let second: ReturnType<typeof open>;
  beforeEach(async () => {
    Object.assign(first, { root: workspace.root });
    second = open();
    done(await tenantryIn(second.place, "migrate", "--yes"));
  });
  afterEach(() => second.close?.());
  const ofFirst = () => objectsOf("acme", "sandbox");
  const ofSecond = () => objectsOf(second.name, second.place.env);

  it("are applied at the same time, each with clients of its own, and see nothing of each other", async () => {
    const others = foreign();
    const both = await Promise.all([first, second.place].map((place) => tenantryIn(place, "apply", "--yes")));
    for (const result of both) done(result);
    expect(ofFirst().ids).toHaveLength(3);
    expect(ofSecond().ids).toHaveLength(3);
    expect(new Set([...ofFirst().ids, ...ofSecond().ids]).size).toBe(6);
    for (const place of [first, second.place]) {
      const plan = await tenantryIn(place, "plan", "--exit-code", "--deep");
      expect([plan.exit, plan.out]).toEqual([0, expect.stringContaining("nothing to do")]);
      done(await tenantryIn(place, "verify"));
    }
    expect(foreign()).toBe(others);
  });

  it("leave each other's objects byte for byte as they are: changed, switched off, deleted", async () => {
    done(await tenantryIn(first, "apply", "--yes"));
    done(await tenantryIn(second.place, "apply", "--yes"));
    const before = { own: ofFirst().own, foreign: foreign() };
    const edit = (tenant: string, from: string, to: string): void => {
      const path = join(second.place.root, `tenants/${tenant}.yaml`);
      const text = readFileSync(path, "utf8");
      expect(text).toContain(from);
      writeFileSync(path, text.replace(from, to));
    };
    const apply = async (): Promise<void> => {
      const acks = ["idp/workforce/client/whiterabbit/portal", "app/portal/record/whiterabbit/portal"]
        .concat(["portal", "orders"].map((app) => `idp/customers/client/fernhill/${app}`))
        .concat(["portal", "orders"].map((app) => `app/${app}/record/fernhill/${app}`))
        .concat(["idp/customers/organization/fernhill"])
        .flatMap((address) => ["--ack", `${address}:delete`]);
      done(await tenantryIn(second.place, "apply", "--yes", "--ack", "plan:tenants", ...acks));
      expect({ own: ofFirst().own, foreign: foreign() }).toEqual(before);
    };
    edit("whiterabbit", "name: Whiterabbit Foods", "name: Whiterabbit Food");
    edit("fernhill", "name: Fernhill Media", "name: Fernhill");
    await apply();
    for (const tenant of ["whiterabbit", "fernhill"]) edit(tenant, "status: active", "status: suspended");
    await apply();
    for (const tenant of ["whiterabbit", "fernhill"]) {
      edit(tenant, "status: suspended", "status: offboarded\ndeleteAfter: 2020-01-01");
    }
    await apply();
    expect(ofSecond().ids).toEqual([]);
  });
});

describe("two environments in one Auth0 tenant", () => {
  it("without organization names of their own: the second is refused, and touches nothing of the first", async () => {
    addEnvironment(workspace, "staging");
    const staging = { root: workspace.root, env: "staging" };
    done(await tenantryIn(staging, "migrate", "--yes"));
    done(await workspace.tenantry("apply", "--yes"));
    const before = objectsOf("acme", "sandbox").own;
    const refused = await tenantryIn(staging, "apply", "--yes");
    expect([refused.exit, refused.err]).toEqual([4, expect.stringContaining("AUTH0_ORGANIZATION_TAKEN")]);
    expect(objectsOf("acme", "sandbox").own).toBe(before);
    expect(objectsOf("acme", "staging").ids).toEqual([]);
  });
});

onEachDatabase((kind) => {
  describe("two environments that name one store", () => {
    it("are kept apart: the second is refused before anything is done", async () => {
      const environment: Record<string, string> = {};
      if (kind === "postgres") {
        environment.STORE_OF_BOTH = await postgresSchema();
        workspace.edit("tenantry.yaml", "sqlite:.tenantry/sandbox/store.db", "env:STORE_OF_BOTH");
      }
      addEnvironment(workspace, "staging", organizationName);
      if (kind === "sqlite") workspace.edit("tenantry.yaml", "sandbox/staging-store.db", "sandbox/store.db");
      const [sandbox, staging] = ["sandbox", "staging"].map((env) => ({ root: workspace.root, env, environment }));
      if (sandbox === undefined || staging === undefined) throw new Error("two places are missing");
      done(await tenantryIn(staging, "migrate", "--yes"));
      done(await tenantryIn(sandbox, "apply", "--yes", "--only", "whiterabbit"));
      for (const args of [["apply", "--yes"], ["status"], ["status", "--locks"], ["status", "--rebuild"], ["verify"]]) {
        const refused = await tenantryIn(staging, ...args);
        expect([args, refused.exit]).toEqual([args, 4]);
        expect(refused.err).toMatch(
          /^STORE_OTHER_ENVIRONMENT {2}The store \S+.* is of acme in sandbox, and this is acme in staging\.\n {2}mend: Give each environment a store of its own: /m,
        );
      }
      expect(objectsOf("acme", "staging").ids).toEqual([]);
      expect((await tenantryIn(staging, "plan")).exit).toBe(0);
      done(await tenantryIn(sandbox, "apply", "--yes"));
    });
  });
});
