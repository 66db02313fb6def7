import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultsOf, leaksIn, secretValues } from "./checks.ts";
import { type Expected, fleet } from "./scenarios.ts";
import { type CrashWorld, openCrashWorld } from "./world.ts";

// What watches and checks must be able to fail: each rule is broken by hand once, and must be told.

let world: CrashWorld;
beforeAll(async () => {
  world = await openCrashWorld({ name: "nothing", before: [() => undefined], change: () => undefined });
});
afterAll(() => world.close());

const expected = Object.fromEntries(fleet.map((key): [string, Expected] => [key, "active"]));

async function faults(): Promise<readonly string[]> {
  const { sandbox, databases, store } = world;
  return [...(await faultsOf({ sandbox, databases, store, expected })), ...world.foreignChanges()];
}

/** A statement on a database, as somebody else would run it. */
function change(path: string, sql: string, ...values: readonly (string | number | null)[]): void {
  const database = new DatabaseSync(path, { timeout: 2000 });
  database.prepare(sql).run(...values);
  database.close();
}

function read(path: string, sql: string): Record<string, unknown> {
  const database = new DatabaseSync(path, { timeout: 2000 });
  const row = database.prepare(sql).get();
  database.close();
  return row ?? {};
}

const app = () => {
  const found = world.sandbox.okta.apps.find(
    ({ profile }) => profile?.tenantryKey === "whiterabbit/portal" && profile.tenantryEnvironment === "sandbox",
  );
  if (found === undefined) throw new Error("whiterabbit has no app");
  return found;
};
const client = () => {
  const { client_id } = read(world.databases.orders, "select client_id from sso_connection");
  const found = world.sandbox.auth0.clients.get(String(client_id));
  if (found === undefined) throw new Error("fernhill has no client");
  return found;
};
const connection = () => {
  const found = world.sandbox.auth0.connection("fernhill-oidc");
  if (found === undefined) throw new Error("fernhill has no connection");
  return found;
};
const portal = () => world.databases.portal;

/** Breaks something and gives back what mends it. */
type Break = () => () => void;

/** Sets a column of Whiterabbit's record. */
const column =
  (name: string, value: string | null): Break =>
  () => {
    const where = "where key = 'whiterabbit/portal'";
    const before = read(portal(), `select ${name} as value from sso_connection ${where}`).value as string | null;
    change(portal(), `update sso_connection set ${name} = ? ${where}`, value);
    return () => change(portal(), `update sso_connection set ${name} = ? ${where}`, before);
  };

const outages: readonly (readonly [string, Break, string, RegExp])[] = [
  ["a record that is not active", column("state", "pending"), "whiterabbit/portal", /no active record/],
  ["a record with another callback", column("redirect_uri", "https://other.example"), "whiterabbit/portal", /know/],
  ["a record with another client", column("client_id", "0oaother"), "whiterabbit/portal", /no such client/],
  ["a secret that does not open", column("client_secret", "nonsense"), "whiterabbit/portal", /does not open/],
  [
    "a tenant that is not active",
    () => {
      change(portal(), "update org set status = 'suspended' where tenant = 'tannberg'");
      return () => change(portal(), "update org set status = 'active' where tenant = 'tannberg'");
    },
    "tannberg/portal",
    /no active record/,
  ],
  [
    "an app that is off",
    () => {
      app().status = "INACTIVE";
      return () => {
        app().status = "ACTIVE";
      };
    },
    "whiterabbit/portal",
    /inactive/,
  ],
  [
    "an app for nobody",
    () => {
      const all = [...app().assignments];
      app().assignments.clear();
      return () => {
        for (const [id, assignment] of all) app().assignments.set(id, assignment);
      };
    },
    "whiterabbit/portal",
    /nobody is assigned/,
  ],
  [
    "an app with another secret",
    () => {
      const [secret] = app().secrets;
      if (secret === undefined) throw new Error("whiterabbit has no secret");
      const { value } = secret;
      secret.value = "another";
      return () => {
        secret.value = value;
      };
    },
    "whiterabbit/portal",
    /none of the client's/,
  ],
  [
    "an app that proves itself otherwise",
    () => {
      app().authMethod = "client_secret_post";
      return () => {
        app().authMethod = "client_secret_basic";
      };
    },
    "whiterabbit/portal",
    /takes client_secret_post/,
  ],
  [
    "an Auth0 client without grants",
    () => {
      const grants = client().settings.grant_types;
      client().settings.grant_types = [];
      return () => {
        client().settings.grant_types = grants;
      };
    },
    "fernhill/orders",
    /grant/,
  ],
  [
    "an Auth0 client without a connection",
    () => {
      connection().clients.delete(client().clientId);
      return () => void connection().clients.add(client().clientId);
    },
    "fernhill/orders",
    /no connection/,
  ],
  [
    "a customer's client that is gone",
    () => {
      const provider = world.sandbox.providers["northwind-rail"];
      const [own] = provider.clients;
      if (own === undefined) throw new Error("northwind has no client");
      provider.removeClient(own.clientId);
      return () => void provider.register({ ...own, secret: own.secret ?? "" });
    },
    "northwind-rail/portal",
    /nobody/,
  ],
];

