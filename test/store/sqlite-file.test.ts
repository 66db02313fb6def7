import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { failureOf, folder, handClock, store } from "./workplace.ts";

const clock = handClock();

describe("opening a store in a file", () => {
  test("makes the folder and the files for this user alone", async () => {
    const root = folder();
    const { audit } = await store({ url: "sqlite:deep/er/store.db", root });
    await audit({ actor: "ci", event: "apply.started", detail: {} });
    expect(statSync(join(root, "deep/er")).mode & 0o777).toBe(0o700);
    const names = readdirSync(join(root, "deep/er"));
    expect(names).toContain("store.db");
    for (const name of names) expect(statSync(join(root, "deep/er", name)).mode & 0o777).toBe(0o600);
  });

  test("takes a path with characters that URLs give a meaning", async () => {
    const root = folder();
    await (await store({ url: "sqlite:a?b=c#d%20e ü.db", root })).close();
    expect(readdirSync(root)).toEqual(["a?b=c#d%20e ü.db"]);
  });

  test.each(["postgres://user:hunter2@/store", "sqlite:", "sqlite://store.db", "store.db", "mysql:x"])(
    "at %s is refused without showing the address",
    async (url) => {
      const failure = await failureOf(openStore({ url, clock }));
      expect(failure.code).toBe("STORE_URL_INVALID");
      expect(failure.message).not.toContain("hunter2");
    },
  );

  test("where a folder is says so", async () => {
    const path = join(folder(), "store.db");
    mkdirSync(path);
    const failure = await failureOf(openStore({ url: `sqlite:${path}`, clock }));
    expect(failure.code).toBe("STORE_UNREACHABLE");
    expect(failure.message).toBe(`The store ${path} is a directory.`);
  });

  test("below a file says so", async () => {
    const root = folder();
    writeFileSync(join(root, "file"), "");
    const failure = await failureOf(openStore({ url: "sqlite:file/store.db", root, clock }));
    expect(failure.code).toBe("STORE_UNREACHABLE");
    expect(failure.message).toContain("a file stands where its folder should be");
  });

  test("that is no database says so", async () => {
    const path = join(folder(), "store.db");
    writeFileSync(path, "this is a text and no database. ".repeat(64));
    const failure = await failureOf(openStore({ url: `sqlite:${path}`, clock }));
    expect(failure.code).toBe("STORE_CORRUPT");
    expect(failure.message).toBe(`The store ${path} is not a SQLite database.`);
  });

  test("that is damaged says so, at the latest when the damage is read", async () => {
    const path = join(folder(), "store.db");
    const first = await store({ url: `sqlite:${path}` });
    for (let at = 0; at < 200; at++) {
      await first.audit({ actor: "ci", event: "apply.started", detail: { filling: "x".repeat(200) } });
    }
    await first.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096);
    writeFileSync(path, bytes);
    const failure = await failureOf(store({ url: `sqlite:${path}` }).then((opened) => opened.auditLog(1_000)));
    expect(failure.code).toBe("STORE_CORRUPT");
  });

  test("that others keep busy waits, then says so", async () => {
    const path = join(folder(), "store.db");
    const opened = await store({ url: `sqlite:${path}`, sleep: async () => undefined });
    const blocker = new DatabaseSync(path);
    blocker.exec("begin immediate");
    let waits = 0;
    const patient = await store({
      url: `sqlite:${path}`,
      sleep: async () => {
        if (++waits === 3) blocker.exec("commit");
      },
    });
    await patient.audit({ actor: "ci", event: "apply.started", detail: {} });
    expect(waits).toBe(3);
    blocker.exec("begin immediate");
    expect((await failureOf(opened.audit({ actor: "ci", event: "x", detail: {} }))).code).toBe("STORE_BUSY");
    blocker.exec("rollback");
    blocker.close();
  });
});
