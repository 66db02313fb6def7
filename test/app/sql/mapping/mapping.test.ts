import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { recordFields } from "../../../../src/plan/fields.ts";
import { createSealer } from "../../../../src/secret/seal.ts";
import { Secret } from "../../../../src/secret/secret.ts";
import type { SqlMapping } from "../../../../src/workspace/apps/sql-mapping.ts";
import { onEachDatabase } from "../../../support/postgres.ts";
import { discovery, failureOf, key, proven, sealingKey } from "../workplace.ts";
import { mappedPlace, mappedRecord, mappedWrite, tenant, workshop } from "./place.ts";

const id = tenant().id;
const purpose = { table: "sso_connection", record: key, column: "client_secret" };

onEachDatabase((kind) => {
  async function live(mapping: SqlMapping = workshop, tables?: readonly string[]) {
    const place = await mappedPlace(kind, { mapping, ...(tables === undefined ? {} : { tables }) });
    const app = await place.open();
    await app.writeTenant(tenant(), proven(tenant()));
    await app.write(mappedWrite());
    await app.activate(key);
    await app.settle(key);
    return { ...place, app };
  }
  const observed = async (app: Awaited<ReturnType<typeof live>>["app"]) =>
    (await app.observe([mappedRecord()])).records.get(key);

  test("a record lands in the workshop's table: pending it lets nobody in, active it is whole", async () => {
    const place = await mappedPlace(kind);
    const app = await place.open();
    const org = () => place.query('select * from "Org"');
    await app.writeTenant(tenant(), proven(tenant()));
    expect(await org()).toEqual([]);
    await app.write(mappedWrite());
    const off = {
      ...{ id, domain: "whiterabbit.example", issuer: "", authorization_endpoint: "", token_endpoint: "" },
      ...{ userinfo_endpoint: "", client_id: "", client_secret: "", apikey: "" },
    };
    expect(await org()).toEqual([off]);
    expect((await observed(app))?.state).toBe("pending");
    await app.activate(key);
    const [row] = await org();
    expect(row).toEqual({
      ...off,
      issuer: discovery.issuer,
      authorization_endpoint: discovery.authorizationEndpoint,
      token_endpoint: discovery.tokenEndpoint,
      userinfo_endpoint: discovery.userinfoEndpoint,
      client_id: "tenantry.client",
      client_secret: expect.stringMatching(/^tenantry\.v1\./),
    });
    expect(createSealer([sealingKey]).open(String(row?.client_secret), purpose).reveal()).toBe("s3cret-one");
    expect(await observed(app)).toMatchObject({ state: "active", fields: recordFields(mappedRecord(), discovery) });
    await app.disable(key);
    expect(await org()).toEqual([off]);
    await app.writeTenant(tenant({ status: "offboarded" }));
    await app.remove(key);
    expect(await org()).toEqual([{ ...off, domain: `${id}.invalid` }]);
  });

  test("a suspended tenant's row is off although its record stays as it is", async () => {
    const { app, query } = await live();
    await app.writeTenant(tenant({ status: "suspended" }));
    expect((await query('select issuer, client_id from "Org"'))[0]).toEqual({ issuer: "", client_id: "" });
    await app.writeTenant(tenant());
    expect((await query('select issuer from "Org"'))[0]).toEqual({ issuer: discovery.issuer });
  });

  test("rows, columns and tables of others stay as they are; a change restores byte for byte", async () => {
    const place = await mappedPlace(kind);
    await place.query(
      `insert into "Org" (id, domain, issuer) values ('theirs', 'theirs.example', 'https://theirs.example')`,
    );
    await place.query('alter table "Org" add column "plan type" text');
    const app = await place.open();
    await app.writeTenant(tenant(), proven(tenant()));
    await app.write(mappedWrite());
    await app.activate(key);
    await app.settle(key);
    await place.query(`update "Org" set "plan type" = 'gold'`);
    await place.query(
      `insert into "User" (email, "orgId", "externalId") values ('a@whiterabbit.example', '${id}', '00u1')`,
    );
    const all = () => place.query('select * from "Org" order by id');
    const before = await all();
    await app.write(mappedWrite("another", { clientId: "changed" }));
    expect((await all()).find((row) => row.id === id)).toMatchObject({ client_id: "changed", "plan type": "gold" });
    expect((await observed(app))?.previous?.clientId).toBe("tenantry.client");
    await app.restore(key);
    expect(await all()).toEqual(before);
    await app.disable(key);
    expect((await all()).find((row) => row.id === "theirs")).toEqual(before.find((row) => row.id === "theirs"));
    expect(await place.query('select count(*) as n from "User"')).toHaveLength(1);
  });

  test("a row with our key that somebody else made is never changed, and nothing is half-written", async () => {
    const place = await mappedPlace(kind);
    await place.query(`insert into "Org" (id, domain, issuer) values ('${id}', 'x.example', 'https://theirs.example')`);
    const app = await place.open();
    await app.writeTenant(tenant(), proven(tenant()));
    expect((await failureOf(app.write(mappedWrite()))).code).toBe("SQL_MAPPING_ROW_TAKEN");
    expect(await place.query('select issuer from "Org"')).toEqual([{ issuer: "https://theirs.example" }]);
    expect(await place.query("select * from tenantry_connection")).toEqual([]);
    expect(await observed(app)).toBeUndefined();
  });

  test("a domain that another row has is told, and nothing is half-written", async () => {
    const place = await mappedPlace(kind);
    await place.query(`insert into "Org" (id, domain) values ('theirs', 'whiterabbit.example')`);
    const app = await place.open();
    await app.writeTenant(tenant(), proven(tenant()));
    const failure = await failureOf(app.write(mappedWrite()));
    expect(failure.code).toBe("SQL_DOMAIN_TAKEN");
    expect(failure.message).toContain("whiterabbit.example stands in Org");
    expect(await place.query("select * from tenantry_connection")).toEqual([]);
  });

  test("a domain that nobody has proven is not routed: the row has a name that no address ends in", async () => {
    const place = await mappedPlace(kind);
    const app = await place.open();
    await app.writeTenant(tenant());
    await app.write(mappedWrite());
    await app.activate(key);
    expect(await place.query('select domain from "Org"')).toEqual([{ domain: `${id}.invalid` }]);
    await app.writeTenant(tenant(), proven(tenant()));
    expect(await place.query('select domain from "Org"')).toEqual([{ domain: "whiterabbit.example" }]);
  });

  test.each([
    [`update "Org" set issuer = 'https://evil.example'`, "changed in issuer", { issuer: "https://evil.example" }],
    [`update "Org" set client_secret = 'plain', domain = 'evil.example'`, "changed in client_secret, domain", {}],
    ['delete from "Org"', "gone", {}],
  ])("what somebody changed by hand is seen and mended: %s", async (statement, told, fields) => {
    const { app, query } = await live();
    const before = await query('select * from "Org"');
    await query(statement);
    expect((await observed(app))?.fields).toMatchObject({ "sql.row": told, ...fields });
    await app.write(mappedWrite());
    expect((await observed(app))?.fields).toMatchObject({ "sql.row": "as written", issuer: discovery.issuer });
    expect(await query('select * from "Org"')).toEqual(before);
  });

  test("a row that was switched on by hand is seen", async () => {
    const { app, query } = await live();
    await app.disable(key);
    await query(`update "Org" set issuer = 'https://acme.okta.com', client_id = 'x'`);
    expect((await observed(app))?.fields["sql.row"]).toBe("changed in client_id, issuer");
  });

  test("the secret that is proven is the one that the team's table shows the app", async () => {
    const { app, query } = await live();
    const other = createSealer([sealingKey]).seal(new Secret("put there by hand"), purpose);
    await query(`update "Org" set client_secret = '${other}'`);
    expect((await app.secretOf(key))?.value.reveal()).toBe("put there by hand");
    await app.disable(key);
    expect((await app.secretOf(key))?.value.reveal()).toBe("s3cret-one");
  });

  test("an API key is made once, kept as a digest, and stands in a file that only its owner reads", async () => {
    const mapping = { ...workshop, apiKey: { column: "apikey", file: "keys/{tenant}.key" } };
    const { app, query, root } = await live(mapping);
    const path = join(root, "keys/whiterabbit.key");
    const text = readFileSync(path, "utf8").trim();
    expect(text).toMatch(/^tk_[\w-]{43}$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const hash = createHash("sha256").update(text).digest("hex");
    const stored = () => query('select apikey from "Org"');
    expect(await stored()).toEqual([{ apikey: hash }]);
    await app.write(mappedWrite("another"));
    await app.settle(key);
    await app.disable(key);
    expect(await stored()).toEqual([{ apikey: "" }]);
    await app.write(mappedWrite("another"));
    await app.activate(key);
    expect(await stored()).toEqual([{ apikey: hash }]);
    expect(readFileSync(path, "utf8").trim()).toBe(text);
    const everything = JSON.stringify([await query("select * from tenantry_row"), await observed(app)]);
    expect(everything).not.toContain(text);
    await query("update tenantry_row set api_key_hash = null");
    expect((await observed(app))?.fields["sql.row"]).toBe("without an API key");
    await app.write(mappedWrite("another"));
    expect(readFileSync(path, "utf8").trim()).not.toBe(text);
  });

  test("a write that fails makes no API key that opens anything", async () => {
    const mapping = { ...workshop, apiKey: { column: "apikey", file: "keys/{tenant}.key" } };
    const place = await mappedPlace(kind, { mapping });
    const app = await place.open({
      handOutApiKey: async () => {
        throw new Error("nobody takes it");
      },
    });
    await app.writeTenant(tenant(), proven(tenant()));
    await app.write(mappedWrite());
    await expect(app.activate(key)).rejects.toThrow("nobody takes it");
    expect((await observed(app))?.state).toBe("pending");
    expect(await place.query('select issuer, apikey from "Org"')).toEqual([{ issuer: "", apikey: "" }]);
    expect(existsSync(join(place.root, "keys"))).toBe(false);
  });

  describe("a table with names, types and domains of its own", () => {
    const json = kind === "postgres" ? "jsonb" : "json";
    const hostile: SqlMapping = {
      table: 'cust"omers; drop',
      key: { column: "nr", value: "database" },
      columns: {
        tenant: "slug",
        name: "the 'name'",
        issuer: "select",
        clientId: 'client"id',
        clientSecret: "secret",
        clientAuth: "auth",
        scopes: "scopes",
        claims: "claims",
        roles: "roles",
        endSession: "logout",
      },
      scopes: "words",
      domains: { table: "mail domains", domain: "d", org: "o" },
      state: { column: "status", on: "on", off: "off" },
    };
    const tables = [
      `create table "cust""omers; drop" (nr ${kind === "postgres" ? "serial" : "integer"} primary key, slug text not null,
        "the 'name'" text, "select" text, "client""id" text, secret text, auth text not null, scopes text,
        claims ${json} not null, roles ${json}, logout boolean not null, status text not null default 'off')`,
      `create table "mail domains" (d text primary key, o integer not null, note text)`,
    ];
    const rows = `select * from "cust""omers; drop"`;
    const two = tenant({ domains: ["a.example", "b.example"], name: `O'Brien "& Söhne" 🐇` });

    test("takes records by a number that counts up, JSON and flags in their own types", async () => {
      const place = await mappedPlace(kind, { mapping: hostile, tables });
      const app = await place.open();
      const roles = { claim: "groups", map: { 'it\'s "admins"': "admin" } };
      const wanted = { ...mappedRecord(), roles };
      await app.writeTenant(two, proven(two));
      await app.write(mappedWrite("s3cret-one", { roles }));
      const [off] = await place.query(rows);
      expect(off).toMatchObject({ slug: "whiterabbit", select: null, status: "off", auth: "" });
      await app.activate(key);
      await app.settle(key);
      const [on] = await place.query(rows);
      expect(on).toMatchObject({
        nr: 1,
        "the 'name'": two.name,
        select: discovery.issuer,
        scopes: "openid email profile",
      });
      expect(on).toMatchObject({ logout: kind === "postgres" ? true : 1, status: "on" });
      expect(typeof on?.claims === "string" ? JSON.parse(on.claims) : on?.claims).toEqual(wanted.claims);
      const seen = (await app.observe([wanted])).records.get(key);
      expect(seen?.fields).toEqual(recordFields(wanted, discovery));
      await place.query(`update "cust""omers; drop" set claims = '{"email": "mail"}'`);
      expect((await app.observe([wanted])).records.get(key)?.fields).toMatchObject({
        claims: { email: "mail" },
        "sql.row": "changed in claims",
      });
    });

    test("several domains stand in the team's table; only those that we put there go", async () => {
      const place = await mappedPlace(kind, { mapping: hostile, tables });
      const app = await place.open();
      await app.writeTenant(two, proven(two));
      await app.write(mappedWrite());
      const domains = async () => (await place.query('select d, o from "mail domains" order by d')).map(({ d }) => d);
      expect(await domains()).toEqual(["a.example", "b.example"]);
      await place.query(`insert into "mail domains" (d, o, note) values ('by-hand.example', 1, 'ours')`);
      await app.writeTenant(tenant({ domains: ["b.example", "c.example"] }), new Map([["c.example", "attested"]]));
      expect(await domains()).toEqual(["b.example", "by-hand.example", "c.example"]);
      await place.query(`insert into "mail domains" (d, o) values ('taken.example', 99)`);
      const more = tenant({ domains: ["b.example", "taken.example"] });
      expect((await failureOf(app.writeTenant(more, proven(more)))).code).toBe("SQL_DOMAIN_TAKEN");
      expect(await domains()).toEqual(["b.example", "by-hand.example", "c.example", "taken.example"]);
    });
  });

  test.each([
    [{ ...workshop, table: "Orgs" }, "SQL_MAPPING_MISSING", "no table Orgs (`apps.portal.mapping.table`)"],
    [
      { ...workshop, columns: { ...workshop.columns, jwksUri: "jwks" } },
      "SQL_MAPPING_MISSING",
      "no column jwks in Org (`apps.portal.mapping.columns.jwksUri`)",
    ],
    [
      { ...workshop, domains: { table: "Domain", domain: "d", org: "o" } },
      "SQL_MAPPING_MISSING",
      "no table Domain (`apps.portal.mapping.domains.table`)",
    ],
    [
      { ...workshop, table: "Todo", key: { column: "id", value: "tenant" as const } },
      "SQL_MAPPING_MISSING",
      "no column issuer in Todo",
    ],
  ])("what the mapping names and is not there is told with its place: %#", async (mapping, code, words) => {
    const place = await mappedPlace(kind, { mapping });
    const app = await place.open();
    const failure = await failureOf(app.observe([mappedRecord()]));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
  });

  test("a key column that counts up holds no public id, and one that nothing fills makes none", async () => {
    const columns = `issuer text, client_id text, client_secret text`;
    const mapping = {
      ...{ table: "T", scopes: "words" as const, key: { column: "id", value: "id" as const } },
      columns: { issuer: "issuer", clientId: "client_id" },
    };
    const number = await mappedPlace(kind, {
      mapping,
      tables: [`create table "T" (id bigint primary key, ${columns})`],
    });
    expect((await failureOf((await number.open()).observe([]))).code).toBe("SQL_MAPPING_UNFIT");
    const made: SqlMapping = { ...mapping, key: { column: "id", value: "database" } };
    const text = await mappedPlace(kind, {
      mapping: made,
      tables: [`create table "T" (id text primary key, ${columns})`],
    });
    expect((await failureOf((await text.open()).observe([]))).code).toBe("SQL_MAPPING_UNFIT");
  });

  test("before `tenantry migrate` nothing is written", async () => {
    const place = await mappedPlace(kind, { migrated: false });
    const app = await place.open();
    expect((await failureOf(app.observe([]))).code).toBe("SQL_NOT_MIGRATED");
  });
});
