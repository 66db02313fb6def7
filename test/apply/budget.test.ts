import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { misses, openPricedWorld, type PricedWorld } from "./priced-world.ts";

const count = 3;

/** A fleet of one shape: a sign-in for each tenant, in which SLUG is its slug, and the apps that it is for. */
interface Shape {
  readonly signIn: string;
  readonly apps?: readonly string[];
}

const shapes: Readonly<Record<string, Shape>> = {
  "Okta, a group": { signIn: "idp: workforce\ngroups: [whiterabbit-staff]" },
  "Okta, two groups that are made": {
    signIn: "idp: workforce\ngroups: [{ name: SLUG-staff, create: true }, { name: SLUG-admins, create: true }]",
  },
  "Okta, everyone with a policy": {
    signIn: "idp: workforce\neveryone: true\naccessPolicy: Phishing resistant",
  },
  "Okta, a key": { signIn: "idp: workforce\ngroups: [whiterabbit-staff]\nclientAuth: private_key_jwt" },
  "Auth0, one app": {
    signIn: "idp: customers\nenabledConnections: [fernhill-oidc]\nrequire: { hd: SLUG.example }",
  },
  "Auth0, two apps with one organization": {
    signIn: "idp: customers\nenabledConnections: [fernhill-oidc]\nrequire: { hd: SLUG.example }",
    apps: ["portal", "orders"],
  },
};

describe("the calls that a plan foresees are those that an apply makes", () => {
  test.each(Object.entries(shapes))("%s", { timeout: 120_000 }, async (_, { signIn, apps }) => {
    const world = await openPricedWorld();
    const slugs = Array.from({ length: count }, (_, n) => `tenant-${n}`);
    const write = (text = signIn) => {
      for (const slug of slugs) world.tenant(slug, text.replaceAll("SLUG", slug), apps === undefined ? {} : { apps });
    };
    const edit = (from: string | RegExp, to: string) => {
      for (const slug of slugs) world.workspace.edit(`tenants/${slug}.yaml`, from, to);
    };
    write();
    await expectForeseen(world, "created");
    write(`${signIn}\nclaims: { externalId: sub, email: mail, displayName: name }`);
    await expectForeseen(world, "a record changes");
    edit("name: Customer", "name: Kunde");
    await expectForeseen(world, "a name changes");
    world.workspace.edit("tenantry.yaml", "/openid/callback/{id}", "/openid/back/{id}");
    await expectForeseen(world, "a live callback changes");
    edit("status: active", "status: suspended");
    await expectForeseen(world, "suspended");
    edit("status: suspended", "status: active");
    await expectForeseen(world, "active again");
    edit("status: active", "status: offboarded\ndeleteAfter: 2020-01-31");
    await expectForeseen(world, "deleted");
    const nothing = await world.planAndApply();
    expect(nothing.foreseen).toEqual([]);
    await world.close();
  });

  test("who may come in changes", { timeout: 120_000 }, async () => {
    const world = await openPricedWorld();
    world.tenant("tenant-0", "idp: workforce\ngroups: [whiterabbit-staff]");
    await world.apply();
    world.tenant("tenant-0", "idp: workforce\ngroups: [whiterabbit-admins, { name: more, create: true }]");
    await expectForeseen(world, "other groups");
    world.tenant("tenant-0", "idp: workforce\neveryone: true\naccessPolicy: Phishing resistant");
    await expectForeseen(world, "everyone");
    await world.close();
  });

  test("Auth0, a key, and then another", { timeout: 120_000 }, async () => {
    const environment: Record<string, string> = {};
    const world = await openPricedWorld({ environment });
    const newKey = (kid: string) => {
      const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const { n, e } = publicKey.export({ format: "jwk" });
      environment.PORTAL_CLIENT_KEY = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      const jwk = `publicKey: { kty: RSA, kid: ${kid}, n: ${n}, e: ${e} }\n      privateKey`;
      world.workspace.edit("tenantry.yaml", /publicKey:[\s\S]*?privateKey/, jwk);
    };
    newKey("portal-key-1");
    const signIn = (slug: string) =>
      `idp: customers\nenabledConnections: [fernhill-oidc]\nrequire: { hd: ${slug}.example }\nclientAuth: private_key_jwt`;
    for (let n = 0; n < count; n++) world.tenant(`tenant-${n}`, signIn(`tenant-${n}`));
    await expectForeseen(world, "created");
    newKey("portal-key-2");
    await expectForeseen(world, "another key");
    await world.close();
  });

  test("a connection moves to another identity provider", { timeout: 120_000 }, async () => {
    const world = await openPricedWorld();
    world.tenant("tenant-0", "idp: workforce\ngroups: [whiterabbit-staff]");
    await world.apply();
    world.tenant("tenant-0", "idp: customers\nenabledConnections: [fernhill-oidc]");
    await expectForeseen(world, "to Auth0");
    world.tenant("tenant-0", "idp: workforce\ngroups: [whiterabbit-staff]");
    await expectForeseen(world, "back to Okta");
    await world.close();
  });

  test("one tenant of a fleet", { timeout: 120_000 }, async () => {
    const world = await openPricedWorld();
    for (let n = 0; n < 3; n++) world.tenant(`tenant-${n}`, "idp: workforce\ngroups: [whiterabbit-staff]");
    await world.apply();
    world.tenant("tenant-3", "idp: workforce\ngroups: [whiterabbit-staff]");
    await expectForeseen(world, "one more", "--only", "tenant-3");
    world.workspace.edit("tenants/tenant-1.yaml", "name: Customer", "name: Kunde");
    await expectForeseen(world, "one changed", "--only", "tenant-1");
    const auth0 = "idp: customers\nenabledConnections: [fernhill-oidc]";
    world.tenant("tenant-4", auth0, { apps: ["portal", "orders"] });
    await expectForeseen(world, "one more at Auth0", "--only", "tenant-4");
    world.workspace.edit("tenants/tenant-4.yaml", "name: Customer", "name: Kunde");
    await expectForeseen(world, "one changed at Auth0", "--only", "tenant-4");
    await world.close();
  });

  test("a fleet that is read by lists", { timeout: 120_000 }, async () => {
    const world = await openPricedWorld();
    for (let n = 0; n < 24; n++) world.tenant(`tenant-${n}`, "idp: workforce\ngroups: [whiterabbit-staff]");
    await expectForeseen(world, "created");
    for (let n = 0; n < 6; n++) world.workspace.edit(`tenants/tenant-${n}.yaml`, "name: Customer", "name: Kunde");
    await expectForeseen(world, "some changed");
    await world.close();
  });

  test("customers' own providers take none", { timeout: 120_000 }, async () => {
    const world = await openPricedWorld();
    const file = new URL("../../tenants/northwind-rail.yaml", import.meta.url);
    world.workspace.write("tenants/northwind-rail.yaml", readFileSync(file, "utf8"));
    const { foreseen, made } = await world.planAndApply();
    expect(misses(foreseen, made)).toEqual([]);
    expect(Object.values(made).every((calls) => calls === 1)).toBe(true);
    await world.close();
  });
});

async function expectForeseen(world: PricedWorld, what: string, ...args: readonly string[]): Promise<void> {
  const { foreseen, made } = await world.planAndApply(...args);
  expect(Object.keys(made).length, what).toBeGreaterThan(0);
  expect(misses(foreseen, made), what).toEqual([]);
}
