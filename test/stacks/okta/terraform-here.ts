import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

/** OpenTofu or Terraform, when it is on PATH. */
export const terraform = ["tofu", "terraform"]
  .flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find((path) => existsSync(path));

/** A filesystem mirror that holds the provider okta/okta, when the run was told of one. */
const mirror = process.env.TENANTRY_PROVIDER_MIRROR;

/** Whether this version of the provider is in the mirror. */
export function hasProvider(version: string): boolean {
  if (mirror === undefined || terraform === undefined) return false;
  const part = terraform.endsWith("tofu") ? "opentofu" : "terraform";
  const hosts = existsSync(mirror) ? readdirSync(mirror) : [];
  return hosts.some((host) => host.includes(part) && existsSync(join(mirror, host, "okta", "okta", version)));
}

/** A folder with a configuration, in which the program is run. */
export interface TerraformFolder {
  readonly path: string;
  write(configuration: string): void;
  /** Runs the program and gives what it printed; throws when it did not leave with 0. */
  run(...args: readonly string[]): Promise<string>;
}

/**
 * A folder for one test, removed when that is over. The program reaches no registry.
 *
 * @param environment what it is told besides
 */
export function terraformFolder(environment: Readonly<Record<string, string>> = {}): TerraformFolder {
  const path = mkdtempSync(join(tmpdir(), "tenantry-stack-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const settings = join(path, "settings.tfrc");
  const from = mirror === undefined ? "" : `filesystem_mirror { path = ${JSON.stringify(mirror)} }`;
  writeFileSync(settings, `provider_installation {\n  ${from}\n  direct { exclude = ["*/*/*"] }\n}\n`);
  const env = { PATH: process.env.PATH, HOME: path, TF_CLI_CONFIG_FILE: settings, CHECKPOINT_DISABLE: "1" };
  const options = { cwd: path, env: { ...env, ...environment }, maxBuffer: 16 * 1024 * 1024 };
  return {
    path,
    write: (configuration) => writeFileSync(join(path, "cdk.tf.json"), configuration),
    run: async (...args) => (await promisify(execFile)(terraform ?? "terraform", [...args], options)).stdout,
  };
}
