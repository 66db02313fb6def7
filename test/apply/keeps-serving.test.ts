import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppTeam } from "../support/app-team.ts";
import { type Companies, openCompanies } from "../support/companies.ts";
import type { CommandResult } from "../support/workspace.ts";

// Whoever can sign in is let in also after a change whose proof fails: by the keys, groups, connections and policies
// that were there. What was not proven lets nobody in. The people sign in at apps that know nothing of Tenantry.

const whiterabbit = "tenants/whiterabbit.yaml";
const fernhill = "tenants/fernhill.yaml";

let companies: Companies;
let teams: AppTeam[] = [];
beforeEach(async () => {
  companies = await openCompanies("sqlite");
});
afterEach(async () => {
  for (const team of teams) await team.close();
  teams = [];
  await companies.close();
});

const edit = (path: string, from: string | RegExp, to: string) => companies.workspace.edit(path, from, to);

/** Applies with everything acknowledged that its plan asks for. */
async function apply(...args: readonly string[]): Promise<CommandResult> {
  const plan = await companies.tenantry("plan", ...args);
  const acks = [...(plan.out + plan.err).matchAll(/--ack (\S+)/g)].flatMap(([, name = ""]) => ["--ack", name]);
  return companies.tenantry("apply", "--yes", ...args, ...acks);
}

async function done(...args: readonly string[]): Promise<CommandResult> {
  const result = await apply(...args);
  expect(result.exit, result.out + result.err).toBe(0);
  return result;
}

/** An apply during which no token endpoint answers the proof. */
async function unproven(...args: readonly string[]): Promise<CommandResult> {
  const { faults } = companies.workspace.sandbox;
  const silent = { method: "POST", effect: "status-before", status: 503, times: 50 } as const;
  faults.add({ ...silent, host: "acme.okta.com", path: "^/oauth2/default/v1/token" });
  // The first ones are for the management API: of the plan and of the apply.
  faults.add({ ...silent, host: "acme.eu.auth0.com", path: "^/oauth/token", skip: 2 });
  const result = await apply(...args);
  faults.clear();
  expect(result.exit, result.out + result.err).toBe(7);
  expect(result.out + result.err).not.toContain("could not be brought back");
  return result;
}

interface Key {
  readonly kid: string;
  readonly pem: string;
}

/** Puts a new pair into tenantry.yaml and the environment. */
function newKey(kid: string, kty: "EC" | "RSA"): Key {
  const { publicKey, privateKey } =
    kty === "RSA"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { crv, x, y, n, e } = publicKey.export({ format: "jwk" });
  const members = Object.entries({ kty, kid, crv, x, y, n, e }).filter(([, value]) => value !== undefined);
  const lines = members.map(([name, value]) => `        ${name}: ${value}\n`).join("");
  edit("tenantry.yaml", /publicKey:\n[\s\S]*? {6}privateKey/, `publicKey:\n${lines}      privateKey`);
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  companies.setSecret("PORTAL_CLIENT_KEY", pem);
  return { kid, pem };
}

async function signIn(tenant: string, login: string, key?: Key, app: "portal" | "orders" = "portal"): Promise<unknown> {
  const team = new AppTeam(companies.workspace.sandbox, key);
  teams.push(team);
  const [record] = await companies.rows(app, `select * from sso_connection_active where key = '${tenant}/${app}'`);
  if (record === undefined) throw new Error("nobody comes in");
  const secret = record.client_secret === null ? undefined : companies.openSecret(app, record);
  return (await team.signIn(record, secret, login)).claims.email;
}
const staff = (key?: Key) => signIn("whiterabbit", "staff@whiterabbit.example", key);
const editor = (key?: Key, app: "portal" | "orders" = "portal") =>
  signIn("fernhill", "editor@fernhill.example", key, app);

