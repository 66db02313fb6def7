import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { projectName } from "../../../stacks/auth0/names.ts";
import { registrationsOf } from "../../../stacks/auth0/tenant-stack.ts";

const root = join(import.meta.dirname, "../../..");
const at = (stack: string, project = "tenantry-acme") => ({ project, stack });
const today = "2026-11-21";

test("a stack's name says whose registrations it holds", () => {
  const wanted = registrationsOf(root, at("production.customers.fernhill"), today);
  expect(wanted.map(({ key, idp, marker }) => [key, idp, marker.environment])).toEqual([
    ["fernhill/orders", "customers", "production"],
    ["fernhill/portal", "customers", "production"],
  ]);
  const [sandbox] = registrationsOf(root, at("sandbox.customers.fernhill"), today);
  expect(sandbox?.marker.environment).toBe("sandbox");
});

test.each([
  ["dev", 'the stack "dev" is not named <environment>.<identity provider>.<tenant>'],
  ["production.workforce.fernhill", "workforce is okta; a stack of this tenant would be production.customers.fernhill"],
  [
    "production.none.fernhill",
    "none is no identity provider; a stack of this tenant would be production.customers.fernhill",
  ],
  // An empty program would delete whatever is there.
  ["production.customers.nobody", "no file says anything of nobody at customers in production"],
  ["production.customers.whiterabbit", "no file says anything of whiterabbit at customers in production"],
])("the stack %s is refused", (stack, message) => {
  expect(() => registrationsOf(root, at(stack), today)).toThrow(message);
});

test("another project's stack is refused: the state would be another one", () => {
  expect(() => registrationsOf(root, at("production.customers.fernhill", "other"), today)).toThrow(
    "Pulumi's project is other; that of this workspace is tenantry-acme",
  );
});

test("files with issues stop it, all of them named", () => {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-stack-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["tenantry.yaml", "tenants"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, "tenants/fernhill.yaml"), "tenant: fernhill\n");
  expect(() => registrationsOf(folder, at("production.customers.fernhill"), today)).toThrow(
    expect.objectContaining({ code: "CLI_FILES_INVALID" }),
  );
});

test("Pulumi.yaml is the example workspace's project, and names a program that is there", async () => {
  const project: unknown = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
  expect(project).toMatchObject({
    name: projectName("acme"),
    runtime: { name: "nodejs", options: { typescript: false } },
    main: "stacks/auth0/index.ts",
  });
  const { default: program } = await import("../../../stacks/auth0/index.ts");
  expect(program).toBeTypeOf("function");
});
