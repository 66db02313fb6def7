import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createSealer } from "../../src/secret/seal.ts";
import { Secret } from "../../src/secret/secret.ts";
import { codeBlocks, pageAt } from "./pages.ts";

const page = pageAt("docs/secret-envelope.md");
const folder = mkdtempSync(join(tmpdir(), "tenantry-envelope-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A value of the page's test vector. */
function vector(what: string): string {
  const row = new RegExp(`^\\| ${what.replaceAll(/[()]/g, "\\$&")} \\| \`(.+)\` \\|$`, "m").exec(page);
  if (row?.[1] === undefined) throw new Error(`the page gives no ${what}`);
  return row[1];
}

const place = { table: "sso_connection", record: vector("record"), column: "client_secret" };
const keys = [{ name: "the page's key", value: new Secret(vector("key")) }];

/** What a program of the page prints for the vector. */
function run(command: string, language: string, file: string, envelope: string, record = place.record) {
  const text = codeBlocks(page).find((block) => block.language === language)?.text ?? "";
  writeFileSync(join(folder, file), `${text}\n`);
  return spawnSync(command, [join(folder, file), envelope, record], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, PORTAL_SEALING_KEY: vector("key") },
  });
}

const python = spawnSync("python3", ["-c", "import cryptography"]).status === 0;

test("the vector is what the code seals with that key and IV, and opens", () => {
  const sealer = createSealer(keys, () => Buffer.from(vector("iv (hexadecimal)"), "hex"));
  expect(sealer.seal(new Secret(vector("secret")), place)).toBe(vector("envelope"));
  expect(createSealer(keys).open(vector("envelope"), place).reveal()).toBe(vector("secret"));
  expect(vector("envelope").split(".")[2]).toBe(vector("key id"));
  expect(vector("additional data")).toBe(
    JSON.stringify(["tenantry.v1", vector("key id"), place.table, place.record, place.column]),
  );
});

test("the page's program for Node opens it, and no other", () => {
  expect(run(process.execPath, "js", "open.mjs", vector("envelope")).stdout.trim()).toBe(vector("secret"));
  expect(run(process.execPath, "js", "open.mjs", `${vector("envelope").slice(0, -2)}AA`).status).not.toBe(0);
});

test.skipIf(!python)("the page's program for Python opens it, and no other (needs python3 with cryptography)", () => {
  expect(run("python3", "python", "open.py", vector("envelope")).stdout.trim()).toBe(vector("secret"));
  expect(run("python3", "python", "open.py", `${vector("envelope").slice(0, -2)}AA`).status).not.toBe(0);
});

/** The page's other vectors. */
const others = [...page.matchAll(/^\| `(\S+)` \| `(.+)` \| `(tenantry\.v1\.\S+)` \|$/gm)].map(
  ([, record = "", secret = "", envelope = ""]) => ({ record, secret, envelope }),
);

test("the other vectors are there, and the code opens them", () => {
  expect(others.length).toBeGreaterThan(1);
  for (const { record, secret, envelope } of others) {
    expect(
      createSealer(keys)
        .open(envelope, { ...place, record })
        .reveal(),
    ).toBe(secret);
  }
});

test.each(others)("the page's program for Node opens the one for $record", ({ record, secret, envelope }) => {
  expect(run(process.execPath, "js", "open.mjs", envelope, record).stdout.trim()).toBe(secret);
});

test.skipIf(!python).each(others)(
  "the page's program for Python opens the one for $record (needs python3 with cryptography)",
  ({ record, secret, envelope }) => {
    expect(run("python3", "python", "open.py", envelope, record).stdout.trim()).toBe(secret);
  },
);
