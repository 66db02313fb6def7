import { describe, expect, test } from "vitest";
import type { Address, ConnectionKey, Digest } from "../../src/desired/connection.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { Evidence } from "../../src/store/evidence.ts";
import { onEachDatabase } from "../support/postgres.ts";
import { edit, failureOf, handClock, store, storeUrl } from "./workplace.ts";

const portal = "whiterabbit/portal" as ConnectionKey;
const other = "northwind/portal" as ConnectionKey;
const address = "idp/workforce/client/whiterabbit/portal" as Address;
const planDigest = "ab".repeat(32) as Digest;

function evidence(key: ConnectionKey, clientId: string): Evidence {
  return {
    key,
    specDigest: "cd".repeat(32) as Digest,
    clientId,
    issuer: "https://acme.okta.com",
    jwksUri: "https://acme.okta.com/oauth2/v1/keys",
    secretCopy: "idp",
    ranFrom: "runner.example",
    at: "2026-11-21T09:00:00.000Z",
    verdict: "fail",
    checks: [
      {
        id: "P1",
        link: "callback",
        title: "the callback is registered",
        level: "must",
        verdict: "fail",
        code: "VERIFY_CALLBACK_REFUSED",
        message: "The issuer refuses the redirect URI.",
        evidence: { status: 400, hosts: ["acme.okta.com"], nested: { a: null } },
      },
    ],
  };
}

