import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Address } from "../../src/desired/connection.ts";
import type { Holder } from "../../src/store/store.ts";
import { type DatabaseKind, describePostgres, onEachDatabase } from "../support/postgres.ts";
import { failureOf, handClock, passTime, store, storeUrl } from "./workplace.ts";

const address = "app/portal/record/whiterabbit/portal" as Address;
const alice: Holder = { name: "alice", host: "laptop.example", pid: 4711 };
const ci: Holder = { name: "ci", host: "runner.example", pid: 12 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Two programs on one store. `pass` lets time pass, for SQLite as for a server with a clock of its own. */
async function twoOn(kind: DatabaseKind, isAlive?: (pid: number) => boolean) {
  const clock = handClock();
  const url = await storeUrl(kind);
  const pass = (milliseconds: number): Promise<void> => passTime(url, clock, milliseconds);
  return { clock, url, pass, one: await store({ url, clock, isAlive }), other: await store({ url, clock, isAlive }) };
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
      const [held] = await other.locks();
      expect(failure.message).toBe(
        `${address} is locked by alice on laptop.example (pid 4711) since ${held?.acquiredAt}.`,
      );
      if (kind === "sqlite") expect(held?.acquiredAt).toBe("2026-11-21T09:00:00.000Z");
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
      const { pass, one, other } = await two();
      const lock = await one.lock(address, alice);
      // A server's clock goes on meanwhile.
      const spare = kind === "sqlite" ? 0 : 20_000;
      await pass(60_000 - spare);
      expect((await failureOf(other.lock(address, ci))).code).toBe("STORE_LOCKED");
      await pass(spare + 1);
      const taken = await other.lock(address, ci);
      expect(taken.takenOverFrom).toEqual(alice);
      expect((await failureOf(lock.check())).code).toBe("STORE_LOCK_LOST");
      // What was lost is not released from under its new holder.
      await lock.release();
      await taken.check();
      expect(await other.locks()).toMatchObject([{ holder: ci }]);
    });

    test("shows a sign of life every 15 seconds, so that it does not lapse", async () => {
      const { pass, one, other } = await two();
      const lock = await one.lock(address, alice);
      const beat = async () => Date.parse((await one.locks())[0]?.heartbeatAt ?? "");
      for (let count = 0; count < 10; count++) {
        const before = await beat();
        await pass(15_000);
        const aged = await beat();
        await vi.advanceTimersByTimeAsync(15_000);
        await vi.waitFor(async () => expect((await beat()) - aged).toBeGreaterThanOrEqual(15_000));
        if (kind === "sqlite") expect(await beat()).toBe(before + 15_000);
      }
      expect((await failureOf(other.lock(address, ci))).code).toBe("STORE_LOCKED");
      await lock.release();
      expect(vi.getTimerCount()).toBe(0);
    });

    test("shows a sign of life when it is checked", async () => {
      const { pass, one, other } = await two();
      const lock = await one.lock(address, alice);
      await pass(40_000);
      await lock.check();
      await pass(40_000);
      expect((await failureOf(other.lock(address, ci))).code).toBe("STORE_LOCKED");
    });

    test("of a process of another host is not, whatever lives under its number here", async () => {
      const { one, other } = await two(() => false);
      await one.lock(address, alice);
      expect((await failureOf(other.lock(address, ci))).code).toBe("STORE_LOCKED");
    });

    test("that lapsed is taken over by one of many", async () => {
      const { pass, one, other } = await two();
      await one.lock(address, alice);
      await pass(60_001);
      const wishes = Array.from({ length: 10 }, (_, at) =>
        (at % 2 === 0 ? one : other).lock(address, { ...ci, pid: at }),
      );
      const outcomes = await Promise.allSettled(wishes);
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    });

    test("is listed as alive while it keeps others out, and as lapsed from when it may be taken over", async () => {
      const { pass, one, other } = await two();
      await one.lock(address, alice);
      const [fresh] = await other.locks(ci.host);
      expect(fresh).toMatchObject({ address, holder: alice, state: "alive" });
      // The clock may tick between the two.
      const [beat, taken] = [fresh?.heartbeatAt, fresh?.acquiredAt].map((at) => Date.parse(at ?? ""));
      expect((beat ?? 0) - (taken ?? 0)).toBeLessThan(1_000);
      const spare = kind === "sqlite" ? 0 : 20_000;
      await pass(60_000 - spare);
      expect(await other.locks(ci.host)).toMatchObject([{ state: "alive" }]);
      await pass(spare + 1);
      expect(await other.locks(ci.host)).toMatchObject([{ holder: alice, state: "lapsed" }]);
      await other.lock(address, ci);
      expect(await other.locks(ci.host)).toMatchObject([{ holder: ci, state: "alive" }]);
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

test("a lock in a file, of a dead process of the same host, is taken over at once", async () => {
  const { one, other } = await twoOn("sqlite", (pid) => pid !== alice.pid);
  await one.lock(address, alice);
  const taken = await other.lock(address, { ...ci, host: alice.host });
  expect(taken.takenOverFrom).toEqual(alice);
});

test("a lock in a file is listed as dead when its process was of this host and has ended", async () => {
  const { one, other } = await twoOn("sqlite", (pid) => pid !== alice.pid);
  await one.lock(address, alice);
  expect(await other.locks(alice.host)).toMatchObject([{ state: "dead" }]);
  expect(await other.locks(ci.host)).toMatchObject([{ state: "alive" }]);
  expect(await other.locks()).toMatchObject([{ state: "alive" }]);
});

describePostgres("a lock in PostgreSQL, which several hosts share,", () => {
  test("is not taken over by a host whose clock is ahead", async () => {
    const { clock, one, other } = await twoOn("postgres");
    const lock = await one.lock(address, alice);
    clock.forward(3_600_000);
    expect((await failureOf(other.lock(address, ci))).code).toBe("STORE_LOCKED");
    await lock.check();
  });

  test("lapses, though the clock of its holder was ahead", async () => {
    const { clock, pass, one, other } = await twoOn("postgres");
    clock.forward(3_600_000);
    await one.lock(address, alice);
    clock.forward(-3_600_000);
    await pass(60_001);
    expect((await other.lock(address, ci)).takenOverFrom).toEqual(alice);
  });

  test("goes by the server's clock, whatever the time zone of the session", async () => {
    const { url, pass, one } = await twoOn("postgres");
    await one.lock(address, alice);
    const far = await store({ url: url.replace("options=", "options=-c%20TimeZone%3DAsia%2FTokyo%20") });
    expect((await failureOf(far.lock(address, ci))).code).toBe("STORE_LOCKED");
    await pass(60_001);
    const taken = await far.lock(address, ci);
    expect((await failureOf(one.lock(address, alice))).code).toBe("STORE_LOCKED");
    await taken.check();
  });

  test("is not taken over for a process that only seems dead: another machine may have this host name", async () => {
    const { one, other } = await twoOn("postgres", () => false);
    const lock = await one.lock(address, alice);
    expect((await failureOf(other.lock(address, { ...ci, host: alice.host }))).code).toBe("STORE_LOCKED");
    expect((await failureOf(other.lock(address, alice))).code).toBe("STORE_LOCKED");
    expect(await other.locks(alice.host)).toMatchObject([{ state: "alive" }]);
    await lock.check();
  });

  test("is listed by the server's clock too", async () => {
    const { clock, pass, one, other } = await twoOn("postgres");
    await one.lock(address, alice);
    clock.forward(3_600_000);
    expect(await other.locks(ci.host)).toMatchObject([{ state: "alive" }]);
    clock.forward(-3_600_000);
    await pass(60_001);
    expect(await other.locks(ci.host)).toMatchObject([{ state: "lapsed" }]);
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
