import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { secretSource } from "../../src/cli/secret-source.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import { resolveReference } from "../../src/secret/resolve.ts";
import { parseReference } from "../../src/workspace/reference.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { openCompanies } from "../support/companies.ts";

let outside: string;
let root: string;
beforeEach(() => {
  outside = realpathSync(mkdtempSync(join(tmpdir(), "tenantry-secrets-")));
  root = join(outside, "workspace");
  write("workspace/secrets/bluefin/client", "canary-bluefin\n");
  write("workspace/secrets/northwind/client", "northwind\n");
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

/** A file below the folder that holds the workspace; gives its path. */
function write(path: string, text: string): string {
  const file = join(outside, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function link(path: string, target: string): string {
  const file = join(outside, path);
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(target, file);
  return file;
}

/** The secret behind a `file:` reference, or the code and the message of why there is none. */
function secretIn(path: string, from: "tenant" | "workspace", place = root): string | readonly [string, string] {
  const reference = parseReference(`file:${path}`);
  if (reference === undefined) throw new Error(`no reference: ${path}`);
  const source = secretSource({ environment: {} } as never, { root: place } as Workspace);
  try {
    return resolveReference(reference, source, undefined, from).reveal();
  } catch (error) {
    if (error instanceof TenantryError) return [error.code, error.message];
    throw error;
  }
}

describe("a `file:` reference of a tenant's file", () => {
  it("reads a plain file below the workspace's folder", () => {
    expect(secretIn("secrets/northwind/client", "tenant")).toBe("northwind");
    expect(secretIn("./secrets//northwind/client", "tenant")).toBe("northwind");
    expect(secretIn(join(root, "secrets/northwind/client"), "tenant")).toBe("northwind");
  });

  it("reads it too when the way to the workspace's folder is a link", () => {
    const place = link("elsewhere", root);
    expect(secretIn("secrets/northwind/client", "tenant", place)).toBe("northwind");
    expect(secretIn(join(place, "secrets/northwind/client"), "tenant", place)).toBe("northwind");
  });

  it.each([
    ["another's file", "secrets/northwind/x", "../bluefin/client", "secrets/northwind/x"],
    ["another's folder", "secrets/other", "bluefin", "secrets/other/client"],
    ["another's folder, from its top", "northwind", "secrets/bluefin", "northwind/client"],
    ["a file outside", "secrets/northwind/x", "/etc/hostname", "secrets/northwind/x"],
    ["nothing", "secrets/northwind/x", "nowhere", "secrets/northwind/x"],
    ["itself", "secrets/northwind/x", "x", "secrets/northwind/x"],
  ])("does not follow a link below it to %s", (_, path, target, named) => {
    link(`workspace/${path}`, target);
    const place = link("elsewhere", root);
    for (const [spelling, from] of [
      [named, root],
      [join(root, named), root],
      [named, place],
      [join(root, named), place],
      [join(place, named), place],
    ] as const) {
      const why = `the file ${spelling} is reached by a symbolic link in the workspace's folder`;
      expect(secretIn(spelling, "tenant", from)).toEqual([
        "SECRET_LINK",
        `The reference file:${spelling} gives no secret: ${why}.`,
      ]);
    }
  });

  it("follows links outside of it, as Kubernetes mounts secrets", () => {
    write("run/..2026_11/northwind/client", "mounted");
    link("run/..data", "..2026_11");
    link("run/northwind", "..data/northwind");
    expect(secretIn(join(outside, "run/northwind/client"), "tenant")).toBe("mounted");
    link("absolute", join(outside, "run/northwind"));
    expect(secretIn(join(outside, "absolute/client"), "tenant")).toBe("mounted");
  });

  it("does not follow a link below it that a link outside leads to", () => {
    link("workspace/secrets/northwind/x", "../bluefin/client");
    link("run", "workspace/secrets");
    link("direct", "workspace/secrets/northwind/x");
    expect(secretIn(join(outside, "run/northwind/client"), "tenant")).toBe("northwind");
    for (const path of ["run/northwind/x", "direct"]) {
      expect(secretIn(join(outside, path), "tenant")).toMatchObject(["SECRET_LINK", expect.any(String)]);
    }
  });

  it("gives up on links outside that lead round in a circle", () => {
    link("round", "round");
    expect(secretIn(join(outside, "round"), "tenant")).toEqual([
      "SECRET_UNRESOLVED",
      expect.stringContaining("cannot be read"),
    ]);
  });

  it("is not sent for another tenant's secret by a link in a pull request", async () => {
    const companies = await openCompanies("sqlite");
    try {
      const { workspace } = companies;
      const patterns = 'tenants: ["env:TENANT_{TENANT}__*"';
      workspace.edit("tenantry.yaml", `${patterns}]`, `${patterns}, "file:secrets/{tenant}/*"]`);
      const bluefin = join(workspace.root, "secrets/bluefin-studios/client");
      mkdirSync(dirname(bluefin), { recursive: true });
      writeFileSync(bluefin, workspace.sandbox.env.TENANT_BLUEFIN_STUDIOS__CLIENT_SECRET ?? "");
      mkdirSync(join(workspace.root, "secrets/northwind-rail"));
      symlinkSync("../bluefin-studios/client", join(workspace.root, "secrets/northwind-rail/x"));
      const declared = "env:TENANT_NORTHWIND_RAIL__CLIENT_SECRET";
      workspace.edit("tenants/northwind-rail.yaml", declared, "file:secrets/northwind-rail/x");
      const result = await companies.tenantry("apply", "--yes", "--only", "northwind-rail");
      expect(result.exit).not.toBe(0);
      expect(result.out + result.err).toContain("SECRET_LINK");
      expect(await companies.rows("portal", "select key from sso_connection")).toEqual([]);
    } finally {
      await companies.close();
    }
  });
});

describe("a `file:` reference of tenantry.yaml", () => {
  it("may be a link: who owns that file is trusted", () => {
    write("run/..data/key", "mounted");
    link("workspace/key", "../run/..data/key");
    expect(secretIn("key", "workspace")).toBe("mounted");
    expect(secretIn(join(root, "key"), "workspace")).toBe("mounted");
  });
});

describe.each(["tenant", "workspace"] as const)("a `file:` reference of the %s", (from) => {
  it("reads neither a folder, nor a pipe, nor a device, and does not wait for one", () => {
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(root, "pipe")]);
    for (const path of ["secrets", "pipe", "/dev/zero"]) {
      const why = `The reference file:${path} gives no secret: the file ${path} is not a plain file.`;
      expect(secretIn(path, from)).toEqual(["SECRET_UNRESOLVED", why]);
    }
  });

  it("reads up to 1 MiB", () => {
    write("workspace/most", "x".repeat(1_048_576));
    write("workspace/more", "x".repeat(1_048_577));
    expect(secretIn("most", from)).toHaveLength(1_048_576);
    const why = "The reference file:more gives no secret: the file more has more than 1 MiB.";
    expect(secretIn("more", from)).toEqual(["SECRET_UNRESOLVED", why]);
  });

  it("says of a missing file that it does not exist", () => {
    for (const path of ["nowhere", "secrets/nowhere/x", "secrets/northwind/client/x"]) {
      const why = `The reference file:${path} gives no secret: the file ${path} does not exist.`;
      expect(secretIn(path, from)).toEqual(["SECRET_UNRESOLVED", why]);
    }
  });

  it("says of one that the file system refuses that it cannot be read", () => {
    const path = "x".repeat(300);
    const why = `The reference file:${path} gives no secret: the file ${path} cannot be read.`;
    expect(secretIn(path, from)).toEqual(["SECRET_UNRESOLVED", why]);
  });
});
