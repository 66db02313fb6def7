import { describe, expect, test } from "vitest";
import { onEachDatabase } from "../../support/postgres.ts";
import { failureOf, key, record, type WorkplaceOptions, workplaceOn, write } from "./workplace.ts";

const everything = [
  "select * from org order by id",
  "select * from org_domain order by domain",
  "select * from sso_connection order by key",
  "select * from sso_connection_previous order by key",
];

onEachDatabase((kind) => {
  const workplace = (options?: WorkplaceOptions) => workplaceOn(kind, options);

  describe("a record that is not ours", () => {
    test.each([
      ["of another environment", "'acme/staging'"],
      ["of another workspace", "'other/production'"],
      ["of nobody", "null"],
    ])("%s is reported and byte-equal after every operation", async (_, owner) => {
      const { app, query } = await workplace();
      await app.write(write("old"));
      await app.activate(key);
      await app.write(write("new"));
      await query(`update sso_connection set managed_by = ${owner}`);
      await query(`update sso_connection_previous set managed_by = ${owner}`);
      const before = await Promise.all(everything.map((text) => query(text)));

      const operations = [
        () => app.write(write("another", { clientId: "another" })),
        () => app.write(write("new")),
        () => app.activate(key),
        () => app.settle(key),
        () => app.restore(key),
        () => app.disable(key),
        () => app.remove(key),
        () => app.secretOf(key),
      ];
      for (const operation of operations) {
        const failure = await failureOf(operation());
        expect(failure.code).toBe("SQL_FOREIGN_RECORD");
        expect(failure.message).toContain(key);
      }
      const found = await app.observe([record()]);
      expect(found.records.size).toBe(0);
      expect(found.undeclared).toEqual([]);
      expect(found.foreign).toEqual([{ key, message: expect.stringContaining(`The record ${key} belongs to`) }]);
      expect(await Promise.all(everything.map((text) => query(text)))).toEqual(before);
    });

    test("under a tenant's row that is not ours is not made either", async () => {
      const { app, query } = await workplace();
      await query("update org set managed_by = null");
      expect((await failureOf(app.write(write("s3cret")))).code).toBe("SQL_FOREIGN_TENANT");
      expect(await query("select * from sso_connection")).toEqual([]);
    });
  });
});
