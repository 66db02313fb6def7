import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Address } from "../../src/desired/connection.ts";
import type { Holder } from "../../src/store/store.ts";
import { type DatabaseKind, onEachDatabase } from "../support/postgres.ts";
import { failureOf, handClock, store, storeUrl } from "./workplace.ts";

const address = "app/portal/record/whiterabbit/portal" as Address;
const alice: Holder = { name: "alice", host: "laptop.example", pid: 4711 };
const ci: Holder = { name: "ci", host: "runner.example", pid: 12 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Two programs on one store, as on two machines. */
async function twoOn(kind: DatabaseKind, isAlive?: (pid: number) => boolean) {
  const clock = handClock();
  const url = await storeUrl(kind);
  return { clock, one: await store({ url, clock, isAlive }), other: await store({ url, clock, isAlive }) };
}

onEachDatabase((kind) => {
  const two = (isAlive?: (pid: number) => boolean) => twoOn(kind, isAlive);

  describe("a lock", () => {
    test("is held by one at a time; the other is told who holds it", async () => {
      const { one, other } = await two();
      const lock = await one.lock(address, alice);
      expect(lock.takenOverFrom).toBeUndefined();
      const failure = await failureOf(other.lock(address, ci));
      expect(failure.code).toBe("STORE_LOCKED");
      expect(failure.message).toBe(
        `${address} is locked by alice on laptop.example (pid 4711) since 2026-11-21T09:00:00.000Z.`,
      );
      await lock.check();
      await lock.release();
      await lock.release();
      expect((await other.lock(address, ci)).takenOverFrom).toBeUndefined();
    });

    test("is not given twice to one holder either", async () => {
      const { one } = await two();
      await one.lock(address, alice);
      expect((await failureOf(one.lock(address, alice))).code).toBe("STORE_LOCKED");
    });

    test("is on its address alone", async () => {
      const { one, other } = await two();
      await one.lock(address, alice);
      const second = await other.lock("app/portal/record/northwind/portal" as Address, ci);
      await second.check();
      expect((await one.locks()).map((lock) => lock.holder)).toEqual([ci, alice]);
    });

    test("of many who want it at once goes to one", async () => {
      const { one, other } = await two();
      const wishes = Array.from({ length: 10 }, (_, at) =>
        (at % 2 === 0 ? one : other).lock(address, { ...ci, pid: at }),
      );
      const outcomes = await Promise.allSettled(wishes);
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    });

    test("lapses 60 seconds after the last sign of life, not before", async () => {
      const { clock, one, other } = await two();
      const lock = await one.lock(address, alice);
      clock.forward(60_000);
      expect((await failureOf(other.lock(address, ci))).code).toBe("STORE_LOCKED");
      clock.forward(1);
      const taken = await other.lock(address, ci);
      expect(taken.takenOverFrom).toEqual(alice);
      expect((await failureOf(lock.check())).code).toBe("STORE_LOCK_LOST");
      // What was lost is not released from under its new holder.
      await lock.release();
      await taken.check();
      expect(await other.locks()).toMatchObject([{ holder: ci }]);
    });

    test("shows a sign of life every 15 seconds, so that it does not lapse", async () => {
      const { clock, one, other } = await two();
      const lock = await one.lock(address, alice);
      for (let beat = 0; beat < 10; beat++) {
        clock.forward(15_000);
        await vi.advanceTimersByTimeAsync(15_000);
        await vi.waitFor(async () => {
          expect((await one.locks())[0]?.heartbeatAt).toBe(new Date(clock()).toISOString());
        });
      }
      expect((await failureOf(other.lock(address, ci))).code).toBe("STORE_LOCKED");
      await lock.release();
      expect(vi.getTimerCount()).toBe(0);
    });

    test("shows a sign of life when it is checked", async () => {
      const { clock, one, other } = await two();
      const lock = await one.lock(address, alice);
      clock.forward(50_000);
      await lock.check();
      clock.forward(50_000);
      expect((await failureOf(other.lock(address, ci))).code).toBe("STORE_LOCKED");
    });

    test("of a dead process of the same host is taken over at once", async () => {
      const { one, other } = await two((pid) => pid !== alice.pid);
      await one.lock(address, alice);
      const taken = await other.lock(address, { ...ci, host: alice.host });
      expect(taken.takenOverFrom).toEqual(alice);
    });

    test("of a process of another host is not, whatever lives under its number here", async () => {
      const { one, other } = await two(() => false);
      await one.lock(address, alice);
      expect((await failureOf(other.lock(address, ci))).code).toBe("STORE_LOCKED");
    });

    test("that lapsed is taken over by one of many", async () => {
      const { clock, one, other } = await two();
      await one.lock(address, alice);
      clock.forward(60_001);
      const wishes = Array.from({ length: 10 }, (_, at) =>
        (at % 2 === 0 ? one : other).lock(address, { ...ci, pid: at }),
      );
      const outcomes = await Promise.allSettled(wishes);
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    });

    test("is lost for good once it was released", async () => {
      const { one } = await two();
      const lock = await one.lock(address, alice);
      await lock.release();
      expect((await failureOf(lock.check())).code).toBe("STORE_LOCK_LOST");
    });

    test("is released when its store closes", async () => {
      const { one, other } = await two();
      const lock = await one.lock(address, alice);
      await one.close();
      await lock.release();
      await other.lock(address, ci);
      expect((await failureOf(lock.check())).code).toBe("STORE_LOCK_LOST");
    });
  });
});

test("a lock whose holder shows a sign of life at the last moment is not taken over", async () => {
  const url = await storeUrl("sqlite");
  const answers = [false, true];
  const opened = await store({
    url,
    isAlive: () => {
      // Between the look at the lock and the taking.
      const database = new DatabaseSync(url.slice("sqlite:".length));
      database.exec("update tenantry_lock set heartbeat_at = '2026-11-21T09:00:00.001Z'");
      database.close();
      return answers.shift() ?? true;
    },
  });
  const lock = await opened.lock(address, alice);
  expect((await failureOf(opened.lock(address, { ...ci, host: alice.host }))).code).toBe("STORE_LOCKED");
  await lock.check();
});