onEachDatabase((kind) => {
  describe("the id cache", () => {
    test("remembers, replaces and forgets", async () => {
      const { idOf, rememberId, forgetId } = await store({ url: await storeUrl(kind) });
      expect(await idOf(address)).toBeUndefined();
      await rememberId(address, "0oa1");
      await rememberId(address, "0oa2");
      expect(await idOf(address)).toBe("0oa2");
      await forgetId(address);
      await forgetId(address);
      expect(await idOf(address)).toBeUndefined();
    });
  });

  describe("evidence", () => {
    test("comes back as it was given, the newest of its connection", async () => {
      const { addEvidence, latestEvidence } = await store({ url: await storeUrl(kind) });
      expect(await latestEvidence(portal)).toBeUndefined();
      await addEvidence(evidence(portal, "old"));
      await addEvidence(evidence(portal, "new"));
      await addEvidence(evidence(other, "other"));
      expect(await latestEvidence(portal)).toEqual(evidence(portal, "new"));
    });

    test("is given newest first, of one connection, at most so many", async () => {
      const { addEvidence, recentEvidence } = await store({ url: await storeUrl(kind) });
      for (const at of ["first", "second", "third"]) await addEvidence(evidence(portal, at));
      await addEvidence(evidence(other, "other"));
      expect(await recentEvidence(portal, 2)).toEqual([evidence(portal, "third"), evidence(portal, "second")]);
      expect(await recentEvidence(portal, 9)).toHaveLength(3);
    });

    test("keeps what a person stands for, and when a wrong secret was refused", async () => {
      const { addEvidence, latestEvidence } = await store({ url: await storeUrl(kind) });
      const by = { by: "it@acme.example", on: "2026-06-01", expires: "2026-06-30", reason: "Signed in by hand." };
      const given: Evidence = {
        ...evidence(portal, "one"),
        verdict: "attested",
        controlledAt: "2026-05-01T00:00:00.000Z",
        appSecret: true,
        preset: "okta",
        checks: [
          {
            ...{ id: "O1", link: "domain", title: "t", level: "policy", verdict: "fail", message: "m", evidence: {} },
            ...{ note: "n", attested: { check: "O1", ...by } },
          },
        ],
      };
      await addEvidence(given);
      expect(await latestEvidence(portal)).toEqual(given);
    });
  });

  describe("the audit log", () => {
    test("gives the newest entries first, with the time of the clock", async () => {
      const clock = handClock();
      const { audit, auditLog } = await store({ url: await storeUrl(kind), clock });
      await audit({ actor: "ci", event: "apply.started", detail: {} });
      clock.forward(1_000);
      await audit({ actor: "ci", event: "record.activated", address, key: portal, detail: { ids: ["0oa1"] } });
      expect(await auditLog(10)).toEqual([
        {
          at: "2026-11-21T09:00:01.000Z",
          actor: "ci",
          event: "record.activated",
          address,
          key: portal,
          detail: { ids: ["0oa1"] },
        },
        { at: "2026-11-21T09:00:00.000Z", actor: "ci", event: "apply.started", detail: {} },
      ]);
      expect(await auditLog(1)).toHaveLength(1);
    });
  });

  describe("the journal", () => {
    test("of a connection that no run touched is empty and finished", async () => {
      const { lastSteps } = await store({ url: await storeUrl(kind) });
      expect(await lastSteps(portal)).toEqual({ finished: true, steps: [] });
    });

    test("gives the steps of the newest run that touched the connection, in order", async () => {
      const { beginRun, recordStep, finishRun, lastSteps } = await store({ url: await storeUrl(kind) });
      const first = await beginRun({ planDigest, actor: "ci" });
      await recordStep({ run: first, key: portal, step: "register", state: "done", detail: {} });
      await finishRun(first, "failed");
      const second = await beginRun({ planDigest, actor: "ci" });
      expect(second).not.toBe(first);
      await recordStep({ run: second, key: portal, step: "register", state: "started", detail: {} });
      await recordStep({ run: second, key: other, step: "delete", state: "done", detail: {} });
      await recordStep({ run: second, key: portal, step: "register", state: "done", detail: { id: "0oa1" } });
      // A step of the older run that arrives late does not make it the newest.
      await recordStep({ run: first, key: portal, step: "activate", state: "failed", detail: {} });

      const before = await lastSteps(portal);
      expect(before.finished).toBe(false);
      expect(before.steps.map(({ run, step, state, detail }) => ({ run, step, state, detail }))).toEqual([
        { run: second, step: "register", state: "started", detail: {} },
        { run: second, step: "register", state: "done", detail: { id: "0oa1" } },
      ]);
      await finishRun(second, "done");
      expect((await lastSteps(portal)).finished).toBe(true);
    });

    test("refuses a step of a run that was never begun", async () => {
      const { recordStep } = await store({ url: await storeUrl(kind) });
      const step = recordStep({ run: "never", key: portal, step: "register", state: "done", detail: {} });
      await expect(step).rejects.toThrow();
    });
  });

  describe("a saved plan", () => {
    const savedPlan = "ef".repeat(32) as Digest;

    test("is begun once; who comes later is told when, by whom, and what became of it", async () => {
      const clock = handClock();
      const { beginRun, finishRun, runOfSavedPlan } = await store({ url: await storeUrl(kind), clock });
      expect(await runOfSavedPlan(savedPlan)).toBeUndefined();
      const run = await beginRun({ planDigest, actor: "ci", savedPlan });
      const startedAt = "2026-11-21T09:00:00.000Z";
      expect(await runOfSavedPlan(savedPlan)).toEqual({ id: run, actor: "ci", startedAt });
      clock.forward(1_000);
      const second = await failureOf(beginRun({ planDigest, actor: "alice", savedPlan }));
      expect(second.code).toBe("PLAN_SAVED_APPLIED");
      expect(second.message).toContain(`was begun at ${startedAt} by ci and did not finish`);
      await finishRun(run, "done");
      expect(await runOfSavedPlan(savedPlan)).toMatchObject({
        outcome: "done",
        finishedAt: "2026-11-21T09:00:01.000Z",
      });
      const third = await failureOf(beginRun({ planDigest, actor: "alice", savedPlan }));
      expect(third.message).toBe(`this saved plan was applied at ${startedAt} by ci: all of it is done`);
    });

    test("of many who begin it at once is begun by one", async () => {
      const url = await storeUrl(kind);
      const [one, other] = [await store({ url }), await store({ url })];
      const wishes = Array.from({ length: 8 }, (_, at) =>
        (at % 2 === 0 ? one : other).beginRun({ planDigest, actor: `runner ${at}`, savedPlan }),
      );
      const outcomes = await Promise.allSettled(wishes);
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
      const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
      expect(new Set(refused)).toEqual(new Set(["PLAN_SAVED_APPLIED"]));
    });

    test("is no other, and runs without one are as many as there are", async () => {
      const { beginRun } = await store({ url: await storeUrl(kind) });
      const runs = [
        await beginRun({ planDigest, actor: "ci" }),
        await beginRun({ planDigest, actor: "ci" }),
        await beginRun({ planDigest, actor: "ci", savedPlan }),
        await beginRun({ planDigest, actor: "ci", savedPlan: "01".repeat(32) as Digest }),
      ];
      expect(new Set(runs).size).toBe(4);
    });
  });

  describe("a store of version 1", () => {
    test("is brought to today's when it is opened, with its runs", async () => {
      const url = await storeUrl(kind);
      const first = await store({ url });
      const run = await first.beginRun({ planDigest, actor: "ci" });
      await first.recordStep({ run, key: portal, step: "register", state: "done", detail: {} });
      await first.close();
      await edit(url, "drop table tenantry_kept");
      await edit(url, "drop index tenantry_run_saved_plan");
      await edit(url, "alter table tenantry_run drop column saved_plan");
      await edit(url, "update tenantry_meta set value = '1' where name = 'version'");

      const [one, other] = await Promise.all([store({ url }), store({ url })]);
      expect(await one.lastSteps(portal)).toMatchObject({ finished: false, steps: [{ run, step: "register" }] });
      const savedPlan = "ef".repeat(32) as Digest;
      await other.beginRun({ planDigest, actor: "ci", savedPlan });
      expect(await one.runOfSavedPlan(savedPlan)).toMatchObject({ actor: "ci" });
    });
  });

  describe("a fingerprint", () => {
    test("is the same for the same secret in one store and another in the next", async () => {
      const [one, two] = [await store({ url: await storeUrl(kind) }), await store({ url: await storeUrl(kind) })];
      const secret = new Secret("s3cret");
      expect(await one.fingerprint(secret)).toMatch(/^[0-9a-f]{64}$/);
      expect(await one.fingerprint(secret)).toBe(await one.fingerprint(new Secret("s3cret")));
      expect(await one.fingerprint(secret)).not.toBe(await one.fingerprint(new Secret("s3cret!")));
      expect(await one.fingerprint(secret)).not.toBe(await two.fingerprint(secret));
    });
  });

  describe("a store that is opened again", () => {
    test("has kept everything", async () => {
      const url = await storeUrl(kind);
      const secret = new Secret("s3cret");
      const first = await store({ url });
      await first.rememberId(address, "0oa1");
      await first.addEvidence(evidence(portal, "0oa1"));
      await first.audit({ actor: "ci", event: "apply.started", detail: {} });
      const run = await first.beginRun({ planDigest, actor: "ci" });
      await first.recordStep({ run, key: portal, step: "register", state: "started", detail: {} });
      const fingerprint = await first.fingerprint(secret);
      await first.close();
      await first.close();

      const second = await store({ url });
      expect(await second.idOf(address)).toBe("0oa1");
      expect(await second.latestEvidence(portal)).toEqual(evidence(portal, "0oa1"));
      expect(await second.auditLog(10)).toHaveLength(1);
      expect(await second.lastSteps(portal)).toMatchObject({ finished: false, steps: [{ run, step: "register" }] });
      expect(await second.fingerprint(secret)).toBe(fingerprint);
    });
  });
});
