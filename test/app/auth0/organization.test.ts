import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AppAdapter } from "../../../src/app/app.ts";
import type { Address, ConnectionKey, Registration } from "../../../src/desired/connection.ts";
import type { Auth0Adapter } from "../../../src/idp/auth0/adapter.ts";
import { openAuth0 } from "../../../src/idp/auth0/open.ts";
import { appTenantFields } from "../../../src/plan/fields.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import { customers, wanted as wantedRegistration } from "../../idp/auth0/bench.ts";
import { type Bench, key, name, record, startBench, tenant } from "./bench.ts";

// The tenant's organization, its domains, and what a look at few and at many costs.

let bench: Bench;
let app: AppAdapter;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.reset();
  app = await bench.adapter();
});

const proven = (...domains: readonly string[]) => new Map(domains.map((domain) => [domain, "proven"]));

function organization(called = "fernhill") {
  return bench.sandbox.auth0.organization(called);
}

function discovery(called = "fernhill"): Record<string, string> {
  return Object.fromEntries(
    [...(organization(called)?.discoveryDomains.values() ?? [])].map(({ domain, status }) => [domain, status]),
  );
}

async function look(wanted = record()) {
  return (await app.observe([wanted], false)).tenants.get("fernhill");
}

describe("domains", () => {
  const two = ["fernhill.example", "media.fernhill.example"];

  test("are the organization's, verified once they are proven, and lead to the connection only then", async () => {
    const write = { ...bench.write(), appTenant: tenant({ domains: two }) };
    await bench.live(app, write);
    expect(discovery()).toEqual({ "fernhill.example": "verified", "media.fernhill.example": "pending" });
    expect(bench.options().domain_aliases).toEqual(["fernhill.example"]);
    expect(await look()).toMatchObject({
      fields: appTenantFields(write.appTenant),
      status: "active",
      routed: [{ domain: "fernhill.example" }],
    });
    await app.writeTenant(write.appTenant, proven("media.fernhill.example"));
    expect(discovery()).toEqual({ "fernhill.example": "verified", "media.fernhill.example": "verified" });
    expect(bench.options().domain_aliases).toEqual(two);
    expect((await look())?.routed).toHaveLength(2);
    await app.writeTenant(tenant({ domains: ["media.fernhill.example"] }));
    expect(discovery()).toEqual({ "media.fernhill.example": "verified" });
    expect(bench.options().domain_aliases).toEqual(["media.fernhill.example"]);
  });

  test("that another organization has verified stop the tenant", async () => {
    const other = bench.sandbox.auth0.organization("acme-internal");
    if (other === undefined) throw new Error("not seeded");
    const taken = bench.sandbox.auth0.addDiscoveryDomain(other, "fernhill.example", { status: "verified" });
    await expect(app.writeTenant(tenant(), proven("fernhill.example"))).rejects.toMatchObject({
      code: "AUTH0_DOMAIN_TAKEN",
    });
    other.discoveryDomains.delete(taken.id);
  });

  test("that somebody has added to a connection by hand show as the tenant's, and go with the next write", async () => {
    await bench.live(app);
    const connection = bench.connection();
    if (connection === undefined) throw new Error("it is not there");
    connection.settings.options = { ...bench.options(), domain_aliases: ["fernhill.example", "gmail.example"] };
    expect((await look())?.fields.domains).toEqual(["fernhill.example", "gmail.example"]);
    await app.writeTenant(tenant());
    expect(bench.options().domain_aliases).toEqual(["fernhill.example"]);
  });
});

