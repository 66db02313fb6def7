import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { managementClientId } from "../../sandbox/sandbox.ts";
import { directEngine } from "../../src/engine/direct.ts";
import { differingFields, registrationFields } from "../../src/plan/fields.ts";
import { projectName, stackName } from "../../stacks/auth0/names.ts";
import { registrationsOf } from "../../stacks/auth0/tenant-stack.ts";
import { onPath } from "../engine/bench.ts";
import { type Bench, customers, startBench } from "../idp/auth0/bench.ts";

// The Pulumi CLI by itself, on this folder's Pulumi.yaml and the example's tenants, against the sandbox.

const needed = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-auth0"];
const missing = needed.filter((name) => onPath(name) === undefined);
const repository = join(import.meta.dirname, "../..");
const stack = stackName({ environment: "sandbox", idp: customers.name, tenant: "fernhill" });

let bench: Bench;
let root: string;

beforeAll(async () => {
  if (missing.length > 0) return;
  bench = await startBench();
  root = mkdtempSync(join(tmpdir(), "tenantry-stock-"));
  mkdirSync(join(root, "state"));
  writeFileSync(join(root, "ca.pem"), bench.sandbox.ca);
  for (const name of ["Pulumi.yaml", "package.json", "src", "stacks", "tenantry.yaml", "tenants"]) {
    cpSync(join(repository, name), join(root, name), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
});
afterAll(async () => {
  if (missing.length > 0) return;
  await bench.close();
  rmSync(root, { recursive: true, force: true });
});

async function pulumi(...args: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    PULUMI_HOME: join(root, ".pulumi"),
    PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    HTTPS_PROXY: `http://127.0.0.1:${bench.sandbox.port}`,
    SSL_CERT_FILE: join(root, "ca.pem"),
    AUTH0_DOMAIN: customers.domain,
    AUTH0_CLIENT_ID: managementClientId,
    AUTH0_CLIENT_SECRET: bench.sandbox.env.AUTH0_MANAGEMENT_SECRET,
  };
  const options = { cwd: root, env, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)("pulumi", ["--non-interactive", ...args], options);
  return stdout;
}

test.skipIf(missing.length > 0)(
  "the Pulumi CLI registers a tenant's clients; Tenantry finds them, adds how they prove themselves, and Pulumi agrees (needs pulumi, pulumi-language-nodejs and pulumi-resource-auth0)",
  async () => {
    await pulumi("stack", "init", stack, "--secrets-provider", "passphrase");
    await pulumi("up", "--yes", "--skip-preview", "--stack", stack);

    const wanted = registrationsOf(root, { project: projectName("acme"), stack }, "2026-11-21");
    expect(wanted.length).toBeGreaterThan(1);
    const adapter = await bench.adapter();
    const seen = await adapter.observe(wanted, "single");
    expect(seen.problems).toEqual([]);
    for (const registration of wanted) {
      const { clientId: _ours, ...fields } = registrationFields(registration);
      const found = seen.found.get(registration.key);
      const differing = differingFields(found?.fields ?? {}, fields);
      const proves = registration.clientAuth === "client_secret_post" ? [] : ["clientAuth"];
      expect([registration.key, differing]).toEqual([registration.key, proves]);
    }

    const direct = directEngine(adapter);
    for (const registration of wanted) await direct.apply(registration);
    const { registrations, parts } = await direct.plan(wanted, "single");
    expect([...registrations.values(), ...parts.values()].flatMap(({ changes }) => changes)).toEqual([]);
    await pulumi("preview", "--refresh", "--expect-no-changes", "--stack", stack);

    const secrets = await Promise.all(
      wanted.map(async ({ key }) => {
        const found = (await adapter.observe(wanted, "single")).found.get(key);
        return found === undefined ? undefined : (await adapter.secretOf(found))?.secret.reveal();
      }),
    );
    const state = await pulumi("stack", "export", "--show-secrets", "--stack", stack);
    for (const secret of [...secrets, bench.sandbox.env.AUTH0_MANAGEMENT_SECRET]) {
      expect(secret).toBeTruthy();
      expect(state.includes(String(secret))).toBe(false);
    }
  },
);

test.skipIf(missing.length > 0)(
  "the Pulumi CLI says in one line why a stack is not ours (needs pulumi, pulumi-language-nodejs and pulumi-resource-auth0)",
  async () => {
    await pulumi("stack", "init", "dev", "--secrets-provider", "passphrase");
    const failed: unknown = await pulumi("preview", "--stack", "dev").catch(
      (error: { stdout: string }) => error.stdout,
    );
    expect(failed).toContain('error: the stack "dev" is not named <environment>.<identity provider>.<tenant>');
    expect(failed).not.toMatch(/^\s+at /m);
  },
);
