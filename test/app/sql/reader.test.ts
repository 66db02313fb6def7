import { describe, expect, test } from "vitest";
import { key, tenant, workplace, write } from "./workplace.ts";

// What an app asks when somebody types an e-mail address; see migrations.ts.
const signInFor =
  "select c.key from sso_connection_active c join org_domain d on d.org_id = c.org_id where c.app = ? and d.domain = ?";

describe("the app", () => {
  test("lets people in by active records of active tenants only", async () => {
    const { app, query } = await workplace();
    const offered = (): unknown[] => query(signInFor, "portal", "whiterabbit.example").map((row) => row.key);
    expect(offered()).toEqual([]);
    await app.write(write("s3cret"));
    expect(offered()).toEqual([]);
    await app.activate(key);
    expect(offered()).toEqual([key]);
    await app.write(write("another"));
    expect(offered()).toEqual([key]);
    await app.writeTenant(tenant({ status: "suspended" }));
    expect(offered()).toEqual([]);
    await app.writeTenant(tenant());
    expect(offered()).toEqual([key]);
    await app.disable(key);
    expect(offered()).toEqual([]);
    await app.write(write("s3cret"));
    expect(offered()).toEqual([]);
    await app.activate(key);
    expect(offered()).toEqual([key]);
    await app.remove(key);
    expect(offered()).toEqual([]);
  });

  test("finds in the view what a sign-in needs", async () => {
    const { app, query } = await workplace();
    await app.write(write("s3cret"));
    await app.activate(key);
    expect(query("select * from sso_connection_active")).toMatchObject([
      { key, tenant: "whiterabbit", org_name: "Whiterabbit Foods", issuer: "https://acme.okta.com", pkce: "S256" },
    ]);
  });

  test("cannot put a state into the table that nobody knows", async () => {
    const { app, query } = await workplace();
    await app.write(write("s3cret"));
    expect(() => query("update sso_connection set state = 'maybe'")).toThrow("CHECK");
    expect(() => query("insert into org_domain values ('Upper.example', ?, null)", tenant().id)).toThrow("CHECK");
  });
});