describe("the organization", () => {
  test("is the tenant's, with its name and what is compared, and another's of the name is left alone", async () => {
    await app.writeTenant(tenant({ name: "Fernhill" }));
    expect(organization()).toMatchObject({
      displayName: "Fernhill",
      metadata: { tenantryWorkspace: "acme", tenantryEnvironment: "sandbox", tenantryTenant: "fernhill" },
    });
    await app.writeTenant(tenant({ name: "Fernhill Media", status: "suspended" }));
    expect((await look())?.fields).toMatchObject({ name: "Fernhill Media", status: "suspended" });
    const staging = await bench.adapter({}, "manage", "staging");
    expect((await staging.observe([record()], false)).foreign.map((each) => each.key)).toEqual([key]);
    await expect(staging.writeTenant(tenant())).rejects.toMatchObject({ code: "AUTH0_ORGANIZATION_TAKEN" });
    expect(organization()?.metadata.tenantryEnvironment).toBe("sandbox");
  });

  test("may let people in without making them members; what was changed by hand is mended", async () => {
    const without = { membership: false };
    await bench.live(app, bench.write({}, without));
    const enabled = () => organization()?.connections.get(bench.connection()?.id ?? "");
    expect(enabled()?.assign_membership_on_login).toBe(false);
    const membership = async (wanted = record()) =>
      (await app.observe([wanted], false)).records.get(key)?.fields["auth0.membership"];
    expect(await membership(record({}, without))).toBe(false);
    await bench.live(app);
    expect([enabled()?.assign_membership_on_login, await membership()]).toEqual([true, true]);
    organization()?.connections.clear();
    expect(await membership()).toBe(false);
    await bench.live(app);
    expect(await membership()).toBe(true);
  });

  test("goes with the last connection of a tenant that is not active any more", async () => {
    await bench.live(app);
    await app.disable(key);
    await app.remove(key);
    expect([bench.connection(), organization() === undefined]).toEqual([undefined, false]);
    await app.writeTenant(tenant({ status: "offboarded" }));
    await app.remove(key);
    expect(organization()).toBeUndefined();
  });

  test("has no room for another note", async () => {
    await app.writeTenant(tenant());
    const there = organization();
    if (there === undefined) throw new Error("it is not there");
    const theirs = Object.fromEntries([1, 2, 3, 4, 5].map((number) => [`theirs${number}`, "x"]));
    there.metadata = { ...there.metadata, ...theirs };
    await app.writeTenant(tenant({ name: "Another" }));
    there.metadata = { ...there.metadata, theirs6: "x" };
    await expect(app.writeTenant(tenant())).rejects.toMatchObject({ code: "AUTH0_METADATA_FULL" });
  });
});

describe("beside the identity provider of the same Auth0 tenant", () => {
  let idp: Auth0Adapter;
  const registration = (change: Partial<Registration> = {}) => wantedRegistration(change as never);
  const settle = async (wanted: Registration) => {
    for (const part of wanted.parts) await idp.settlePart(part);
  };
  const names = () =>
    [...(organization()?.connections.keys() ?? [])].map((id) => bench.sandbox.auth0.connections.get(id)?.name).sort();

  beforeEach(async () => {
    const { sandbox } = bench;
    const sleep = async () => {};
    idp = await openAuth0({
      idp: customers,
      credential: {
        clientId: (customers.credentials as { clientId: string }).clientId,
        clientSecret: new Secret(sandbox.env.AUTH0_MANAGEMENT_SECRET ?? ""),
      },
      access: "manage",
      network: { connect: { host: sandbox.host, port: sandbox.port, ca: sandbox.ca } },
      clock: Date.now,
      sleep,
      scope: { workspace: "acme", environment: "sandbox" },
      limiters: createHostLimiters({ clock: Date.now, sleep }),
    });
  });

  test.each(["app first", "identity provider first"])(
    "there is one organization (%s), and each keeps its own in it",
    async (order) => {
      const both = [
        async () => {
          await bench.live(app);
        },
        async () => {
          await settle(registration());
          await idp.create(registration());
        },
      ];
      for (const each of order === "app first" ? both : both.reverse()) await each();
      expect(names()).toEqual([name, "fernhill-oidc"]);
      // Nothing differs for either.
      const { parts } = await idp.observe([registration()], "deep");
      expect([...parts.values()][0]?.fields).toMatchObject({ enabledConnections: ["fernhill-oidc"], active: true });
      expect((await look())?.fields).toEqual(appTenantFields(tenant()));
      await settle(registration());
      expect(names()).toEqual([name, "fernhill-oidc"]);
      // Off and gone at the identity provider, the app's people still come in.
      await settle(registration({ state: "inactive" }));
      expect(names()).toEqual([name]);
      await settle(registration({ state: "absent" }));
      expect(await bench.visit()).toBe("in");
      await app.disable(key);
      expect(names()).toEqual([]);
    },
  );

  test("what the app has given up is the identity provider's to delete", async () => {
    await bench.live(app);
    await settle(registration());
    const made = await idp.create(registration());
    await app.writeTenant(tenant({ status: "offboarded" }));
    await app.remove(key);
    expect(organization()?.metadata).not.toHaveProperty("tenantryApp");
    await idp.remove(made);
    await settle(registration({ state: "absent" }));
    expect(organization()).toBeUndefined();
  });
});