describe("the watcher", () => {
  it("has nothing to tell of a fleet that works, and watches all of it", () => {
    world.watcher.keep(world.watcher.serving());
    expect([...world.watcher.serving()].sort()).toEqual([...fleet].sort());
    world.watcher.look("now");
    expect(world.watcher.outages).toEqual([]);
  });

  it.each(outages)("sees %s", (_name, breaks, key, why) => {
    const { watcher } = world;
    watcher.keep(watcher.serving());
    const mend = breaks();
    try {
      watcher.look("meanwhile");
      watcher.look("a moment later");
      expect(watcher.outages).toContainEqual({ key, moment: "meanwhile", why: expect.stringMatching(why) });
    } finally {
      mend();
      watcher.look("afterwards");
      watcher.outages.length = 0;
    }
    watcher.look("after that");
    expect(watcher.outages).toEqual([]);
  });

  it("sees somebody let in without a proof", () => {
    const { watcher } = world;
    watcher.keep([]);
    const mend = column("spec_digest", "sha256:unproven")();
    watcher.look("meanwhile");
    mend();
    watcher.look("afterwards");
    expect(watcher.outages).toMatchObject([{ key: "whiterabbit/portal", why: expect.stringMatching(/no evidence/) }]);
    watcher.outages.length = 0;
  });

  it("allows another client authentication only where it is told to", () => {
    const { watcher } = world;
    watcher.keep(watcher.serving(), ["whiterabbit/portal"]);
    app().authMethod = "client_secret_post";
    watcher.look("meanwhile");
    app().authMethod = "client_secret_basic";
    expect(watcher.outages).toEqual([]);
  });
});

