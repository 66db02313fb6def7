import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { withinDeadline } from "../../src/vendor/deadline.ts";

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

describe("a deadline", () => {
  it("gives what the work gives, and leaves no timer and no listener behind", async () => {
    const outer = new AbortController();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    let during = 0;
    const given = await withinDeadline(
      60_000,
      async (signal) => {
        during = timers();
        return signal.aborted;
      },
      outer.signal,
    );
    expect([given, during, timers()]).toEqual([false, before + 1, before]);
    expect(getEventListeners(outer.signal, "abort")).toEqual([]);
  });

  it("aborts the work when the time is up, with a TimeoutError", async () => {
    await expect(withinDeadline(1, untilAborted)).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("aborts the work when the outer signal does, with its reason, before or on the way", async () => {
    const outer = new AbortController();
    const work = withinDeadline(60_000, untilAborted, outer.signal);
    outer.abort(new RangeError("enough"));
    await expect(work).rejects.toThrow("enough");
    const late = withinDeadline(60_000, async (signal) => signal.throwIfAborted(), outer.signal);
    await expect(late).rejects.toThrow("enough");
  });

  it("aborts what a failed work has left open", async () => {
    let seen: AbortSignal | undefined;
    const work = withinDeadline(60_000, async (signal) => {
      seen = signal;
      throw new Error("failed");
    });
    await expect(work).rejects.toThrow("failed");
    expect(seen?.aborted).toBe(true);
  });
});