describe("at Okta", () => {
  const app = () => {
    const [only] = companies.workspace.sandbox.okta.apps.filter((each) =>
      JSON.stringify(each.profile ?? {}).includes('"whiterabbit/'),
    );
    if (only === undefined) throw new Error("there is no client");
    return only;
  };
  const kids = () => (app().oauth.jwks as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  const groups = () =>
    [...app().assignments.keys()].map((id) => companies.workspace.sandbox.okta.group(id)?.profile.name).sort();
  const only = ["--only", "whiterabbit"];

  describe("a key", () => {
    beforeEach(async () => {
      edit(whiterabbit, "clientAuth: client_secret_basic", "clientAuth: private_key_jwt");
      await done(...only);
    });

    it("stays until the next one is proven, and goes then", async () => {
      const seen: string[][] = [];
      companies.workspace.sandbox.faults.add({
        method: "GET",
        path: "/default/v1/authorize",
        effect: "delay",
        milliseconds: 0,
        onHit: () => seen.push(kids()),
      });
      newKey("portal-2", "EC");
      await unproven(...only);
      expect(seen[0]).toEqual(["portal-1", "portal-2"]);
      expect(kids()).toContain("portal-1");
      expect(await staff()).toBe("staff@whiterabbit.example");
      const next = newKey("portal-3", "EC");
      await done(...only);
      expect(kids()).toEqual(["portal-3"]);
      expect(await staff(next)).toBe("staff@whiterabbit.example");
      expect((await companies.tenantry("plan", "--exit-code", ...only)).exit).toBe(0);
    });

    it("is not registered when its private half is another's", async () => {
      const old = String(companies.workspace.sandbox.env.PORTAL_CLIENT_KEY);
      newKey("portal-2", "EC");
      companies.setSecret("PORTAL_CLIENT_KEY", old);
      const refused = await apply(...only);
      expect(refused.exit).toBe(6);
      expect(refused.out + refused.err).toContain("VERIFY_CLIENT_KEY_DIFFERS");
      expect(kids()).toEqual(["portal-1"]);
      expect(await staff()).toBe("staff@whiterabbit.example");
    });

    it("is not replaced by another of the same id, which could not stand beside it", async () => {
      newKey("portal-1", "EC");
      const refused = await apply(...only);
      expect(refused.exit).toBe(2);
      expect(refused.out + refused.err).toContain("APPLY_KEY_ID_TAKEN");
      expect(await staff()).toBe("staff@whiterabbit.example");
    });

    it("is used again when a secret in its place is not proven", async () => {
      edit(whiterabbit, "clientAuth: private_key_jwt", "clientAuth: client_secret_basic");
      await unproven(...only);
      expect(await staff()).toBe("staff@whiterabbit.example");
      await done(...only);
      expect(await staff()).toBe("staff@whiterabbit.example");
    });

    it("is left alone when the connection was to move to Auth0", async () => {
      edit(
        whiterabbit,
        /idp: workforce\n {2}groups: \[whiterabbit-staff\]/,
        "idp: customers\n  enabledConnections: [Username-Password-Authentication]",
      );
      edit(whiterabbit, "clientAuth: private_key_jwt", "clientAuth: client_secret_post");
      await unproven(...only);
      expect(kids()).toEqual(["portal-1"]);
      expect(await staff()).toBe("staff@whiterabbit.example");
    });
  });

  it("another provider's client is not made like the one that people still use", async () => {
    await done(...only);
    const moved = "idp: customers\n  enabledConnections: [Username-Password-Authentication]";
    edit(whiterabbit, /idp: workforce\n {2}groups: \[whiterabbit-staff\]/, moved);
    edit(whiterabbit, "clientAuth: client_secret_basic", "clientAuth: client_secret_post");
    await unproven(...only);
    await unproven(...only);
    const clients = [...companies.workspace.sandbox.auth0.clients.values()].map(({ settings }) => settings);
    expect(clients.find(({ name }) => name?.startsWith("whiterabbit/"))).toMatchObject({
      token_endpoint_auth_method: "client_secret_post",
    });
    expect(await staff()).toBe("staff@whiterabbit.example");
  });

  it("groups stay until what takes their place is proven, and nobody comes in by that before", async () => {
    await done(...only);
    edit(whiterabbit, "groups: [whiterabbit-staff]", "groups: [{ name: whiterabbit-new, create: true }]");
    await unproven(...only);
    expect(groups()).toEqual(["whiterabbit-staff"]);
    expect(await staff()).toBe("staff@whiterabbit.example");
    await done(...only);
    expect(groups()).toEqual(["whiterabbit-new"]);
    await expect(staff()).rejects.toThrow();
    expect((await companies.tenantry("plan", "--exit-code", ...only)).exit).toBe(0);
  });

  it("the policy stays until the change is proven, and nobody is assigned before it is there", async () => {
    const strict = companies.workspace.sandbox.okta.addPolicy("Strict");
    await done(...only);
    const before = app().accessPolicy;
    edit(
      whiterabbit,
      "groups: [whiterabbit-staff]",
      "groups: [whiterabbit-staff, whiterabbit-admins]\n  accessPolicy: Strict",
    );
    await unproven(...only);
    expect([app().accessPolicy, groups()]).toEqual([before, ["whiterabbit-staff"]]);
    expect(await staff()).toBe("staff@whiterabbit.example");
    await done(...only);
    expect([app().accessPolicy, groups()]).toEqual([strict.id, ["whiterabbit-admins", "whiterabbit-staff"]]);
  });
});

describe("at Auth0", () => {
  const auth0 = () => companies.workspace.sandbox.auth0;
  const client = (app = "portal") => {
    const found = [...auth0().clients.values()].find(({ settings }) => settings.name?.startsWith(`fernhill/${app}`));
    if (found === undefined) throw new Error("there is no client");
    return found;
  };
  const kids = () => [...client().credentials.values()].map(({ kid }) => String(kid)).sort();
  const only = ["--only", "fernhill"];
  /** The connections by which people come in by the organization. */
  const ways = () => {
    const named = [...auth0().connections.values()];
    const ids = [...(auth0().organization("fernhill")?.connections.keys() ?? [])];
    return ids.map((id) => named.find((each) => each.id === id)?.name).sort();
  };

  describe("a key", () => {
    let first: Key;
    beforeEach(async () => {
      first = newKey("portal-2026-11", "RSA");
      edit(fernhill, "clientAuth: client_secret_post", "clientAuth: private_key_jwt");
      edit(fernhill, "  - app: orders\n", "");
      await done(...only);
    });

    it("stays until the next one is proven, and goes then; there are never more than two", async () => {
      const seen: string[][] = [];
      const look = { effect: "delay", milliseconds: 0, times: 200, onHit: () => seen.push(kids()) } as const;
      companies.workspace.sandbox.faults.add({ host: "acme.eu.auth0.com", path: "^/api/v2/", ...look });
      newKey("portal-2026-12", "RSA");
      await unproven(...only);
      expect(kids()).toEqual(["portal-2026-11"]);
      expect(await editor(first)).toBe("editor@fernhill.example");
      companies.workspace.sandbox.faults.add({ host: "acme.eu.auth0.com", path: "^/api/v2/", ...look });
      const next = newKey("portal-2027-01", "RSA");
      await done(...only);
      companies.workspace.sandbox.faults.clear();
      expect(kids()).toEqual(["portal-2027-01"]);
      expect(seen.some((each) => each.length === 2)).toBe(true);
      expect(seen.filter((each) => each.length > 2)).toEqual([]);
      expect(await editor(next)).toBe("editor@fernhill.example");
      expect((await companies.tenantry("plan", "--exit-code", ...only)).exit).toBe(0);
    });

    it("is used again when a secret in its place is not proven, and goes when it is", async () => {
      edit(fernhill, "clientAuth: private_key_jwt", "clientAuth: client_secret_post");
      await unproven(...only);
      expect(kids()).toEqual(["portal-2026-11"]);
      expect(await editor(first)).toBe("editor@fernhill.example");
      await done(...only);
      expect(kids()).toEqual([]);
      expect(client().settings.client_metadata).not.toHaveProperty("tenantryClientKey");
      expect(await editor()).toBe("editor@fernhill.example");
      expect((await companies.tenantry("plan", "--exit-code", ...only)).exit).toBe(0);
    });

    it("of a change that was cut short makes room for another", async () => {
      newKey("portal-2026-12", "RSA");
      await unproven(...only);
      // As after a kill between `register` and the proof: both are attached, the note names the proven one.
      const { n, e } = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
      const [proven] = client().credentials.values();
      if (proven === undefined) throw new Error("there is no key");
      const left = { ...proven, id: "cred_left", kid: "portal-2026-12", name: "tenantry portal-2026-12 left" };
      client().credentials.set(left.id, { ...left, publicKey: { kty: "RSA", n: n ?? "", e: e ?? "" } });
      client().settings.client_authentication_methods = {
        private_key_jwt: { credentials: [{ id: proven.id }, { id: left.id }] },
      };
      newKey("portal-2027-01", "RSA");
      await unproven(...only);
      expect(kids()).toEqual(["portal-2026-11"]);
      expect(await editor(first)).toBe("editor@fernhill.example");
    });
  });

  it("connections stay until what takes their place is proven, and nobody comes in by that before", async () => {
    await done(...only);
    edit(fernhill, "[fernhill-oidc]", "[Username-Password-Authentication]");
    edit(fernhill, "scopes: [openid, email, profile, offline_access]", "scopes: [openid, email, offline_access]");
    await unproven(...only);
    expect(ways()).toEqual(["fernhill-oidc"]);
    for (const app of ["portal", "orders"] as const) {
      expect(await editor(undefined, app)).toBe("editor@fernhill.example");
    }
    await done(...only);
    expect(ways()).toEqual(["Username-Password-Authentication"]);
    expect((await companies.tenantry("plan", "--exit-code", ...only)).exit).toBe(0);
  });

  it("an organization keeps its connections while one of its two connections is not proven", async () => {
    await done(...only);
    edit(fernhill, "[fernhill-oidc]", "[Username-Password-Authentication]");
    edit(fernhill, "scopes: [openid, email, profile, offline_access]", "scopes: [openid, email, offline_access]");
    // Somebody's trigger spoils what is handed over to the portal: the orders app is proven, the portal is not.
    companies.workspace.changePortal(
      "create trigger spoil after update of scopes on sso_connection when new.scopes not like '%profile%' begin " +
        "update sso_connection set scopes = '[\"openid\"]' where key = new.key; end",
    );
    const failed = await apply(...only);
    expect(failed.exit, failed.out + failed.err).toBe(6);
    expect(failed.out).toContain("APPLY_RECORD_DIFFERS");
    expect(ways()).toEqual(["Username-Password-Authentication", "fernhill-oidc"]);
    expect(await editor()).toBe("editor@fernhill.example");
    companies.workspace.changePortal("drop trigger spoil");
    await done(...only);
    expect(ways()).toEqual(["Username-Password-Authentication"]);
    expect((await companies.tenantry("plan", "--exit-code", ...only)).exit).toBe(0);
  });

  it("an organization keeps its connections when another sign-in of the tenant cannot be let in again", async () => {
    await done(...only);
    edit(fernhill, "  - app: portal\n", "  - app: portal\n    status: suspended\n");
    await done(...only);
    edit(fernhill, "  - app: portal\n    status: suspended\n", "  - app: portal\n");
    edit(fernhill, "[fernhill-oidc]", "[Username-Password-Authentication]");
    const seen: unknown[][] = [];
    companies.workspace.sandbox.faults.add({
      host: "acme.eu.auth0.com",
      path: "^/authorize",
      effect: "delay",
      milliseconds: 0,
      onHit: () => seen.push(ways()),
    });
    await unproven("--only", "fernhill/portal");
    expect(seen[0]).toEqual(["Username-Password-Authentication", "fernhill-oidc"]);
    expect(ways()).toEqual(["fernhill-oidc"]);
    expect(await editor(undefined, "orders")).toBe("editor@fernhill.example");
  });

  it("an organization that was off is off again when nothing of it was proven", async () => {
    const enabled = () => [...(auth0().organization("fernhill")?.connections.keys() ?? [])];
    await done(...only);
    edit(fernhill, "status: active", "status: suspended");
    await done(...only);
    expect(enabled()).toEqual([]);
    edit(fernhill, "status: suspended", "status: active");
    await unproven(...only);
    expect(enabled()).toEqual([]);
    expect(client().settings.grant_types).toEqual([]);
    await done(...only);
    expect(enabled()).toHaveLength(1);
    expect(await editor()).toBe("editor@fernhill.example");
  });
});
