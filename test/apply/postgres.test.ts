import { afterAll, beforeAll, expect, it } from "vitest";
import { describePostgres, freshName, postgresQuery, postgresUrl, type Row } from "../support/postgres.ts";
import { type CommandResult, openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

/** A role with a schema of its own, as for a team's database. Its password holds what addresses must encode. */
interface Place {
  readonly user: string;
  readonly password: string;
  readonly url: string;
}

async function makePlace(prefix: string): Promise<Place> {
  const [user, password] = [freshName(prefix), `${freshName("canary")}/@:%?#&=+ '`];
  await postgresQuery(postgresUrl(), `create role ${user} login password '${password.replaceAll("'", "''")}'`);
  await postgresQuery(postgresUrl(), `create schema ${user} authorization ${user}`);
  return { user, password, url: postgresUrl({ user, password }) };
}

describePostgres("with the portal's database and the store in PostgreSQL", () => {
  let workspace: TestWorkspace;
  let portal: Place;
  let store: Place;
  const said: string[] = [];

  beforeAll(async () => {
    [portal, store] = [await makePlace("portal"), await makePlace("store")];
    workspace = await openTestWorkspace({ migrate: false });
    workspace.edit("tenantry.yaml", "sqlite:.tenantry/sandbox/store.db", "env:STORE_IN_POSTGRES");
    workspace.edit("tenantry.yaml", "sqlite:.tenantry/sandbox/portal.db", "env:PORTAL_IN_POSTGRES");
  });
  afterAll(async () => {
    await workspace.close();
    for (const { user } of [portal, store]) {
      await postgresQuery(postgresUrl(), `drop owned by ${user} cascade; drop role ${user}`);
    }
  });

  const tenantryOn = async (change: Readonly<Record<string, string>>, args: readonly string[]) => {
    const environment = { STORE_IN_POSTGRES: store.url, PORTAL_IN_POSTGRES: portal.url, ...change };
    const result: CommandResult = await workspace.tenantryWith(environment, ...args);
    said.push(result.out, result.err);
    return result;
  };
  const tenantry = (...args: readonly string[]) => tenantryOn({}, args);
  const rows = (statement: string): Promise<Row[]> => postgresQuery(portal.url, statement);

  it("asks for the migration, and migrates", async () => {
    const early = await tenantry("plan");
    expect(early.exit).toBe(5);
    expect(early.err).toContain("SQL_NOT_MIGRATED");
    expect((await tenantry("migrate", "--check")).exit).toBe(3);
    expect((await tenantry("migrate", "--yes")).exit).toBe(0);
    expect((await tenantry("migrate", "--check")).out).toContain("portal: up to date");
  });

  it("plans without writing anything", async () => {
    expect((await tenantry("plan", "--exit-code", "--json", "--out", "saved.json")).exit).toBe(3);
    expect(await rows("select * from org")).toEqual([]);
    said.push(workspace.read("saved.json"));
  });

  it("applies, proves and switches on; then there is nothing to do", async () => {
    expect((await tenantry("apply", "--yes", "--debug")).exit).toBe(0);
    expect(await rows("select key, tenant from sso_connection_active")).toEqual([
      { key: "whiterabbit/portal", tenant: "whiterabbit" },
    ]);
    expect((await tenantry("plan", "--exit-code", "--deep")).exit).toBe(0);
    expect((await tenantry("verify", "--json")).exit).toBe(0);
    const status = await tenantry("status", "--json");
    expect(status.exit).toBe(0);
    expect(status.out).toContain("whiterabbit/portal");
    expect((await tenantry("show", "whiterabbit")).exit).toBe(0);
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
    expect(await postgresQuery(store.url, "select address from tenantry_lock")).toEqual([]);
  });

  it("changes an active record, which stays active", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "displayName: name", "displayName: preferred_username");
    expect((await tenantry("apply", "--yes")).exit).toBe(0);
    expect(await rows("select claims::jsonb ->> 'displayName' as name from sso_connection_active")).toEqual([
      { name: "preferred_username" },
    ]);
    expect(await rows("select * from sso_connection_previous")).toEqual([]);
  });

  it("puts the old record back when the new one cannot be read back as it was proven", async () => {
    const before = await rows("select * from sso_connection");
    workspace.edit("tenants/whiterabbit.yaml", "displayName: preferred_username", "displayName: nickname");
    await rows(`create function spoil() returns trigger language plpgsql as $$
      begin new.scopes := '["openid"]'; return new; end $$;
      create trigger spoil before update on sso_connection for each row when (new.claims like '%nickname%')
      execute function spoil()`);
    const failed = await tenantry("apply", "--yes");
    expect(failed.exit).toBe(6);
    expect(failed.out).toContain("APPLY_RECORD_DIFFERS");
    expect(await rows("select * from sso_connection")).toEqual(before);
    expect(await rows("select * from sso_connection_previous")).toEqual([]);
    await rows("drop trigger spoil on sso_connection");
    expect((await tenantry("apply", "--yes")).exit).toBe(0);
  });

  it("switches off, and on again", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
    expect((await tenantry("apply", "--yes")).exit).toBe(0);
    expect(await rows("select * from sso_connection_active")).toEqual([]);
    expect(await rows("select state from sso_connection")).toEqual([{ state: "disabled" }]);
    workspace.edit("tenants/whiterabbit.yaml", "status: suspended", "status: active");
    expect((await tenantry("apply", "--yes")).exit).toBe(0);
    expect(await rows("select state from sso_connection")).toEqual([{ state: "active" }]);
  });

  it("stops before anything happens when the store or the database lets nobody in", async () => {
    const wrong = (place: Place): string => postgresUrl({ user: place.user, password: `wrong-${place.password}` });
    const apply = ["apply", "--yes", "--debug"];
    const noStore = await tenantryOn({ STORE_IN_POSTGRES: wrong(store) }, apply);
    expect([noStore.exit, noStore.err]).toEqual([5, expect.stringContaining("STORE_LOGIN_REFUSED")]);
    const noPortal = await tenantryOn({ PORTAL_IN_POSTGRES: wrong(portal) }, apply);
    expect([noPortal.exit, noPortal.err]).toEqual([5, expect.stringContaining("SQL_LOGIN_REFUSED")]);
    for (const url of [`postgres://x:${portal.password}@127.0.0.1/x`, `${portal.url}?colour=red`]) {
      const unusable = await tenantryOn({ PORTAL_IN_POSTGRES: url }, ["migrate", "--yes", "--debug"]);
      expect([unusable.exit, unusable.err]).toEqual([2, expect.stringContaining("SQL_URL_INVALID")]);
    }
    expect((await tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  it("masks the passwords wherever they stand", async () => {
    // Nobody would name a customer so; it brings the password to every place that shows a name.
    for (const [{ password }, command] of [
      [portal, ["plan"]],
      [store, ["show", "whiterabbit"]],
    ] as const) {
      workspace.edit("tenants/whiterabbit.yaml", /^name: .*$/m, `name: ${JSON.stringify(`Named ${password}`)}`);
      const { out, err } = await tenantry(...command);
      expect(out).toContain("Named [secret]");
      expect(out + err).not.toContain(password.slice(0, 12));
    }
    workspace.edit("tenants/whiterabbit.yaml", /^name: .*$/m, "name: Whiterabbit Foods");
  });

  it("shows no password in any of this, and keeps none", async () => {
    for (const table of ["meta", "id", "evidence", "audit", "run", "journal", "lock"]) {
      said.push(JSON.stringify(await postgresQuery(store.url, `select * from tenantry_${table}`)));
    }
    said.push(JSON.stringify(await rows("select * from sso_connection")));
    const text = said.join("\n");
    expect(text.length).toBeGreaterThan(10_000);
    for (const { password, url } of [portal, store]) {
      const [name = ""] = password.split("/");
      for (const form of [name, Buffer.from(password).toString("base64"), Buffer.from(password).toString("hex"), url]) {
        expect(text).not.toContain(form);
      }
    }
    // It looked where a password would be: the host that it belongs to is there.
    expect(text).toContain("on 127.0.0.1:");
  });
});
