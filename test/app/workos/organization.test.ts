import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AppAdapter } from "../../../src/app/app.ts";
import type { ConnectionKey, ConnectionRecord } from "../../../src/desired/connection.ts";
import { crewRecord, crewWrite, failureOf, key, live, tenant, type WorkosTestPlace, workosPlace } from "./place.ts";

let place: WorkosTestPlace;
let app: AppAdapter;
beforeEach(async () => {
  place = await workosPlace();
  app = await place.adapter();
});
afterEach(async () => {
  await app.close();
  await place.close();
});

const proven = (...domains: readonly string[]) => new Map(domains.map((domain) => [domain, `proof-of-${domain}`]));
const domains = () => place.organization().domains.map(({ domain, state }) => `${domain} ${state}`);
const writes = () => place.exchanges.filter(({ method }) => method !== "GET");

describe("a tenant's organization", () => {
  test("is made once, found by its external id, and written again only for a change", async () => {
    await app.writeTenant(tenant(), proven("whiterabbit.example"));
    expect(place.organization()).toMatchObject({ name: "Whiterabbit Foods", externalId: "whiterabbit" });
    expect(domains()).toEqual(["whiterabbit.example verified"]);
    const before = writes().length;
    await app.writeTenant(tenant(), proven("whiterabbit.example"));
    expect(writes()).toHaveLength(before);
    await app.writeTenant(tenant({ name: "Whiterabbit Group" }));
    expect(place.organization().name).toBe("Whiterabbit Group");
    expect(place.environment.organizations.size).toBe(1);
  });

  test("carries the marker and what the model knows of the tenant, and is told so", async () => {
    await app.writeTenant(tenant({ domains: ["whiterabbit.example", "wr.example"] }), proven("whiterabbit.example"));
    expect(place.organization().metadata).toMatchObject({
      tenantry_workspace: "acme",
      tenantry_environment: "production",
      tenantry_app: "crew",
    });
    const seen = (await app.observe([crewRecord()], false)).tenants.get("whiterabbit");
    expect(seen).toEqual({
      tenant: "whiterabbit",
      status: "active",
      fields: {
        id: tenant().id,
        name: "Whiterabbit Foods",
        status: "active",
        domains: ["whiterabbit.example", "wr.example"],
      },
      routed: [
        {
          domain: "whiterabbit.example",
          verifiedAt: "2026-11-21T09:00:00.000Z",
          verification: "proof-of-whiterabbit.example",
        },
      ],
    });
  });

  test("gets a domain as pending until it is proven, and keeps one that is routed", async () => {
    await app.writeTenant(tenant());
    expect(domains()).toEqual(["whiterabbit.example pending"]);
    await app.writeTenant(tenant(), proven("whiterabbit.example"));
    expect(domains()).toEqual(["whiterabbit.example verified"]);
    await app.writeTenant(tenant());
    expect(domains()).toEqual(["whiterabbit.example verified"]);
  });

  test("loses the domains that the file drops, and no others", async () => {
    await app.writeTenant(tenant({ domains: ["whiterabbit.example", "old.example"] }), proven("whiterabbit.example"));
    const organization = place.organization();
    organization.domains.push(place.environment.newDomain("theirs.example", "verified"));
    await app.writeTenant(tenant({ domains: ["whiterabbit.example"] }));
    expect(domains()).toEqual(["whiterabbit.example verified", "theirs.example verified"]);
    await app.writeTenant(tenant({ domains: ["new.example"] }), proven("new.example"));
    expect(domains()).toEqual(["theirs.example verified", "new.example verified"]);
    const seen = (await app.observe([crewRecord()], false)).tenants.get("whiterabbit");
    expect(seen?.fields.domains).toEqual(["new.example"]);
  });

  test.each([
    ["when it is made", false],
    ["when it is there", true],
  ])(
    "a domain that another organization has is refused by name, and nothing is half-written (%s)",
    async (_when, there) => {
      const other = place.environment.addOrganization({ name: "Other Foods" });
      other.domains.push(place.environment.newDomain("taken.example", "verified"));
      if (there) await app.writeTenant(tenant());
      const before = JSON.stringify([...place.environment.organizations]);
      const wanted = tenant({ name: "Another name", domains: ["whiterabbit.example", "taken.example"] });
      const failure = await failureOf(app.writeTenant(wanted, proven("taken.example")));
      expect(failure.code).toBe("WORKOS_DOMAIN_TAKEN");
      expect(failure.message).toBe(
        `The domain taken.example of the tenant whiterabbit belongs to the WorkOS organization ${other.id} (Other Foods).`,
      );
      expect(failure.exit).toBe(4);
      expect(JSON.stringify([...place.environment.organizations])).toBe(before);
    },
  );

  test("a domain that another organization has is seen before a write, whether one record is read or all", async () => {
    const other = place.environment.addOrganization({ name: "Other Foods" });
    other.domains.push(place.environment.newDomain("taken.example", "pending"));
    const wanted = tenant({ domains: ["whiterabbit.example", "taken.example"] });
    for (const others of [true, false]) {
      const { problems } = await app.observe([crewRecord()], others, [wanted]);
      expect(problems).toEqual([
        expect.objectContaining({ key, code: "WORKOS_DOMAIN_TAKEN", path: ["domains", 1], in: "tenant" }),
      ]);
      expect((await app.observe([crewRecord({ state: "disabled" })], others, [wanted])).problems).toEqual([]);
    }
    other.domains.length = 0;
    await app.writeTenant(wanted);
    expect((await app.observe([crewRecord()], false, [wanted])).problems).toEqual([]);
  });

  test("metadata of others survives every write", async () => {
    await app.writeTenant(tenant());
    place.organization().metadata.plan = "enterprise";
    await app.writeTenant(tenant({ name: "Whiterabbit Group" }));
    await live(app);
    await app.disable(key);
    expect(place.organization().metadata.plan).toBe("enterprise");
  });

  test("metadata without room for ours is told before anything is written", async () => {
    await app.writeTenant(tenant());
    for (let index = 0; index < 46; index += 1) place.organization().metadata[`key${index}`] = "x";
    const failure = await failureOf(live(app));
    expect(failure.code).toBe("WORKOS_METADATA_FULL");
    expect(place.environment.connections.size).toBe(0);
  });

  test("metadata of ours that somebody broke stops it", async () => {
    await app.writeTenant(tenant());
    place.organization().metadata.tenantry_tenant = "{";
    expect((await failureOf(app.observe([crewRecord()]))).code).toBe("WORKOS_METADATA_BROKEN");
    delete place.organization().metadata.tenantry_tenant;
    expect((await failureOf(app.writeTenant(tenant()))).code).toBe("WORKOS_METADATA_BROKEN");
  });

  test.each([
    ["nobody", {}],
    ["acme/staging (app crew)", { tenantry_workspace: "acme", tenantry_environment: "staging", tenantry_app: "crew" }],
    [
      "acme/production (app desk)",
      { tenantry_workspace: "acme", tenantry_environment: "production", tenantry_app: "desk" },
    ],
  ])("of %s with our external id is told and never changed", async (owner, metadata) => {
    const theirs = place.environment.addOrganization({ name: "Theirs", externalId: "whiterabbit", metadata });
    const before = JSON.stringify(theirs);
    const seen = await app.observe([crewRecord()]);
    const message = `The WorkOS organization ${theirs.id} with the external id whiterabbit belongs to ${owner}.`;
    expect(seen.foreign).toEqual([{ key, message }]);
    for (const work of [app.writeTenant(tenant()), app.write(crewWrite()), app.disable(key), app.remove(key)]) {
      expect((await failureOf(work)).code).toBe("WORKOS_FOREIGN");
    }
    expect(JSON.stringify(theirs)).toBe(before);
  });

  test.each(["reset-after", "status-after"] as const)("a lost reply (%s) makes no second one", async (effect) => {
    place.faults.add({
      host: "api.workos.com",
      path: "/organizations",
      method: "POST",
      effect,
      status: effect === "status-after" ? 502 : undefined,
      times: 3,
    } as never);
    await app.writeTenant(tenant(), proven("whiterabbit.example"));
    expect(place.environment.organizations.size).toBe(1);
    expect(domains()).toEqual(["whiterabbit.example verified"]);
  });

  test("a fleet is read page after page, each of its organizations with its connection", async () => {
    const records: ConnectionRecord[] = [];
    for (let index = 0; index < 11; index += 1) {
      const slug = `tenant-${index}`;
      const of = `${slug}/crew` as ConnectionKey;
      const change = { key: of, tenant: slug, target: { organization: slug } };
      records.push(crewRecord(change));
      const appTenant = tenant({ tenant: slug, domains: [`${slug}.example`] });
      await live(app, { ...crewWrite("s", change), appTenant });
    }
    for (let index = 0; index < 250; index += 1) place.environment.addOrganization({ name: `Other ${index}` });
    place.exchanges.length = 0;
    const seen = await app.observe(records);
    expect([...seen.records.values()].map(({ state }) => state)).toEqual(records.map(() => "active"));
    expect(seen.undeclared).toEqual([]);
    expect(place.exchanges.map(({ path }) => path)).toEqual([
      "/organizations",
      "/organizations",
      "/organizations",
      "/connections",
    ]);
    const one = await app.observe(records.slice(0, 1));
    expect(one.undeclared.map(({ key: of }) => of)).toEqual(
      records
        .slice(1)
        .map(({ key: of }) => of)
        .sort(),
    );
  });
});