const wrong: readonly (readonly [string, Break, RegExp])[] = [
  [
    "a doubled client at Okta",
    () => {
      const { id: _id, clientId: _clientId, secrets: _secrets, ...same } = app();
      const second = world.sandbox.okta.addApp({ ...same, clientId: "" });
      return () => world.sandbox.okta.removeApp(second.id);
    },
    /whiterabbit\/portal: it has 2 clients/,
  ],
  [
    "a doubled client at Auth0",
    () => {
      const second = world.sandbox.auth0.addClient({ settings: structuredClone(client().settings) });
      return () => world.sandbox.auth0.removeClient(second.clientId);
    },
    /fernhill\/orders: it has 2 clients/,
  ],
  [
    "a client at the other provider",
    () => {
      const settings = { ...structuredClone(client().settings), client_metadata: app().profile ?? {} };
      const second = world.sandbox.auth0.addClient({ settings });
      return () => world.sandbox.auth0.removeClient(second.clientId);
    },
    /whiterabbit\/portal: it has 2 clients/,
  ],
  [
    "a doubled organization",
    () => {
      const metadata = { ...world.sandbox.auth0.organization("fernhill")?.metadata };
      const second = world.sandbox.auth0.addOrganization("fernhill-2", { metadata });
      return () => world.sandbox.auth0.removeOrganization(second.id);
    },
    /fernhill: it has 2 organizations/,
  ],
  [
    "a record that is lost",
    () => {
      const where = "key = 'tannberg/portal'";
      change(portal(), `update sso_connection set key = 'gone/portal' where ${where}`);
      return () => change(portal(), "update sso_connection set key = 'tannberg/portal' where key = 'gone/portal'");
    },
    /tannberg\/portal: there is no record/,
  ],
  ["a record that is off", column("state", "disabled"), /whiterabbit\/portal: is not active/],
  [
    "a callback too many",
    () => {
      app().oauth.redirect_uris.push("https://portal.acme.example/old");
      return () => void app().oauth.redirect_uris.pop();
    },
    /whiterabbit\/portal: its client has 2 callbacks/,
  ],
  [
    "a secret that the provider refuses",
    () => {
      const { secret } = client();
      client().secret = "another-secret-of-the-client";
      return () => {
        client().secret = secret;
      };
    },
    /fernhill\/orders: its secret is refused at the token endpoint/,
  ],
  ["evidence about other values", column("spec_digest", "sha256:other"), /newest evidence is about another specDigest/],
  [
    "evidence that failed",
    () => {
      change(
        world.store,
        "insert into tenantry_evidence (key, at, verdict, body) values ('tannberg/portal', '', 'fail', '{}')",
      );
      return () => change(world.store, "delete from tenantry_evidence where verdict = 'fail'");
    },
    /tannberg\/portal: its newest evidence is about another verdict/,
  ],
  [
    "old values that are kept",
    () => {
      change(
        portal(),
        "insert into sso_connection_previous select *, 'now' from sso_connection where key = 'tannberg/portal'",
      );
      return () => change(portal(), "delete from sso_connection_previous");
    },
    /tannberg\/portal: old values are still kept/,
  ],
  [
    "a lock of a live process",
    () => {
      change(world.store, `insert into tenantry_lock values ('idp/x', 't', 'n', 'h', ${process.pid}, '', '')`);
      return () => change(world.store, "delete from tenantry_lock");
    },
    /a lock is left on idp\/x/,
  ],
  [
    "an app of others that was changed",
    () => {
      const payroll = world.sandbox.okta.app("Payroll");
      if (payroll === undefined) throw new Error("there is no payroll");
      const { label } = payroll;
      payroll.label = "Payroll 2";
      return () => {
        payroll.label = label;
      };
    },
    /Payroll.* was not ours|is not marked as ours/,
  ],
  [
    "a row of others that was changed",
    () => {
      change(portal(), "update org set name = 'x' where managed_by is null");
      return () => change(portal(), "update org set name = 'Somebody else' where managed_by is null");
    },
    /portal\.org was changed/,
  ],
];

describe("the checks afterwards", () => {
  it("find nothing in a fleet that works", async () => {
    expect(await faults()).toEqual([]);
  });

  it.each(wrong)("find %s", async (_name, breaks, text) => {
    const mend = breaks();
    try {
      expect((await faults()).join("\n")).toMatch(text);
    } finally {
      mend();
    }
    expect(await faults()).toEqual([]);
  });

  it("find somebody who is let in against the files", async () => {
    const { sandbox, databases, store } = world;
    const found = await faultsOf({
      sandbox,
      databases,
      store,
      expected: { ...expected, "whiterabbit/portal": "off", "fernhill/orders": "removed" },
    });
    expect(found).toEqual(
      expect.arrayContaining([
        "whiterabbit/portal: is active, wanted off",
        "whiterabbit/portal: its client at Okta is active",
        "fernhill/orders: its client is still there",
        "fernhill/orders: its tombstone holds a secret",
      ]),
    );
  });

  it("find a secret that was said or is in a file", () => {
    const secrets = secretValues(world.sandbox);
    expect(leaksIn(secrets, { said: world.said, files: [world.store, ...Object.values(world.databases)] })).toEqual([]);
    expect(leaksIn(secrets, { said: [`it is ${client().secret}`], files: [] })).toEqual([
      "a secret can be read in what was said",
    ]);
    change(world.store, "insert into tenantry_id values ('x', ?, '')", client().secret);
    expect(leaksIn(secrets, { said: [], files: [world.store] })).toHaveLength(1);
  });
});
