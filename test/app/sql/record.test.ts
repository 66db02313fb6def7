import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConnectionKey, ConnectionRecord } from "../../../src/desired/connection.ts";
import { recordFields } from "../../../src/plan/fields.ts";
import { createSealer } from "../../../src/secret/seal.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { type DatabaseKind, onEachDatabase } from "../../support/postgres.ts";
import {
  discovery,
  failureOf,
  key,
  record,
  sealingKey,
  tenant,
  type WorkplaceOptions,
  workplaceOn,
  write,
} from "./workplace.ts";

const current = "select * from sso_connection order by key";
const previous = "select * from sso_connection_previous order by key";

/** Makes the column `scopes` hold what is no text. */
const brokenScopes: Readonly<Record<DatabaseKind, string>> = {
  sqlite: "update sso_connection set scopes = x'00'",
  postgres: `drop view sso_connection_active;
    alter table sso_connection alter column scopes type integer using 1;
    alter table sso_connection_previous alter column scopes type integer using 1`,
};

/** A rule of the team's own: no record has the client id `forbidden`. */
const guardTrigger: Readonly<Record<DatabaseKind, string>> = {
  sqlite: `create trigger guard before update on sso_connection when new.client_id = 'forbidden'
    begin select raise(abort, 'no'); end`,
  postgres: `create function no() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
    create trigger guard before update on sso_connection for each row when (new.client_id = 'forbidden')
    execute function no()`,
};

/** An active record with the secret `old`. */
async function activeOn(kind: DatabaseKind) {
  const place = await workplaceOn(kind);
  await place.app.write(write("old"));
  await place.app.activate(key);
  place.forward(1_000);
  return place;
}

type Step = "write" | "write-other" | "activate" | "settle" | "restore" | "disable" | "remove";
type State = "none" | "pending" | "active" | "changed" | "disabled" | "tombstone";

/** What each step makes of each state: the state after it, or the code of the refusal. `changed`: old values are kept. */
const transitions: Readonly<Record<State, Readonly<Record<Step, State | `SQL_${string}`>>>> = {
  none: {
    write: "pending",
    "write-other": "pending",
    activate: "SQL_RECORD_MISSING",
    settle: "none",
    restore: "none",
    disable: "none",
    remove: "none",
  },
  pending: {
    write: "pending",
    "write-other": "pending",
    activate: "active",
    settle: "pending",
    restore: "pending",
    disable: "disabled",
    remove: "tombstone",
  },
  active: {
    write: "active",
    "write-other": "changed",
    activate: "active",
    settle: "active",
    restore: "active",
    disable: "disabled",
    remove: "tombstone",
  },
  changed: {
    write: "changed",
    "write-other": "changed",
    activate: "changed",
    settle: "active",
    restore: "active",
    disable: "disabled",
    remove: "tombstone",
  },
  disabled: {
    write: "pending",
    "write-other": "pending",
    activate: "SQL_RECORD_NOT_PENDING",
    settle: "disabled",
    restore: "disabled",
    disable: "disabled",
    remove: "tombstone",
  },
  tombstone: {
    write: "SQL_RECORD_RETIRED",
    "write-other": "SQL_RECORD_RETIRED",
    activate: "SQL_RECORD_RETIRED",
    settle: "tombstone",
    restore: "tombstone",
    disable: "tombstone",
    remove: "tombstone",
  },
};

const waysTo: Readonly<Record<State, readonly Step[]>> = {
  none: [],
  pending: ["write"],
  active: ["write", "activate"],
  changed: ["write", "activate", "write-other"],
  disabled: ["write", "activate", "write-other", "disable"],
  tombstone: ["write", "activate", "write-other", "remove"],
};

