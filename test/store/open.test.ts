import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Address, ConnectionKey } from "../../src/desired/connection.ts";
import { Secret } from "../../src/secret/secret.ts";
import { openStore } from "../../src/store/open.ts";
import { onEachDatabase } from "../support/postgres.ts";
import { edit, failureOf, handClock, passTime, store, storeUrl } from "./workplace.ts";

const clock = handClock();
const key = "whiterabbit/portal" as ConnectionKey;
const program = new URL("child.ts", import.meta.url).pathname;

/** A program that has opened the store, waits for a word, and then says what came of it. */
async function locker(url: string) {
  const child = spawn(process.execPath, [program, url, "lock"], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  onTestFinished(async () => {
    child.stdin.end();
    await exited;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value ?? "nothing";
  expect(await next()).toBe("ready");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  return { go: () => child.stdin.write("go\n"), next, kill };
}

onEachDatabase((kind) => {
  describe("opening a store", () => {
    test("by eight at once makes one store", async () => {
      const url = await storeUrl(kind);
      const stores = await Promise.all(Array.from({ length: 8 }, () => store({ url })));
      const fingerprints = await Promise.all(stores.map((opened) => opened.fingerprint(new Secret("s3cret"))));
      expect(new Set(fingerprints).size).toBe(1);
    });

    test("by programs at once makes one store", async () => {
      const url = await storeUrl(kind);
      const run = promisify(execFile);
      const said = await Promise.all([1, 2, 3].map(() => run(process.execPath, [program, url])));
      expect(new Set(said.map(({ stdout }) => stdout)).size).toBe(1);
      expect(said.map(({ stderr }) => stderr)).toEqual(["", "", ""]);
    });

    test("that a newer version made is refused and left as it is", async () => {
      const url = await storeUrl(kind);
      const opened = await store({ url });
      await edit(url, "update tenantry_meta set value = '99' where name = 'version'");
      const failure = await failureOf(openStore({ url, clock }));
      expect(failure.code).toBe("STORE_NEWER");
      expect(failure.message).toContain("has version 99");
      // Who has it open already goes on: nothing was changed.
      expect(await opened.locks()).toEqual([]);
      expect((await failureOf(openStore({ url, clock }))).code).toBe("STORE_NEWER");
    });

    test("that belongs to another workspace or environment is refused, and left as it is", async () => {
      const url = await storeUrl(kind);
      const owner = { workspace: "acme", environment: "production" };
      await (await store({ url, owner })).close();
      await (await store({ url, owner })).close();
      for (const [other, words] of [
        [{ ...owner, environment: "staging" }, "acme in staging"],
        [{ ...owner, workspace: "globex" }, "globex in production"],
      ] as const) {
        const failure = await failureOf(openStore({ url, clock, owner: other }));
        expect([failure.exit, failure.code]).toEqual([4, "STORE_OTHER_ENVIRONMENT"]);
        expect(failure.message).toMatch(/^The store .+ is of acme in production, and this is /);
        expect(failure.message).toContain(`this is ${words}.`);
      }
      await (await store({ url, owner })).close();
    });

    test("that two environments open at once for the first time goes to one of them", async () => {
      const url = await storeUrl(kind);
      const names = ["a", "b", "c", "d", "e", "f"];
      const opened = await Promise.allSettled(
        names.map((environment) => store({ url, owner: { workspace: "acme", environment } })),
      );
      expect(opened.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const refused = opened.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : []));
      expect(new Set(refused)).toEqual(new Set(["STORE_OTHER_ENVIRONMENT"]));
    });

    test("that an earlier version made belongs to the first who opens it", async () => {
      const url = await storeUrl(kind);
      await (await store({ url })).close();
      await (await store({ url, owner: { workspace: "acme", environment: "production" } })).close();
      const other = openStore({ url, clock, owner: { workspace: "acme", environment: "staging" } });
      expect((await failureOf(other)).code).toBe("STORE_OTHER_ENVIRONMENT");
    });

    test("that lost a table says so", async () => {
      const url = await storeUrl(kind);
      await (await store({ url })).close();
      await edit(url, "drop table tenantry_id");
      const opened = await store({ url });
      expect((await failureOf(opened.idOf("app/x" as Address))).code).toBe("STORE_CORRUPT");
    });

    test("that lost its fingerprint key says so", async () => {
      const url = await storeUrl(kind);
      await (await store({ url })).close();
      await edit(url, "delete from tenantry_meta where name = 'fingerprint_key'");
      expect((await failureOf(openStore({ url, clock }))).code).toBe("STORE_CORRUPT");
    });

    test("is over when it is closed", async () => {
      const opened = await store({ url: await storeUrl(kind) });
      await opened.close();
      await expect(opened.idOf("app/x" as Address)).rejects.toThrow();
    });

    test.each([
      [
        "evidence",
        "insert into tenantry_evidence(key, at, verdict, body) values ('whiterabbit/portal', 'x', 'pass', '{}')",
      ],
      [
        "no JSON",
        "insert into tenantry_evidence(key, at, verdict, body) values ('whiterabbit/portal', 'x', 'pass', '{')",
      ],
    ])("with a row of %s that Tenantry did not write so says which", async (_, statement) => {
      const url = await storeUrl(kind);
      const opened = await store({ url });
      await edit(url, statement);
      const failure = await failureOf(opened.latestEvidence(key));
      expect(failure.code).toBe("STORE_CORRUPT");
      expect(failure.message).toContain("a row of evidence is not as it was written");
    });
  });

  describe("a lock", () => {
    test("that programs want at once goes to one of them", async () => {
      const url = await storeUrl(kind);
      const programs = await Promise.all([1, 2, 3].map(() => locker(url)));
      for (const { go } of programs) go();
      const said = await Promise.all(programs.map(({ next }) => next()));
      expect(said.sort()).toEqual(["STORE_LOCKED", "STORE_LOCKED", "held"]);
    });

    test("of a program that was killed stays until it lapses, and is then taken over by one of many", async () => {
      const url = await storeUrl(kind);
      const { go, next, kill } = await locker(url);
      go();
      expect(await next()).toBe("held");
      await kill();
      const later = handClock();
      const [one, other] = [await store({ url, clock: later }), await store({ url, clock: later })];
      const address = "app/portal/record/whiterabbit/portal" as Address;
      const me = { name: "ci", host: "runner.example", pid: 1 };
      expect((await failureOf(one.lock(address, me))).code).toBe("STORE_LOCKED");
      await passTime(url, later, 60_001);
      const wishes = await Promise.allSettled([one.lock(address, me), other.lock(address, { ...me, pid: 2 })]);
      const taken = wishes.flatMap((wish) => (wish.status === "fulfilled" ? [wish.value] : []));
      expect(taken.map((lock) => lock.takenOverFrom?.name)).toEqual(["child"]);
    });
  });
});
