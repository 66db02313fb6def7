import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { afterEach, expect, test, vi } from "vitest";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import { onEachDatabase } from "../../support/postgres.ts";
import { record, tenant, workplaceOn, write } from "./workplace.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Statements that go to the database from now on. */
function watch(): { readonly texts: string[] } {
  const texts: string[] = [];
  const prepare = DatabaseSync.prototype.prepare;
  vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (this: DatabaseSync, text) {
    texts.push(text);
    return prepare.call(this, text);
  });
  const query = pg.Client.prototype.query as (this: pg.Client, text: string, values: unknown[]) => Promise<unknown>;
  vi.spyOn(pg.Client.prototype, "query").mockImplementation(function (
    this: pg.Client,
    text: string,
    values: unknown[],
  ) {
    texts.push(text);
    return query.call(this, text, values);
  } as never);
  return { texts };
}

onEachDatabase((kind) => {
  test("a fleet is observed by three queries, however many records are wanted", async () => {
    const { app } = await workplaceOn(kind);
    await app.write(write("s3cret"));
    const fleet = Array.from({ length: 1_000 }, (_, at) =>
      record({ key: `t${at}/portal` as ConnectionKey, tenant: `t${at}` }),
    );
    await app.observe(fleet);
    const { texts } = watch();
    const found = await app.observe([record(), ...fleet]);
    expect([found.records.size, found.tenants.size]).toEqual([1, 1]);
    expect(texts.filter((text) => text.startsWith("select"))).toHaveLength(3);
    expect(texts).toHaveLength(5);
    texts.length = 0;
    await app.observe([record()], false);
    expect(texts.filter((text) => text.startsWith("select"))).toHaveLength(2);
  });

  test("records come in the order of their keys, byte by byte, as everywhere else", async () => {
    const { app } = await workplaceOn(kind);
    const slugs = ["b", "a-b", "a1", "a-10", "ab", "a-9"];
    for (const slug of slugs) {
      await app.writeTenant(tenant({ tenant: slug, domains: [`z.${slug}.example`, `a.${slug}.example`] }));
      await app.write(write("s3cret", { key: `${slug}/portal` as ConnectionKey, tenant: slug }));
    }
    const { undeclared } = await app.observe([]);
    expect(undeclared.map((found) => found.key)).toEqual(slugs.map((slug) => `${slug}/portal`).sort());
    const { tenants } = await app.observe([record({ tenant: "a-b" })]);
    expect(tenants.get("a-b")?.fields.domains).toEqual(["a.a-b.example", "z.a-b.example"]);
  });
});
