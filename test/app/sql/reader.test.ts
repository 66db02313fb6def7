import { describe, expect, test } from "vitest";
import { onEachDatabase } from "../../support/postgres.ts";
import { key, tenant, type WorkplaceOptions, workplaceOn, write } from "./workplace.ts";

// What an app asks when somebody types an e-mail address; see migrations.ts.
const signInFor =
  "select c.key from sso_connection_active c join org_domain d on d.org_id = c.org_id where c.app = ? and d.domain = ?";

onEachDatabase((kind) => {
  const workplace = (options?: WorkplaceOptions) => workplaceOn(kind, options);

  describe("the app", () => {
    test("lets people in by active records of active tenants only", async () => {
      const { app, query } = await workplace();
      const offered = async (): Promise<unknown[]> =>
        (await query(signInFor, "portal", "whiterabbit.example")).map((row) => row.key);
      expect(await offered()).toEqual([]);
      await app.write(write("s3cret"));
      expect(await offered()).toEqual([]);
      await app.activate(key);
      expect(await offered()).toEqual([key]);
      await app.write(write("another"));
      expect(await offered()).toEqual([key]);
      await app.writeTenant(tenant({ status: "suspended" }));
      expect(await offered()).toEqual([]);
      await app.writeTenant(tenant());
      expect(await offered()).toEqual([key]);
      await app.disable(key);
      expect(await offered()).toEqual([]);
      await app.write(write("s3cret"));
      expect(await offered()).toEqual([]);
      await app.activate(key);
      expect(await offered()).toEqual([key]);
      await app.remove(key);
      expect(await offered()).toEqual([]);
    });

    test("finds in the view what a sign-in needs", async () => {
      const { app, query } = await workplace();
      await app.write(write("s3cret"));
      await app.activate(key);
      expect(await query("select * from sso_connection_active")).toMatchObject([
        { key, tenant: "whiterabbit", org_name: "Whiterabbit Foods", issuer: "https://acme.okta.com", pkce: "S256" },
      ]);
    });

    test("cannot put a state into the table that nobody knows", async () => {
      const { app, query } = await workplace();
      await app.write(write("s3cret"));
      await expect(query("update sso_connection set state = 'maybe'")).rejects.toThrow(/check/i);
      await expect(
        query("insert into org_domain(domain, org_id, verified_at) values ('Upper.example', ?, null)", tenant().id),
      ).rejects.toThrow(/check/i);
    });
  });
});
