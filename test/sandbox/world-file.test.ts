import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { replaceFile } from "../../sandbox/replace-file.ts";
import { Saver } from "../../sandbox/saver.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenantry-file-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("whoever reads a file while it is replaced sees the one before or the new one, whole", async () => {
  const path = join(root, "world.json");
  const texts = ["a", "b"].map((letter) => letter.repeat(4_000_000));
  writeFileSync(path, texts[0] ?? "");
  const seen = new Set<string>();
  for (let round = 1; round < 6; round += 1) {
    let done = false;
    const replacing = replaceFile(path, texts[round % 2] ?? "").then(() => {
      done = true;
    });
    while (!done) {
      const text = readFileSync(path, "utf8");
      seen.add(`${text.slice(0, 1)} ${text.length}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await replacing;
  }
  expect([...seen].sort()).toEqual(["a 4000000", "b 4000000"]);
  expect(readdirSync(root)).toEqual(["world.json"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("changes that come close together are written once, in the end with the last of them", async () => {
  let value = 0;
  const written: number[] = [];
  const saver = new Saver(
    async () => {
      written.push(value);
    },
    () => {},
  );
  for (value = 1; value < 50; value += 1) saver.changed();
  await saver.close();
  expect(written).toEqual([50]);
  saver.changed();
  await saver.close();
  expect(written.every((each) => each === 50)).toBe(true);
});

test("writes follow one another, and one that failed does not stand in the way of the next", async () => {
  let under = 0;
  let failing = true;
  const order: string[] = [];
  const saver = new Saver(
    async () => {
      under += 1;
      expect(under).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      if (failing) throw new Error("the disk is full");
      order.push("written");
    },
    () => {},
  );
  const first = saver.now();
  const second = saver.now();
  await expect(first).rejects.toThrow("the disk is full");
  await expect(second).rejects.toThrow("the disk is full");
  failing = false;
  await Promise.all([saver.now(), saver.now()]);
  expect(order).toEqual(["written", "written"]);
});
