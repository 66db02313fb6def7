import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { type DatabaseKind, onEachDatabase } from "../../support/postgres.ts";
import { key, record, type Workplace, workplaceOn, write } from "./workplace.ts";

/** Starts the program, waits for so many lines, and kills it without a chance to tidy up. */
async function killAfter(lines: number, mode: "hang" | "loop", url: string): Promise<void> {
  const child = spawn(process.execPath, [new URL("child.ts", import.meta.url).pathname, mode, url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let seen = 0;
  for await (const _ of createInterface({ input: child.stdout })) {
    if (++seen === lines) break;
  }
  child.kill("SIGKILL");
  expect(seen).toBe(lines);
  expect(await exited).toEqual([null, "SIGKILL"]);
}

async function activeOn(kind: DatabaseKind): Promise<Workplace> {
  const place = await workplaceOn(kind);
  await place.app.write(write("old", { clientId: "old" }));
  await place.app.activate(key);
  return place;
}

onEachDatabase((kind) => {
  const active = () => activeOn(kind);

  describe("a program killed", () => {
    test("inside a write leaves the record as it was, and the database free for the next", async () => {
      const { app, query, url } = await active();
      const before = await query("select * from sso_connection");
      await killAfter(1, "hang", url);
      if (kind === "sqlite") expect(await query("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
      expect(await query("select * from sso_connection")).toEqual(before);
      await app.write(write("new", { clientId: "new" }));
      await app.settle(key);
      expect((await app.observe([record()])).records.get(key)).toMatchObject({ previous: undefined, state: "active" });
    });

    test("among writes leaves values that belong together, and a restore to what was active", async () => {
      const { app, query, url } = await active();
      await killAfter(25, "loop", url);
      if (kind === "sqlite") expect(await query("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
      const found = (await app.observe([record()])).records.get(key);
      expect(found?.state).toBe("active");
      expect((await app.secretOf(key))?.value.reveal()).toBe(found?.fields.clientId);
      await app.restore(key);
      const restored = (await app.observe([record()])).records.get(key);
      expect((await app.secretOf(key))?.value.reveal()).toBe(restored?.fields.clientId);
    });
  });
});
