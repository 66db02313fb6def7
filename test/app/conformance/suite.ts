import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AppAdapter, RecordWrite } from "../../../src/app/app.ts";
import type { Digest } from "../../../src/desired/connection.ts";
import { recordFields } from "../../../src/plan/fields.ts";
import type { Fields, ObservedRecord } from "../../../src/plan/observed.ts";
import { Secret } from "../../../src/secret/secret.ts";

// What every kind of app must do with the records that it is given, whatever it writes them to.

/** One outside world of its own, as empty as the app begins. */
export interface Place {
  /** Another adapter on the same outside world, as the next process would open it. */
  adapter(): Promise<AppAdapter>;
  /** The write of one connection, always the same: its record, and a secret unless the app takes none. */
  readonly write: RecordWrite;
  /** What the app hands out is put into the write before anything is compared. */
  readonly handsOut?: boolean | undefined;
  /** Puts an object with our key there that carries somebody else's marker, or none. Absent where there is no such thing. */
  foreign?(): Promise<{ unchanged(): Promise<boolean> }>;
  /** False where the app cannot tell which of its objects are ours unless it is asked for them. */
  readonly tellsOthers?: boolean | undefined;
  /** Somebody else adds something of their own to our object. Absent where nothing fits in. */
  addUnknown?(): Promise<{ isStillThere(): Promise<boolean> }>;
  /** What somebody meets who comes to sign in. Absent where only the app could tell. */
  visitor?(): Promise<"in" | "out">;
  close(): Promise<void>;
}

export interface ConformanceOptions {
  readonly name: string;
  open(): Promise<Place>;
}

/** Another value that every app keeps. */
const otherClient = "client-of-the-change";