onEachDatabase((kind) => {
  const workplace = (options?: WorkplaceOptions) => workplaceOn(kind, options);
  const active = () => activeOn(kind);

  describe("a record", () => {
    test("is pending when it is new, and active once it is activated", async () => {
      const { app, query, forward } = await workplace();
      await app.write(write("s3cret"));
      expect(await query(current)).toMatchObject([
        {
          key,
          state: "pending",
          managed_by: "acme/production",
          activated_at: null,
          created_at: "2026-11-21T09:00:00.000Z",
        },
      ]);
      forward(1_000);
      await app.activate(key);
      const after = await query(current);
      expect(after).toMatchObject([{ state: "active", activated_at: "2026-11-21T09:00:01.000Z" }]);
      forward(1_000);
      await app.activate(key);
      expect(await query(current)).toEqual(after);
    });

    test("is observed with the fields that were wanted", async () => {
      const { app } = await workplace();
      // PostgreSQL's text cannot hold the character 0. No file may either.
      const text = fc
        .string({ unit: "binary", maxLength: 8 })
        .map((any) => (kind === "sqlite" ? any : any.replaceAll("\0", "")));
      const path = fc.oneof(text, fc.array(text, { maxLength: 3 }));
      const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
      const wanted = fc.record({
        clientId: text,
        pkce: fc.constantFrom("S256" as const, "off" as const),
        responseMode: fc.constantFrom("query" as const, "form_post" as const),
        scopes: fc.array(text),
        acrValues: fc.array(text),
        extraParams: fc.dictionary(text, text),
        claims: fc.dictionary(text, path),
        roles: maybe(fc.record({ claim: path, map: fc.dictionary(text, text), default: maybe(text) })),
        require: fc.dictionary(text, text),
        provision: fc.record({ create: fc.boolean(), update: fc.boolean() }),
        endSession: fc.boolean(),
        session: maybe(fc.record({ absolute: maybe(fc.nat()), idle: maybe(fc.nat()) })),
      });
      const told = fc.record({ userinfoEndpoint: maybe(fc.webUrl()), endSessionEndpoint: maybe(fc.webUrl()) });
      await fc.assert(
        fc.asyncProperty(wanted, told, async (change, part) => {
          const snapshot = { ...discovery, ...part };
          await app.write({ ...write("s3cret", change), discovery: snapshot });
          const found = (await app.observe([record()])).records.get(key);
          expect(found?.fields).toEqual(JSON.parse(JSON.stringify(recordFields(record(change), snapshot))));
          expect(found).toMatchObject({
            secretId: "ocs-6",
            specDigest: "ab".repeat(32),
            state: "pending",
            previous: undefined,
          });
        }),
        { numRuns: 60 },
      );
    });

    test("of a sign-in that is not the default stands beside it", async () => {
      const { app } = await workplace();
      const second = "whiterabbit/portal/partners" as ConnectionKey;
      await app.write(write("one"));
      await app.write(write("two", { key: second, signIn: "partners" }));
      const { records, undeclared } = await app.observe([record()]);
      expect([...records.keys()]).toEqual([key]);
      expect(undeclared.map((found) => found.key)).toEqual([second]);
      expect((await app.secretOf(second))?.value.reveal()).toBe("two");
    });

    test("is written beside others by one adapter and by two at once", async () => {
      const { app, open } = await workplace();
      const second = await open();
      const keys = Array.from({ length: 12 }, (_, at) => `whiterabbit/portal/s${at}` as ConnectionKey);
      await Promise.all(keys.map((one, at) => (at % 3 === 0 ? second : app).write(write("s3cret", { key: one }))));
      expect((await app.observe([])).undeclared.map((found) => found.key)).toEqual([...keys].sort());
    });

    test("of another app in the same database is not this app's", async () => {
      const { app, open } = await workplace();
      await app.write(write("one"));
      const admin = await open({ app: { name: "admin" } });
      const found = await admin.observe([]);
      expect([found.records.size, found.undeclared.length, found.foreign.length]).toEqual([0, 0, 0]);
    });

    test("needs its tenant's row", async () => {
      const { app } = await workplace({ bare: true });
      expect((await failureOf(app.write(write("s3cret")))).code).toBe("SQL_TENANT_MISSING");
    });

    test("without a secret is for clients without one", async () => {
      const { app, query } = await active();
      const before = await query(current);
      expect((await failureOf(app.write(write(undefined)))).code).toBe("SQL_SECRET_MISSING");
      expect(await query(current)).toEqual(before);
      await app.write(write(undefined, { clientAuth: "private_key_jwt" }));
      expect(await query(current)).toMatchObject([{ client_secret: null, client_secret_id: null }]);
      expect(await app.secretOf(key)).toBeUndefined();
    });

    test("with columns whose text is no JSON any more is observed, differs, and is mended by a write", async () => {
      const { app, query } = await active();
      await query("update sso_connection set claims = '{broken'");
      const found = (await app.observe([record()])).records.get(key);
      expect(found?.fields.claims).toBe("{broken");
      await app.write(write("old"));
      expect((await app.observe([record()])).records.get(key)?.fields.claims).toEqual(record().claims);
    });

    test("whose columns have values that they cannot have says which", async () => {
      const { app, query } = await active();
      await query(brokenScopes[kind]);
      const failure = await failureOf(app.observe([record()]));
      expect(failure.code).toBe("SQL_CORRUPT");
      expect(failure.message).toContain(`The record ${key} cannot be read: the column scopes`);
    });
  });

  describe("a secret", () => {
    test("opens as the app would open it, and keeps its sealed text while it is the same", async () => {
      const { app, query } = await active();
      const sealed = (await query(current))[0]?.client_secret;
      await app.write(write("old", { scopes: ["openid"] }));
      expect(await query(current)).toMatchObject([{ client_secret: sealed, scopes: '["openid"]' }]);
      expect(await app.secretOf(key)).toMatchObject({ id: "ocs-3" });
      const place = { table: "sso_connection", record: key, column: "client_secret" };
      expect(createSealer([sealingKey]).open(String(sealed), place).reveal()).toBe("old");
    });

    test("that does not open any more is sealed anew", async () => {
      const { app, open } = await active();
      const sealer = createSealer([{ name: "env:NEW", value: new Secret(Buffer.alloc(32, 8).toString("base64")) }]);
      const later = await open({ sealer });
      expect((await failureOf(later.secretOf(key))).code).toBe("SECRET_SEAL_KEY_UNKNOWN");
      await later.write(write("old"));
      expect((await later.secretOf(key))?.value.reveal()).toBe("old");
      expect((await failureOf(app.secretOf(key))).code).toBe("SECRET_SEAL_KEY_UNKNOWN");
    });

    test("copied into another record does not open there", async () => {
      const { app, query } = await active();
      const other = "northwind/portal" as ConnectionKey;
      await app.writeTenant(tenant({ tenant: "northwind", domains: [] }));
      await app.write(write("another", { key: other, tenant: "northwind" }));
      await query(
        "update sso_connection set client_secret = (select client_secret from sso_connection where key = ?)",
        other,
      );
      expect((await failureOf(app.secretOf(key))).code).toBe("SECRET_SEAL_REFUSED");
      expect((await app.secretOf(other))?.value.reveal()).toBe("another");
    });
  });

  describe("a change of an active record", () => {
    test("of nothing changes nothing", async () => {
      const { app, query } = await active();
      const before = await query(current);
      await app.write(write("old"));
      expect(await query(current)).toEqual(before);
      expect(await query(previous)).toEqual([]);
    });

    test("stays active and keeps the old values until it is settled", async () => {
      const { app, query } = await active();
      const [old] = await query(current);
      await app.write(write("new", { clientId: "new" }));
      expect(await query(current)).toMatchObject([{ state: "active", client_id: "new" }]);
      expect(await query(previous)).toEqual([{ ...old, kept_at: "2026-11-21T09:00:01.000Z" }]);
      expect((await app.observe([record()])).records.get(key)?.previous).toMatchObject({ clientId: old?.client_id });
      await app.settle(key);
      await app.settle(key);
      expect(await query(previous)).toEqual([]);
      await app.restore(key);
      expect(await query(current)).toMatchObject([{ client_id: "new" }]);
    });

    test("is undone by a restore, byte for byte, sealed secret included", async () => {
      const { app, query, forward } = await active();
      const before = await query(current);
      await app.write(write("new", { clientId: "new", redirectUri: "https://other.example/" }));
      forward(1_000);
      await app.restore(key);
      expect(await query(current)).toEqual(before);
      expect(await query(previous)).toEqual([]);
      expect((await app.secretOf(key))?.value.reveal()).toBe("old");
      await app.restore(key);
      expect(await query(current)).toEqual(before);
    });

    test("that follows an unsettled one keeps the first old values", async () => {
      const { app, query } = await active();
      const before = await query(current);
      await app.write(write("second"));
      await app.write(write("third!"));
      await app.write(write("third!"));
      await app.restore(key);
      expect(await query(current)).toEqual(before);
    });

    test("leaves columns that the team added as they are, through restore too", async () => {
      const { app, query } = await active();
      await query("alter table sso_connection add column colour text default 'red'");
      await query("update sso_connection set colour = 'blue'");
      await app.write(write("new"));
      await app.restore(key);
      await app.disable(key);
      expect(await query(current)).toMatchObject([{ colour: "blue" }]);
      expect((await app.observe([record()])).records.get(key)?.fields).not.toHaveProperty("colour");
    });

    test("that a constraint of the team forbids changes nothing and says so", async () => {
      const { app, query } = await active();
      await query(guardTrigger[kind]);
      const before = await query(current);
      const failure = await failureOf(app.write(write("new", { clientId: "forbidden" })));
      expect(failure.code).toBe("SQL_REFUSED");
      expect(await query(current)).toEqual(before);
      expect(await query(previous)).toEqual([]);
    });
  });

  describe("a step on a record", () => {
    const cases = Object.entries(transitions).flatMap(([from, steps]) =>
      Object.entries(steps).map(([step, to]) => [step as Step, from as State, to] as const),
    );
    test.each(cases)("%s of one that is %s: %s", async (step, from, to) => {
      const { app, query } = await workplace();
      const steps: Readonly<Record<Step, () => Promise<void>>> = {
        write: () => app.write(write("old")),
        "write-other": () => app.write(write("other", { clientId: "other" } satisfies Partial<ConnectionRecord>)),
        activate: () => app.activate(key),
        settle: () => app.settle(key),
        restore: () => app.restore(key),
        disable: () => app.disable(key),
        remove: () => app.remove(key),
      };
      for (const before of waysTo[from]) await steps[before]();
      const rows = [await query(current), await query(previous)];
      if (to.startsWith("SQL_")) {
        expect((await failureOf(steps[step]())).code).toBe(to);
        expect([await query(current), await query(previous)]).toEqual(rows);
      } else {
        await steps[step]();
        const found = (await app.observe([record()])).records.get(key);
        const state = found?.previous !== undefined ? "changed" : (found?.state ?? "none");
        expect(state).toBe(to);
        if (found?.previous !== undefined) expect(found.state).toBe("active");
      }
    });

    test("remove leaves no secret behind", async () => {
      const { app, query } = await active();
      await app.write(write("new"));
      await app.remove(key);
      expect(await query(current)).toMatchObject([{ state: "tombstone", client_secret: null, client_secret_id: null }]);
      expect(await query(previous)).toEqual([]);
      expect(await app.secretOf(key)).toBeUndefined();
    });
  });
});
