import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { ConnectionKey, Registration } from "../../src/desired/connection.ts";
import type { IdentityProviderAdapter } from "../../src/idp/identity-provider.ts";
import type { MarkerScope } from "../../src/idp/okta/marker.ts";
import { differingFields, registrationFields } from "../../src/plan/fields.ts";
import { listingEngine } from "../support/listing-engine.ts";

// What every kind of identity provider must do, whatever its API is like. A kind brings a sandbox and the few things
// that only it knows: how an object of somebody else is made, and how its bytes are read.

/** One kind of identity provider on a sandbox of its own. */
export interface ConformanceHarness {
  readonly sandbox: Sandbox;
  /** Host of the identity provider. */
  readonly host: string;
  /** The adapter of a run that begins now. */
  adapter(scope?: MarkerScope): Promise<IdentityProviderAdapter>;
  /** What is wanted of a connection, whose shared parts do not stand in the way of those of another scope. */
  wanted(key: ConnectionKey, change?: Partial<Registration>, scope?: MarkerScope): Registration;
  /** Makes an object without our marker that stands in the way of this registration. */
  makeForeign(registration: Registration): Promise<void>;
  /** Makes many clients quickly, with their parts, as the adapter would make them. */
  seed(registrations: readonly Registration[]): Promise<void>;
  /** Changes label and something that is not ours to know, as somebody would in the console. */
  editByHand(id: string): Promise<void>;
  /** What `editByHand` has put in. */
  readonly handmade: string;
  /** One object as its API shows it, byte for byte; undefined when it is not there. */
  raw(id: string): Promise<string | undefined>;
  /** Every object of the sandbox besides those of the ids, byte for byte. */
  others(ids: readonly string[]): Promise<readonly string[]>;
  /** Ids of all clients that carry the marker of this key and scope. */
  ids(key: ConnectionKey, scope?: MarkerScope): readonly string[];
  /** Source of a regular expression for the path of a create. */
  readonly createPath: string;
  /** Puts the sandbox back to how it was seeded. */
  reset(): void;
  close(): Promise<void>;
}

