import { afterEach, describe, expect, it } from "vitest";
import { type Companies, openCompanies } from "../support/companies.ts";
import { onEachDatabase } from "../support/postgres.ts";

// The whole chain for every kind of tenant: Okta, Auth0, the customer's own provider with a secret, with a key and with
// explicit endpoints; a draft, a suspended one, two domains, two apps.

const live = [
  "alder-voss/portal",
  "bluefin-studios/portal",
  "fernhill/orders",
  "fernhill/portal",
  "northwind-rail/portal",
  "tannberg/portal",
  "whiterabbit/portal",
];

onEachDatabase((kind) => {
  describe("eight companies", () => {
    let companies: Companies;
    afterEach(() => companies.close());

    const open = async (): Promise<Companies> => {
      companies = await openCompanies(kind);
      return companies;
    };
    const applied = async (): Promise<Companies> => {
      await open();
      const result = await companies.tenantry("apply", "--yes");
      expect(result.exit, result.out + result.err).toBe(0);
      return companies;
    };
    const activeIn = async (app: "portal" | "orders"): Promise<readonly unknown[]> =>
      (await companies.rows(app, "select key from sso_connection_active order by key")).map((row) => row.key);

    it("are proven and let in by one apply, and a plan then has nothing to do", async () => {
      const { tenantry } = await applied();
      expect([...(await activeIn("portal")), ...(await activeIn("orders"))].sort()).toEqual(live);
      const again = await tenantry("plan", "--exit-code");
      expect(again.out).toContain("nothing to do");
      expect(again.exit).toBe(0);
      const verified = await tenantry("verify");
      expect(verified.exit, verified.out).toBe(0);
      expect(verified.out).toContain("cobalt-clinics/portal: ");
      expect(verified.out).toContain("ostrava-steel/portal: it is a draft");
    });

    it("get records that say what the customer agreed, each secret sealed for its app", async () => {
      const { rows, openSecret, workspace } = await applied();
      const records = await rows("portal", "select * from sso_connection order by key");
      const byKey = new Map(records.map((row) => [String(row.key), row]));
      const secretOf = (name: string): string | undefined => workspace.sandbox.env[`TENANT_${name}__CLIENT_SECRET`];
      const of = (key: string) => byKey.get(key) ?? {};
      expect(openSecret("portal", of("northwind-rail/portal"))).toBe(secretOf("NORTHWIND_RAIL"));
      expect(openSecret("portal", of("bluefin-studios/portal"))).toBe(secretOf("BLUEFIN_STUDIOS"));
      expect(of("tannberg/portal")).toMatchObject({ client_auth: "private_key_jwt", client_secret: null });
      expect(of("alder-voss/portal")).toMatchObject({
        issuer: "https://sso.aldervoss.example",
        token_endpoint: "https://sso.aldervoss.example/as/token.oauth2",
        jwks_uri: "https://sso.aldervoss.example/pf/JWKS",
      });
      expect(of("fernhill/portal")).toMatchObject({ issuer: "https://acme.eu.auth0.com/" });
      const [orders = {}] = await rows("orders", "select * from sso_connection");
      expect(orders.client_id).not.toBe(of("fernhill/portal").client_id);
      expect(openSecret("orders", orders)).not.toBe(openSecret("portal", of("fernhill/portal")));
      expect(byKey.has("cobalt-clinics/portal")).toBe(false);
      expect(byKey.has("ostrava-steel/portal")).toBe(false);
      const domains = await rows("portal", "select domain from org_domain order by domain");
      expect(domains.map((row) => row.domain)).toContain("nwr-freight.example");
    });

    it("are not stopped by another customer's provider that refuses", async () => {
      const { workspace, tenantry } = await open();
      const northwind = workspace.sandbox.providers["northwind-rail"];
      northwind.replaceSecret(northwind.clients[0]?.clientId ?? "");
      const result = await tenantry("apply", "--yes");
      expect(result.exit).toBe(6);
      expect([...(await activeIn("portal")), ...(await activeIn("orders"))].sort()).toEqual(
        live.filter((key) => key !== "northwind-rail/portal"),
      );
    });

    it("are put out and let in again, at Okta, at Auth0 and with a provider of their own", async () => {
      const { workspace, tenantry } = await applied();
      const slugs = ["whiterabbit", "fernhill", "tannberg"];
      const acknowledged = ["--ack", "plan:tenants"];
      for (const slug of slugs) workspace.edit(`tenants/${slug}.yaml`, "status: active", "status: suspended");
      const off = await tenantry("apply", "--yes", ...acknowledged);
      expect(off.exit, off.out + off.err).toBe(0);
      expect([...(await activeIn("portal")), ...(await activeIn("orders"))].sort()).toEqual(
        live.filter((key) => !slugs.includes(key.split("/")[0] ?? "")),
      );
      expect((await tenantry("plan", "--exit-code")).exit).toBe(0);
      for (const slug of slugs) workspace.edit(`tenants/${slug}.yaml`, "status: suspended", "status: active");
      const on = await tenantry("apply", "--yes", ...acknowledged);
      expect(on.exit, on.out + on.err).toBe(0);
      expect([...(await activeIn("portal")), ...(await activeIn("orders"))].sort()).toEqual(live);
      expect((await tenantry("plan", "--exit-code")).exit).toBe(0);
    });

    it("go live from a draft once the customer has handed over what was missing", async () => {
      const { workspace, tenantry, setSecret } = await applied();
      const given = workspace.sandbox.providers["ostrava-steel"].register({
        clientId: "acme-portal",
        method: "client_secret_basic",
        redirectUris: ["https://portal.acme.example/openid/callback/q5zr8cn3h7wtk2xmv9bd"],
      });
      const file = "tenants/ostrava-steel.yaml";
      workspace.edit(
        file,
        /( +issuer: .*\n)/,
        "$1    clientId: acme-portal\n    clientSecret: env:TENANT_OSTRAVA_STEEL__CLIENT_SECRET\n",
      );
      workspace.edit(file, "status: draft", "status: active");
      const without = await tenantry("apply", "--yes");
      expect(without.exit).toBe(2);
      expect(without.out + without.err).toContain("TENANT_OSTRAVA_STEEL__CLIENT_SECRET");
      setSecret("TENANT_OSTRAVA_STEEL__CLIENT_SECRET", given.secret ?? "");
      const result = await tenantry("apply", "--yes");
      expect(result.exit, result.out + result.err).toBe(0);
      expect(await activeIn("portal")).toContain("ostrava-steel/portal");
    });

    it("keep the old values when a new client id of theirs is not proven", async () => {
      const { workspace, tenantry, rows } = await applied();
      const acknowledged = ["--ack", "app/portal/record/alder-voss/portal:clientId"];
      const inUse = async () =>
        (await rows("portal", "select client_id from sso_connection_active where key = 'alder-voss/portal'"))[0];
      workspace.edit("tenants/alder-voss.yaml", "clientId: acme-portal", "clientId: acme-portal-2");
      expect((await tenantry("apply", "--yes")).exit).toBe(4);
      expect((await tenantry("apply", "--yes", ...acknowledged)).exit).toBe(6);
      expect(await inUse()).toEqual({ client_id: "acme-portal" });
      workspace.sandbox.providers["alder-voss"].register({
        clientId: "acme-portal-2",
        method: "client_secret_basic",
        redirectUris: ["https://portal.acme.example/openid/callback/x6nb9d4hk7qwt2mzr8vc"],
        secret: workspace.sandbox.env.TENANT_ALDER_VOSS__CLIENT_SECRET ?? "",
      });
      const result = await tenantry("apply", "--yes", ...acknowledged);
      expect(result.exit, result.out + result.err).toBe(0);
      expect(await inUse()).toEqual({ client_id: "acme-portal-2" });
    });

    it("leave nothing at Auth0 when the grace of an off-boarded one is over", async () => {
      const { workspace, tenantry } = await applied();
      const { auth0 } = workspace.sandbox;
      const ours = () => [...auth0.clients.values()].filter((one) => JSON.stringify(one).includes("fernhill/"));
      expect(ours()).toHaveLength(2);
      workspace.edit("tenants/fernhill.yaml", "status: active", "status: offboarded\ndeleteAfter: 2020-01-31");
      const stopped = await tenantry("apply", "--yes");
      expect(stopped.exit).toBe(4);
      const acks = [...stopped.err.matchAll(/--ack (\S+)/g)].flatMap(([, what = ""]) => ["--ack", what]);
      expect(acks).toContain("idp/customers/organization/fernhill:delete");
      const result = await tenantry("apply", "--yes", ...acks);
      expect(result.exit, result.out + result.err).toBe(0);
      expect(ours()).toEqual([]);
      expect(auth0.organization("fernhill")).toBeUndefined();
      expect((await tenantry("plan", "--exit-code")).exit).toBe(0);
    });
  });
});
