import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppTeam } from "../support/app-team.ts";
import { type AppName, type Companies, openCompanies } from "../support/companies.ts";
import type { Row } from "../support/postgres.ts";

describe("a person signs in at an app that reads what an apply has written", () => {
  let companies: Companies;
  let team: AppTeam;
  beforeAll(async () => {
    companies = await openCompanies("sqlite");
    team = new AppTeam(companies.workspace.sandbox);
    const applied = await companies.tenantry("apply", "--yes");
    expect(applied.exit, applied.err).toBe(0);
  });
  afterAll(async () => {
    await team.close();
    await companies.close();
  });

  /** As the app finds it: by the e-mail domain, in the view. */
  async function connectionOf(login: string, app: AppName): Promise<Row | undefined> {
    const domain = login.split("@")[1] ?? "";
    const [record] = await companies.rows(
      app,
      "select c.* from sso_connection_active c join org_domain d on d.org_id = c.org_id " +
        `where c.app = '${app}' and d.domain = '${domain}'`,
    );
    return record;
  }

  async function signIn(login: string, app: AppName = "portal", record?: Row) {
    const used = record ?? (await connectionOf(login, app));
    if (used === undefined) return undefined;
    const secret = used.client_secret === null ? undefined : companies.openSecret(app, used);
    return team.signIn(used, secret, login);
  }

  it.each([
    ["Okta", "admin@whiterabbit.example", "admin"],
    ["Okta", "staff@whiterabbit.example", "member"],
    ["Auth0", "editor@fernhill.example", "admin"],
    ["Auth0", "writer@fernhill.example", "member"],
    ["Entra ID", "admin@northwindrail.example", "admin"],
    ["Entra ID, by a second domain and without an e-mail address", "freight@nwr-freight.example", "member"],
    ["Google", "staff@bluefin.example", undefined],
    ["PingFederate, without discovery", "admin@aldervoss.example", "admin"],
    ["Keycloak, with the app's key in place of a secret", "admin@tannberg.example", "admin"],
    ["Keycloak, by a subdomain", "student@stud.tannberg.example", "member"],
  ])("with %s: %s", async (_kind, login, role) => {
    const person = await signIn(login);
    expect(person).toMatchObject({ externalId: expect.any(String), role });
  });

  it("at a second app by a client of its own, and is refreshed where that was asked for", async () => {
    expect(await signIn("editor@fernhill.example", "orders")).toMatchObject({ role: "admin", refreshed: true });
    expect(await signIn("admin@whiterabbit.example")).toMatchObject({ refreshed: false });
  });

  it("not when they are in no assigned group at Okta", async () => {
    await expect(signIn("guest@whiterabbit.example")).rejects.toMatchObject({ error: "access_denied" });
  });

  it("not with somebody else's account at the issuer that everyone shares", async () => {
    const record = await connectionOf("staff@bluefin.example", "portal");
    await expect(signIn("stranger@private-mail.example", "portal", record)).rejects.toThrow("is not one of theirs: hd");
  });

  it("not at a domain that is nobody's, of a draft, or of one who is suspended", async () => {
    for (const domain of ["elsewhere", "ostravasteel", "cobaltclinics"]) {
      expect(await signIn(`staff@${domain}.example`)).toBeUndefined();
    }
  });

  it("not once the tenant is suspended, not even by an app that kept the old record", async () => {
    const { workspace, tenantry } = companies;
    const logins = ["staff@whiterabbit.example", "writer@fernhill.example"];
    const before = await Promise.all(logins.map((login) => connectionOf(login, "portal")));
    for (const slug of ["whiterabbit", "fernhill"]) {
      workspace.edit(`tenants/${slug}.yaml`, "status: active", "status: suspended");
    }
    expect((await tenantry("apply", "--yes", "--ack", "plan:tenants")).exit).toBe(0);
    for (const [index, login] of logins.entries()) {
      expect(await signIn(login)).toBeUndefined();
      await expect(signIn(login, "portal", before[index])).rejects.toThrow();
    }
  });
});