/** Tests that hold one kind of identity provider to the contract of its adapter. */
export function describeAdapter(kind: string, start: () => Promise<ConformanceHarness>): void {
  describe(kind, () => {
    let harness: ConformanceHarness;
    let adapter: IdentityProviderAdapter;
    const key = "fernhill/portal" as ConnectionKey;
    const elsewhere = { workspace: "acme", environment: "staging" };

    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.close());
    beforeEach(async () => {
      harness.reset();
      adapter = await harness.adapter();
    });

    const look = async (registration: Registration, by = adapter) =>
      (await by.observe([registration], "single")).found.get(registration.key);

    /** What the registration's shared parts and then its client are made with. */
    async function make(registration: Registration, by = adapter) {
      for (const part of registration.parts) await by.settlePart(part);
      return by.create(registration);
    }

    /** Nothing to do: no compared field differs, and every field of what was read is compared. */
    const expectAsWanted = (registration: Registration, fields: Readonly<Record<string, unknown>>) => {
      // What is off is observed whole, though not all of it is compared.
      const on = {
        ...registrationFields({ ...registration, state: "active" }),
        active: registration.state === "active",
      };
      const after = { ...on, clientId: fields.clientId as string };
      expect(differingFields(fields as never, after)).toEqual([]);
      expect(Object.keys(fields).filter((name) => !(name in after))).toEqual([]);
    };

    /** Writes that were asked of the identity provider while something is done. */
    async function writesOf(work: () => Promise<unknown>): Promise<readonly string[]> {
      const { requests } = harness.sandbox.okta;
      const before = requests.entries.length;
      await work();
      return requests.entries
        .slice(before)
        .filter(({ method, path }) => method !== "GET" && !/\/token$/.test(path))
        .map(({ method, path }) => `${method} ${path}`);
    }

    describe("create", () => {
      test("makes what is observed afterwards", async () => {
        const registration = harness.wanted(key);
        const created = await make(registration);
        expectAsWanted(registration, created.fields);
        expect(created).toMatchObject({ key, active: true });
        expect((await look(registration, await harness.adapter()))?.fields).toEqual(created.fields);
      });

      test("twice, in one run and in another, makes one client and changes nothing", async () => {
        const registration = harness.wanted(key);
        const created = await make(registration);
        const before = await harness.raw(created.id);
        for (const by of [adapter, await harness.adapter()]) {
          expect(await writesOf(() => by.create(registration))).toEqual([]);
        }
        expect(harness.ids(key)).toEqual([created.id]);
        expect(await harness.raw(created.id)).toBe(before);
      });

      test("of an inactive one is switched off", async () => {
        const registration = harness.wanted(key, { state: "inactive" });
        for (const part of harness.wanted(key).parts) await adapter.settlePart(part);
        const created = await adapter.create(registration);
        expect(created.active).toBe(false);
        expectAsWanted(registration, (await look(registration))?.fields ?? {});
      });
    });

    describe("an engine", () => {
      test("has nothing to do after it has done it", async () => {
        const registration = harness.wanted(key);
        await listingEngine(adapter).apply(registration);
        const engine = listingEngine(await harness.adapter());
        const { changes, unchanged } = await engine.plan([registration], "single");
        expect([changes, unchanged]).toEqual([[], 1]);
        expect(await writesOf(() => engine.apply(registration))).toEqual([]);
      });
    });

    describe("update", () => {
      test("in place: id, client id and what others have set stay", async () => {
        const created = await make(harness.wanted(key));
        await harness.editByHand(created.id);
        const drifted = await look(harness.wanted(key));
        expect(differingFields(drifted?.fields ?? {}, created.fields)).toEqual(["label"]);
        const registration = harness.wanted(key, { redirectUris: ["https://portal.acme.example/other"] });
        const updated = await adapter.update(registration, created);
        expectAsWanted(registration, updated.fields);
        expect([updated.id, updated.fields.clientId]).toEqual([created.id, created.fields.clientId]);
        expect(await harness.raw(created.id)).toContain(harness.handmade);
        expect((await look(registration))?.fields).toEqual(updated.fields);
      });

      test("with nothing to change writes nothing", async () => {
        const created = await make(harness.wanted(key));
        expect(await writesOf(() => adapter.update(harness.wanted(key), created))).toEqual([]);
      });
    });

    describe("foreign objects", () => {
      test("are the same, byte for byte, after a whole life of ours", async () => {
        const before = await harness.others([]);
        const registration = harness.wanted(key);
        const engine = listingEngine(adapter);
        await engine.apply(registration);
        await engine.apply(harness.wanted(key, { postLogoutRedirectUris: [] }));
        await engine.apply(harness.wanted(key, { state: "inactive" }));
        await engine.apply(registration);
        await engine.apply(harness.wanted(key, { state: "absent" }));
        expect(harness.ids(key)).toEqual([]);
        expect(await harness.others([])).toEqual(before);
      });

      test("that stand in the way stop the connection and are left alone", async () => {
        const registration = harness.wanted(key);
        await harness.makeForeign(registration);
        const before = await harness.others([]);
        const { problems, found } = await adapter.observe([registration], "single");
        expect(problems).toMatchObject([{ key, kind: "foreign" }]);
        expect(found.size).toBe(0);
        const [problem] = problems;
        await expect(make(registration)).rejects.toMatchObject({ code: problem?.code, exit: 4 });
        await expect(listingEngine(adapter).apply(registration)).rejects.toMatchObject({ code: problem?.code });
        const fleet = await (await harness.adapter()).observe([registration], "fleet");
        expect(fleet.problems).toMatchObject([{ key, kind: "foreign", code: problem?.code }]);
        expect(await harness.others([])).toEqual(before);
      });

      test.each([
        ["environment", elsewhere],
        ["workspace", { workspace: "other", environment: "sandbox" }],
      ])("of another %s are not found, not told of, not changed", async (_what, scope) => {
        const theirs = await make(harness.wanted(key, {}, scope), await harness.adapter(scope));
        const before = await harness.raw(theirs.id);
        const registration = harness.wanted(key);
        const fleet = await adapter.observe([registration], "fleet");
        expect([fleet.found.size, fleet.undeclared, fleet.problems]).toEqual([0, [], []]);
        await expect(adapter.update(registration, theirs)).rejects.toMatchObject({ exit: 4 });
        await expect(adapter.remove(theirs)).rejects.toMatchObject({ exit: 4 });
        const ours = await make(registration);
        await adapter.update(harness.wanted(key, { state: "inactive" }), ours);
        await adapter.remove(ours);
        expect(ours.id).not.toBe(theirs.id);
        expect(await harness.raw(theirs.id)).toBe(before);
      });
    });

    describe("a create whose reply was lost", () => {
      test.each(["reset-after", "status-after"] as const)("%s: the client is found and taken over", async (effect) => {
        const registration = harness.wanted(key);
        for (const part of registration.parts) await adapter.settlePart(part);
        harness.sandbox.faults.add({ host: harness.host, method: "POST", path: harness.createPath, effect });
        const created = await adapter.create(registration);
        expectAsWanted(registration, created.fields);
        expect(harness.ids(key)).toEqual([created.id]);
      });

      test.each(["reset-before", "status-before"] as const)(
        "%s: there is one client in the end, if not in this run then in the next",
        async (effect) => {
          const registration = harness.wanted(key);
          for (const part of registration.parts) await adapter.settlePart(part);
          harness.sandbox.faults.add({ host: harness.host, method: "POST", path: harness.createPath, effect });
          const first: unknown = await adapter.create(registration).catch((reason: unknown) => reason);
          if (first instanceof Error) {
            expect(first).toMatchObject({ code: expect.stringMatching(/_CREATE_UNCLEAR$/), exit: 7 });
            expect(harness.ids(key)).toEqual([]);
          }
          const created = await (await harness.adapter()).create(registration);
          expect(harness.ids(key)).toEqual([created.id]);
        },
      );

      test("and looking does not work either: it stops as unclear, and the next run takes over", async () => {
        const registration = harness.wanted(key);
        for (const part of registration.parts) await adapter.settlePart(part);
        await adapter.observe([registration], "single");
        const { faults } = harness.sandbox;
        faults.add({
          host: harness.host,
          method: "POST",
          path: harness.createPath,
          effect: "reset-after",
          onHit: () => faults.add({ host: harness.host, method: "GET", effect: "reset-before", times: 1_000 }),
        });
        await expect(adapter.create(registration)).rejects.toMatchObject({
          code: expect.stringMatching(/_CREATE_UNCLEAR$/),
          exit: 7,
        });
        faults.clear();
        const created = await (await harness.adapter()).create(registration);
        expect(harness.ids(key)).toEqual([created.id]);
      });
    });

    describe("off and on", () => {
      test("again and again leaves everything else as it was", async () => {
        const engine = listingEngine(adapter);
        const first = await engine.apply(harness.wanted(key));
        for (let turn = 0; turn < 2; turn++) {
          const off = await engine.apply(harness.wanted(key, { state: "inactive" }));
          expect(off?.fields).toEqual({ ...first?.fields, active: false });
          expect(off?.active).toBe(false);
          const { changes } = await engine.plan([harness.wanted(key, { state: "inactive" })], "single");
          expect(changes).toEqual([]);
          const on = await engine.apply(harness.wanted(key));
          expect(on?.fields).toEqual(first?.fields);
        }
      });
    });

    describe("delete", () => {
      test("takes the client and nothing else; gone already is done", async () => {
        const other = await make(harness.wanted("hatter/portal" as ConnectionKey));
        const before = await harness.raw(other.id);
        const created = await make(harness.wanted(key));
        await adapter.remove(created);
        expect(await harness.raw(created.id)).toBeUndefined();
        expect(await look(harness.wanted(key))).toBeUndefined();
        await adapter.remove(created);
        expect(await harness.raw(other.id)).toBe(before);
      });

      test("whose reply was lost is done", async () => {
        const created = await make(harness.wanted(key));
        harness.sandbox.faults.add({ host: harness.host, method: "DELETE", effect: "reset-after" });
        await adapter.remove(created);
        expect(harness.ids(key)).toEqual([]);
      });
    });

    describe("250 clients", () => {
      const keys = Array.from({ length: 250 }, (_, n) => `tenant${n}/portal` as ConnectionKey);

      test("are all found, and each by itself; what nobody wants is told", async () => {
        const fleet = keys.map((each) => harness.wanted(each));
        await harness.seed(fleet);
        const all = await adapter.observe(fleet, "fleet");
        expect([all.found.size, all.problems, all.undeclared]).toEqual([250, [], []]);
        for (const registration of fleet) {
          expectAsWanted(registration, all.found.get(registration.key)?.fields ?? {});
        }
        const some = await adapter.observe(fleet.slice(0, 248), "fleet");
        expect(some.undeclared.map((each) => each.key)).toEqual(["tenant248/portal", "tenant249/portal"]);
        const last = harness.wanted("tenant249/portal" as ConnectionKey);
        const by = await harness.adapter();
        const found = await look(last, by);
        expectAsWanted(last, found?.fields ?? {});
        expect(await writesOf(() => listingEngine(by).apply(last))).toEqual([]);
      });
    });
  });
}
