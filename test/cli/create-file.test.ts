import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createWhole } from "../../src/cli/create-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenantry-create-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (path: string): void => createWhole(join(folder, path), path, "new\n");

it("makes a file, and its folder when there is none, and leaves nothing else", () => {
  make("tenants/acme.yaml");
  expect(readFileSync(join(folder, "tenants/acme.yaml"), "utf8")).toBe("new\n");
  expect(readdirSync(join(folder, "tenants"))).toEqual(["acme.yaml"]);
});

it("never writes over a file", () => {
  writeFileSync(join(folder, "acme.yaml"), "old\n");
  expect(() => make("acme.yaml")).toThrow(expect.objectContaining({ code: "CLI_NEW_EXISTS" }));
  expect(readFileSync(join(folder, "acme.yaml"), "utf8")).toBe("old\n");
  expect(readdirSync(folder)).toEqual(["acme.yaml"]);
});

it.each(["there", "nowhere"])("never writes through a link that points %s", (target) => {
  writeFileSync(join(folder, "there"), "old\n");
  symlinkSync(join(folder, target), join(folder, "acme.yaml"));
  expect(() => make("acme.yaml")).toThrow(expect.objectContaining({ code: "CLI_NEW_EXISTS" }));
  expect(readdirSync(folder)).toEqual(["acme.yaml", "there"]);
  expect(readFileSync(join(folder, "there"), "utf8")).toBe("old\n");
  expect(lstatSync(join(folder, "acme.yaml")).isSymbolicLink()).toBe(true);
});

it("says why a file cannot be made", () => {
  writeFileSync(join(folder, "tenants"), "");
  expect(() => make("tenants/acme.yaml")).toThrow(
    expect.objectContaining({ code: "CLI_OUTPUT_UNWRITABLE", message: "tenants/acme.yaml cannot be written (EEXIST)" }),
  );
});
