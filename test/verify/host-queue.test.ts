import { expect, test } from "vitest";
import { createHostQueue, type Leave } from "../../src/verify/fetch/host-queue.ts";

/** Lets everything run that has been settled so far. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Enters for these hosts at once; who has begun, in order, and how to end them. */
function enterAll(hosts: readonly string[], perHost: number, overAll: number) {
  const queue = createHostQueue(perHost, overAll);
  const begun: string[] = [];
  const leaves: { readonly host: string; readonly leave: Leave }[] = [];
  const refused: string[] = [];
  for (const host of hosts) {
    void queue.enter(host).then((leave) => {
      if (leave === undefined) refused.push(host);
      else {
        begun.push(host);
        leaves.push({ host, leave });
      }
    });
  }
  return { queue, begun, leaves, refused };
}

test("at one host there are as many at a time as are allowed there", async () => {
  const { begun, leaves } = enterAll(
    Array.from({ length: 10 }, () => "a"),
    4,
    32,
  );
  await settled();
  expect(begun).toHaveLength(4);
  leaves[0]?.leave();
  leaves[0]?.leave();
  await settled();
  expect(begun).toHaveLength(5);
});

test("over all hosts there are as many at a time as are allowed over all", async () => {
  const { begun, leaves } = enterAll(
    Array.from({ length: 100 }, (_, n) => `host-${n}`),
    4,
    32,
  );
  await settled();
  expect(begun).toHaveLength(32);
  for (const { leave } of leaves.slice(0, 5)) leave();
  await settled();
  expect(begun).toHaveLength(37);
});

test("hosts are taken in turn, each in its own order", async () => {
  const queue = createHostQueue(4, 1);
  const begun: string[] = [];
  const enter = async (name: string): Promise<void> => {
    const leave = await queue.enter(name.charAt(0));
    begun.push(name);
    await settled();
    leave?.();
  };
  await Promise.all(["a1", "a2", "a3", "a4", "b1", "b2", "c1"].map(enter));
  expect(begun).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
});

test("a host that never ends its own holds up no other", async () => {
  const { begun, leaves } = enterAll([...Array.from({ length: 500 }, () => "slow"), "quick", "brisk", "quick"], 4, 6);
  await settled();
  expect(begun.filter((host) => host === "slow")).toHaveLength(4);
  expect(begun.filter((host) => host !== "slow")).toHaveLength(2);
  for (const { host, leave } of leaves) if (host !== "slow") leave();
  await settled();
  expect(begun.filter((host) => host !== "slow")).toHaveLength(3);
});

test("whoever waits gets no turn when the queue is shut, nor does who comes later", async () => {
  const { queue, begun, refused, leaves } = enterAll(["a", "a", "a", "b"], 1, 2);
  await settled();
  queue.shut();
  await settled();
  expect([begun, refused]).toEqual([
    ["a", "b"],
    ["a", "a"],
  ]);
  expect(await queue.enter("c")).toBeUndefined();
  for (const { leave } of leaves) leave();
  await settled();
  expect(begun).toHaveLength(2);
});

test("whoever gives up keeps no place", async () => {
  const queue = createHostQueue(1, 1);
  const first = await queue.enter("a");
  const stop = new AbortController();
  const given = queue.enter("a", stop.signal);
  const next = queue.enter("a");
  stop.abort();
  expect(await given).toBeUndefined();
  expect(await queue.enter("a", stop.signal)).toBeUndefined();
  first?.();
  expect(await next).toBeTypeOf("function");
});

// With a step that looks at all who wait, these would take hours.
test.each([
  ["100,000 at 50 hosts", 100_000, 50],
  ["100,000 at one host", 100_000, 1],
  ["100,000 at as many hosts", 100_000, 100_000],
])("%s each get their turn", async (_, total, hosts) => {
  const queue = createHostQueue(4, 32);
  let running = 0;
  let most = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: total }, async (_, n) => {
      const leave = await queue.enter(`host-${n % hosts}`);
      running += 1;
      most = Math.max(most, running);
      await null;
      running -= 1;
      done += 1;
      leave?.();
    }),
  );
  expect(done).toBe(total);
  expect(most).toBeLessThanOrEqual(Math.min(32, hosts * 4));
});
