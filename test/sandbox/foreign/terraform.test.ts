import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";

// The providers that people run, unchanged, by Terraform or OpenTofu. Neither is part of this project: the engine is
// found on PATH or by TENANTRY_TERRAFORM, a provider's binary by TENANTRY_OKTA_PROVIDER or TENANTRY_AUTH0_PROVIDER.
const engine = process.env.TENANTRY_TERRAFORM ?? onPath("tofu") ?? onPath("terraform");
const providers = [
  { name: "okta", binary: process.env.TENANTRY_OKTA_PROVIDER, credential: "OKTA_API_TOKEN", resources: 20 },
  { name: "auth0", binary: process.env.TENANTRY_AUTH0_PROVIDER, credential: "AUTH0_API_TOKEN", resources: 13 },
] as const;

function onPath(command: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, command)).find((file) => existsSync(file));
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

describe.each(providers)("the real provider of $name", ({ name, binary, credential, resources }) => {
  let at: TestSandbox;
  let folder: string;
  const isThere = engine !== undefined && binary !== undefined && existsSync(binary);

  beforeAll(async () => {
    if (!isThere) return;
    at = await startTestSandbox();
    folder = mkdtempSync(join(tmpdir(), "tenantry-terraform-"));
    mkdirSync(join(folder, "work"));
    copyFileSync(join(import.meta.dirname, "terraform", `${name}.tf`), join(folder, "work", "main.tf"));
    const overrides = `dev_overrides { "${name}/${name}" = "${dirname(binary)}" }`;
    writeFileSync(join(folder, "terraformrc"), `provider_installation {\n  ${overrides}\n  direct {}\n}\n`);
  });
  afterAll(async () => {
    if (!isThere) return;
    await at.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the engine; `TF_VAR_` etc. of whoever runs the tests stay outside. */
  function run(...args: string[]): Promise<Ended> {
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      TF_CLI_CONFIG_FILE: join(folder, "terraformrc"),
      CHECKPOINT_DISABLE: "1",
      HTTPS_PROXY: `http://127.0.0.1:${at.sandbox.port}`,
      SSL_CERT_FILE: join(at.dir, "ca.pem"),
      [credential]: at.sandbox.env[credential] ?? "",
    };
    return new Promise((resolve) => {
      execFile(engine ?? "", args, { cwd: join(folder, "work"), env }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, output: `${stdout}${stderr}` });
      });
    });
  }

  test.skipIf(!isThere)("makes, finds, changes and removes what it manages", { timeout: 300_000 }, async () => {
    const made = await run("apply", "-auto-approve", "-no-color");
    expect(made.output).toContain(`${resources} added, 0 changed, 0 destroyed`);
    expect((await run("plan", "-detailed-exitcode", "-no-color")).code).toBe(0);

    const file = join(folder, "work", "main.tf");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("made by terraform", "changed by terraform"));
    const changed = await run("apply", "-auto-approve", "-no-color");
    expect(changed.output).toMatch(/0 added, [1-9]\d* changed, 0 destroyed/);
    expect((await run("plan", "-detailed-exitcode", "-no-color")).code).toBe(0);

    const removed = await run("destroy", "-auto-approve", "-no-color");
    expect(removed.output).toContain(`${resources} destroyed`);
  });
});
