import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { openStore } from "../../../src/store/open.ts";
import { failureOf, key, pathOf, sealingKey, workplaceOn, write } from "./workplace.ts";

test("no secret is in any byte of the app's database, of the store, or in an error", async () => {
  const canary = "canary-7f3a91c2e5";
  const { app, url, query } = await workplaceOn("sqlite");
  const path = pathOf(url);
  const store = await openStore({ url: "sqlite:store.db", root: dirname(path), clock: () => 0 });
  await app.write(write(canary));
  await app.activate(key);
  await app.write(write(`${canary}-second`));
  await store.fingerprint(new Secret(canary));
  await query("update sso_connection set client_secret = 'tenantry.v1.x'");
  const failure = await failureOf(app.secretOf(key));
  const other = await failureOf(app.write(write(canary, { tenant: "nobody", key: "nobody/portal" as ConnectionKey })));

  const needles = [canary, sealingKey.value.reveal()].flatMap((secret) => [
    secret,
    Buffer.from(secret).toString("base64").slice(0, 20),
    Buffer.from(secret).toString("hex"),
  ]);
  const files = readdirSync(dirname(path));
  expect(files).toEqual(expect.arrayContaining(["portal.db", "store.db", "store.db-wal"]));
  const texts = files.map((name) => readFileSync(join(dirname(path), name), "latin1"));
  texts.push(...[failure, other].map((error) => `${error.stack} ${error.hint} ${JSON.stringify(error)}`));
  for (const needle of needles) {
    for (const text of texts) expect(text.includes(needle)).toBe(false);
  }
  // The envelope is there: the search looked where secrets would be.
  expect(texts.some((text) => /tenantry\.v1\.[0-9a-f]{16}\./.test(text))).toBe(true);
  await store.close();
});