describe("a look", () => {
  test("for a plan asks for no scope that changes anything, and shows no secret", async () => {
    await bench.live(app);
    const reader = await bench.adapter({}, "read");
    const { records } = await reader.observe([record()]);
    expect(records.get(key)?.state).toBe("active");
    await expect(reader.disable(key)).rejects.toMatchObject({ code: "AUTH0_PERMISSION_MISSING" });
    const secret = bench.sandbox.providers.fernhill.client("acme-auth0")?.secret ?? "";
    expect(secret).not.toBe("");
    expect(JSON.stringify([...records])).not.toContain(secret);
  });

  test("of credentials that may not see options says which scope is missing", async () => {
    const { auth0 } = bench.sandbox;
    const [grant] = [...auth0.state.clientGrants.values()].filter(({ scopes }) =>
      scopes.includes("read:connections_options"),
    );
    if (grant === undefined) throw new Error("not seeded");
    const all = grant.scopes;
    grant.scopes = all.filter((scope) => scope !== "read:connections_options");
    await expect((await bench.adapter()).observe([record()])).rejects.toThrow("read:connections_options");
    grant.scopes = all;
  });

  test("at many reads lists: a call for each hundred, and one for each application that the file names", async () => {
    const records = Array.from({ length: 30 }, (_, index) => {
      const slug = `customer-${index}`;
      const of = { key: `${slug}/people` as ConnectionKey, tenant: slug, clientId: `client-${index}` };
      const wanted = record(of, { name: slug });
      return {
        wanted,
        row: tenant({ tenant: slug, id: `${slug}x`, address: `t/${slug}` as Address, domains: [`${slug}.example`] }),
      };
    });
    for (const { wanted, row } of records) {
      const write = { ...bench.write(wanted, { name: wanted.tenant }), appTenant: row, routed: row.domains };
      await bench.live(app, write);
    }
    const next = await bench.adapter();
    let seen: Awaited<ReturnType<AppAdapter["observe"]>> | undefined;
    const calls = await bench.callsOf(async () => {
      seen = await next.observe(records.map(({ wanted }) => wanted));
    });
    expect([...calls].sort()).toEqual([
      "GET clients",
      "GET clients/CLIENT/connections",
      "GET connections",
      "GET organizations",
    ]);
    expect(seen?.records.size).toBe(30);
    expect(seen?.coverage).toHaveLength(3);
    for (const { wanted, row } of records) {
      expect(seen?.records.get(wanted.key)).toMatchObject({ state: "active", fields: { "auth0.clients": ["Portal"] } });
      expect(seen?.tenants.get(wanted.tenant)).toMatchObject({
        fields: appTenantFields(row),
        routed: [{ domain: `${wanted.tenant}.example` }],
      });
    }
  });
});
