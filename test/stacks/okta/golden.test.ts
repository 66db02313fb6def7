import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { synthesizeOkta } from "../../../stacks/okta/okta-stack.ts";
import { cases } from "./cases.ts";

// Each case comes to `golden/NNN-name.tf.json`. What differs is written beside it as `*.actual`.

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const golden = fileURLToPath(new URL("golden/", import.meta.url));
const fileOf = (name: string) => join(golden, `${name}.tf.json`);

for (const [name, input] of Object.entries(cases)) {
  test(name, () => {
    const text = synthesizeOkta(input);
    const file = fileOf(name);
    const actual = `${file}.actual`;
    rmSync(actual, { force: true });
    try {
      expect(text).toBe(existsSync(file) ? readFileSync(file, "utf8") : "");
    } catch (error) {
      writeFileSync(actual, text);
      const [from, to] = [relative(repository, actual), relative(repository, file)];
      throw new Error(`${name} differs. If the new outcome is right: mv ${from} ${to}`, { cause: error });
    }
  });
}

test("no golden file is left without its case", () => {
  const files = readdirSync(golden).filter((name) => !name.endsWith(".actual"));
  expect(files).toEqual(Object.keys(cases).map((name) => `${name}.tf.json`));
});

test("cdktn in the place of cdktf makes the same of every case", async () => {
  const child = fileURLToPath(new URL("cdktn-child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child], { maxBuffer: 16 * 1024 * 1024 });
  const { loaded, texts } = JSON.parse(stdout) as { loaded: string[]; texts: Record<string, string> };
  expect(loaded).toEqual(["cdktn"]);
  expect(Object.keys(texts)).toEqual(Object.keys(cases));
  for (const [name, text] of Object.entries(texts)) expect(text, name).toBe(readFileSync(fileOf(name), "utf8"));
});