/** Bytes that templates, shells, YAML and headers would each take for something of theirs. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it must stay as it is
const hostileSecret = 'q\'"`\\ ${{ env "DECK_X" }} {{x}} $HOME #%&<> ü€😀';

/** Runs the suite. `it` is a real server, file or database; nothing of the adapter is replaced. */
export function conformanceSuite({ name, open }: ConformanceOptions): void {
  describe(`${name}: what every app does`, () => {
    let place: Place;
    let app: AppAdapter;
    const opened: AppAdapter[] = [];
    const adapter = async (): Promise<AppAdapter> => {
      const one = await place.adapter();
      opened.push(one);
      return one;
    };
    beforeEach(async () => {
      place = await open();
      app = await adapter();
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await place.close();
    });

    const found = async (at: AppAdapter = app): Promise<ObservedRecord | undefined> => {
      const { record } = place.write;
      return (await at.observe([record], false)).records.get(record.key);
    };
    const isOff = (record: ObservedRecord | undefined): boolean => record === undefined || record.state !== "active";
    const expectOut = async (): Promise<void> => {
      if (place.visitor !== undefined) expect(await place.visitor()).toBe("out");
    };
    const expectIn = async (): Promise<void> => {
      if (place.visitor !== undefined) expect(await place.visitor()).toBe("in");
    };
    /** The write, with the callback that the app has handed out. */
    const prepared = async (write: RecordWrite): Promise<RecordWrite> => {
      await app.writeTenant(write.appTenant, new Map(write.routed.map((domain) => [domain, "attested"])));
      if (place.handsOut !== true) return write;
      const handed = await app.handOut?.(write);
      if (handed === undefined || "waiting" in handed) throw new Error("nothing was handed out");
      return { ...write, record: { ...write.record, redirectUri: handed.redirectUri } };
    };
    const live = async (): Promise<RecordWrite> => {
      const write = await prepared(place.write);
      await app.write(write);
      await app.activate(write.record.key);
      await app.settle(write.record.key);
      return write;
    };
    const changed = (write: RecordWrite): RecordWrite => ({
      ...write,
      record: { ...write.record, clientId: otherClient },
      specDigest: "cd".repeat(32) as Digest,
      ...(write.secret === undefined ? {} : { secret: { id: "changed", value: new Secret("another-secret-2") } }),
    });
    /** What the app shows of the record must be what was written. */
    const expectShown = (record: ObservedRecord | undefined, { record: wanted, discovery }: RecordWrite): void => {
      expect(record).toBeDefined();
      const fields: Fields = recordFields(wanted, discovery);
      const shown = Object.keys(fields).filter((field) => record?.fields[field] !== undefined);
      expect(shown).toContain("clientId");
      for (const field of shown) expect([field, record?.fields[field]]).toEqual([field, fields[field]]);
    };
    const isAtomic = (): boolean => app.gate === "atomic";

    test("nothing is there before the first write, and looking at it makes nothing", async () => {
      expect(await found()).toBeUndefined();
      expect(await found(await adapter())).toBeUndefined();
      await expectOut();
    });

    test("a new record is written as it was wanted, and lets nobody in before it is activated where it can wait", async () => {
      const write = await prepared(place.write);
      await app.write(write);
      const record = await found();
      expectShown(record, write);
      expect(record?.state).toBe(isAtomic() ? "active" : "pending");
      if (!isAtomic()) await expectOut();
      await app.activate(write.record.key);
      await app.settle(write.record.key);
      expect(await found()).toMatchObject({ state: "active" });
      expect((await found())?.previous).toBeUndefined();
      await expectIn();
    });

    test("written and activated twice, it is as it was written once", async () => {
      const write = await live();
      const before = await found();
      await app.write(write);
      await app.activate(write.record.key);
      await app.settle(write.record.key);
      expect(await found(await adapter())).toEqual(before);
      await expectIn();
    });

    test("a change of a live record keeps it live; settled, the new values stay", async () => {
      const write = changed(await live());
      await app.write(write);
      const record = await found(await adapter());
      expect(record?.state).toBe("active");
      expect(record?.previous).toBeDefined();
      expectShown(record, write);
      await app.settle(write.record.key);
      await app.settle(write.record.key);
      expect((await found())?.previous).toBeUndefined();
      expectShown(await found(), write);
    });

    test("a change that was not proven leaves the old values working, the secret included", async () => {
      const write = await live();
      const before = await found();
      const secret = await app.secretOf(write.record.key);
      await app.write(changed(write));
      await app.restore(write.record.key);
      expect(await found(await adapter())).toEqual(before);
      const back = await app.secretOf(write.record.key);
      expect([back?.id, back?.value.reveal()]).toEqual([secret?.id, secret?.value.reveal()]);
      await expectIn();
    });

    test("a second write before the proof keeps the values that were proven last", async () => {
      const write = await live();
      const before = await found();
      await app.write(changed(write));
      await app.write({ ...changed(write), record: { ...write.record, clientId: "a-third-client" } });
      await app.restore(write.record.key);
      expect((await found())?.fields).toEqual(before?.fields);
    });

    test("a change that was killed in the middle is seen by the next run, which can finish it or take it back", async () => {
      const write = await live();
      const before = await found();
      await app.write(changed(write));
      const next = await adapter();
      expect((await found(next))?.previous).toBeDefined();
      await next.restore(write.record.key);
      expect((await found(await adapter()))?.fields).toEqual(before?.fields);
      await (await adapter()).write(changed(write));
      const last = await adapter();
      await last.write(changed(write));
      await last.settle(write.record.key);
      expectShown(await found(await adapter()), changed(write));
    });

    test("a new record that was not proven is shut again", async () => {
      const write = await prepared(place.write);
      await app.write(write);
      if (!isAtomic()) await app.activate(write.record.key, true);
      await app.restore(write.record.key);
      expect(isOff(await found(await adapter()))).toBe(true);
      await expectOut();
    });

    test("switched off, nobody comes in; twice, and before there is anything", async () => {
      await app.disable(place.write.record.key);
      expect(await found()).toBeUndefined();
      const write = await live();
      await app.disable(write.record.key);
      expect(isOff(await found())).toBe(true);
      await expectOut();
      await app.disable(write.record.key);
      await (await adapter()).restore(write.record.key);
      expect(isOff(await found())).toBe(true);
      await expectOut();
    });

    test("switched on again, it is as it was", async () => {
      const write = await live();
      await app.disable(write.record.key);
      const again = await prepared(place.write);
      await app.write(again);
      await app.activate(write.record.key);
      await app.settle(write.record.key);
      expect(await found()).toMatchObject({ state: "active" });
      expectShown(await found(), again);
      await expectIn();
    });

    test("removed, nothing works any more, and removing it again is done", async () => {
      const write = await live();
      await app.disable(write.record.key);
      await app.remove(write.record.key);
      await app.remove(write.record.key);
      expect([undefined, "tombstone"]).toContain((await found())?.state);
      await expectOut();
    });

    test("a record that no file declares is told, when others are asked for", async (context) => {
      if (place.tellsOthers === false) return context.skip("the app has no room for a marker");
      const write = await live();
      const { undeclared } = await app.observe([], true);
      expect(undeclared.map(({ key }) => key)).toEqual([write.record.key]);
      expect((await app.observe([], false)).undeclared).toEqual([]);
    });

    test("the secret comes back for proofs byte for byte, or never, and stands in nothing that is shown", async () => {
      const prepare = await prepared(place.write);
      if (prepare.secret === undefined) return;
      const write = { ...prepare, secret: { id: "hostile", value: new Secret(hostileSecret) } };
      await app.write(write);
      await app.activate(write.record.key);
      await app.settle(write.record.key);
      const shown = await (await adapter()).secretOf(write.record.key);
      expect(shown?.value.reveal()).toBe(app.showsSecret ? hostileSecret : undefined);
      const seen = JSON.stringify([...(await app.observe([write.record])).records]);
      for (const part of [hostileSecret, JSON.stringify(hostileSecret).slice(1, -1)]) expect(seen).not.toContain(part);
    });

    test("what somebody else has under our key is told, and left as it is", async (context) => {
      if (place.foreign === undefined) return context.skip("nobody else can have our key there");
      const theirs = await place.foreign();
      const { record } = place.write;
      const seen = await app.observe([record]);
      expect(seen.records.has(record.key)).toBe(false);
      expect(seen.foreign.map(({ key }) => key)).toEqual([record.key]);
      await expect(app.write(place.write)).rejects.toMatchObject({ code: expect.any(String) });
      await app.disable(record.key).catch(() => undefined);
      await app.remove(record.key).catch(() => undefined);
      expect(await theirs.unchanged()).toBe(true);
    });

    test("what others have added to our object outlives a change, a restore and a switch", async (context) => {
      if (place.addUnknown === undefined) return context.skip("nothing of others fits in");
      const write = await live();
      const theirs = await place.addUnknown();
      await app.write(changed(write));
      expect(await theirs.isStillThere()).toBe(true);
      await app.restore(write.record.key);
      expect(await theirs.isStillThere()).toBe(true);
      await app.disable(write.record.key);
      expect(await theirs.isStillThere()).toBe(true);
    });
  });
}
