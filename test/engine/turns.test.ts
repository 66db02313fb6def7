import { expect, test } from "vitest";
import { Turns } from "../../src/engine/turns.ts";

/** Work that notes its beginning and ends when it is told to. */
function work() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    end: (name: string) => ends.get(name)?.(),
    of: (name: string) => () =>
      new Promise<string>((resolve) => {
        begun.push(name);
        ends.set(name, () => resolve(name));
      }),
  };
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test("one after another on the same thing, so many at once on others", async () => {
  const turns = new Turns(2);
  const { begun, end, of } = work();
  const all = ["a1", "a2", "b1", "c1"].map((name) => turns.take(name.charAt(0), of(name)));
  await settle();
  expect(begun).toEqual(["a1", "b1"]);
  end("a1");
  await settle();
  expect(begun).toHaveLength(3);
  end("b1");
  await settle();
  expect([...begun].sort()).toEqual(["a1", "a2", "b1", "c1"]);
  end("a2");
  end("c1");
  expect(await Promise.all(all)).toEqual(["a1", "a2", "b1", "c1"]);
});

test("a failure is its own only: the next one has its turn", async () => {
  const turns = new Turns(1);
  const first = turns.take("a", () => Promise.reject(new Error("no")));
  const second = turns.take("a", async () => "done");
  await expect(first).rejects.toThrow("no");
  expect(await second).toBe("done");
});
