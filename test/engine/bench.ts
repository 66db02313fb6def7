import { execFileSync } from "node:child_process";
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, onTestFinished } from "vitest";
import { openTerraform, type TerraformTool } from "../../src/engine/terraform/tool.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import { createRedactor, type Redactor } from "../../src/secret/redact.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { Connect, IdentityProvider, TerraformSettings, Workspace } from "../../src/workspace/workspace.ts";

/** A folder that is removed after the test. */
export function scratch(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "tenantry-engine-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Path of a program on this process's PATH; undefined when it is not there. */
export function onPath(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The same tests with each real tool; those of a tool that is not on PATH are skipped by name. */
export function describeWithTools(name: string, define: (tool: string, path: string) => void): void {
  for (const tool of ["terraform", "tofu"]) {
    const path = onPath(tool);
    describe.skipIf(path === undefined)(`${name} (needs ${tool})`, () => define(tool, path ?? tool));
  }
}

/** A program written in JavaScript; `command` and `args` are what it is called with. It answers `version` if asked. */
export function fakeTool(folder: string, name: string, body: string, version = "Terraform v1.11.4"): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  const text = `#!${process.execPath}
const [command, ...args] = process.argv.slice(2);
if (command === "version") { console.log(${JSON.stringify(version)}); process.exit(0); }
${body}
`;
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/** A pipe with a name, at which a program waits until the test opens the other end. */
export function pipe(path: string): string {
  execFileSync("sh", ["-c", 'mkfifo "$1"', "sh", path]);
  return path;
}

export function workspaceAt(
  root: string,
  more: {
    readonly terraform?: Partial<TerraformSettings>;
    readonly connect?: Connect;
    readonly references?: readonly string[];
    readonly identityProviders?: readonly IdentityProvider[];
  } = {},
): Workspace {
  return {
    name: "acme",
    environment: "production",
    root,
    references: { tenants: more.references ?? ["env:TENANT_{TENANT}__*"] },
    identityProviders: new Map((more.identityProviders ?? []).map((idp) => [idp.name, idp])),
    apps: new Map(),
    verify: { allowPrivate: [], deadline: 10_000, maxAge: 3_600_000, wrongSecretControl: true },
    guards: { maxTenants: 3, maxShare: 0.1 },
    engines: {
      terraform: { providerVersion: "6.12.0", lockTimeout: 0, parallelism: 2, ...more.terraform },
      pulumi: { pluginVersion: "3.49.0", secretsProvider: "passphrase", parallelism: 2 },
    },
    connect: more.connect,
  };
}

export interface ToolBench {
  readonly root: string;
  readonly tool: TerraformTool;
  /** What was told, one step each. */
  readonly told: string[];
  /** Asks the run to stop. */
  stop(): void;
  /** Resolves with the first step told that fits, from the start of the run on. */
  step(pattern: RegExp): Promise<string>;
}

/** A workspace in a folder of its own, and the tool of that path in it. */
export async function openBench(
  path: string,
  options: {
    readonly terraform?: Partial<TerraformSettings>;
    readonly root?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly redactor?: Redactor;
    readonly passphrase?: string;
    readonly limit?: number;
    readonly sleep?: (milliseconds: number) => Promise<void>;
  } = {},
): Promise<ToolBench> {
  const root = options.root ?? scratch();
  const told: string[] = [];
  const waiting: { pattern: RegExp; resolve: (step: string) => void }[] = [];
  const controller = new AbortController();
  const redactor = options.redactor ?? createRedactor();
  const passphrase = options.passphrase;
  const terraform: Partial<TerraformSettings> = {
    command: path,
    ...options.terraform,
    ...(passphrase === undefined
      ? {}
      : { encryption: { passphrase: { scheme: "env", name: "STATE_PASSPHRASE", text: "env:STATE_PASSPHRASE" } } }),
  };
  const tool = await openTerraform({
    tools: {
      environment: { PATH: process.env.PATH, HOME: root, ...options.environment },
      ci: false,
      adopt: false,
      interrupted: controller.signal,
    },
    workspace: workspaceAt(root, { terraform }),
    resolve: () => new Secret(passphrase ?? ""),
    redact: (text) => redactor.redact(text),
    sleep: options.sleep ?? delay,
    tell: (what) => {
      told.push(what);
      for (const { pattern, resolve } of waiting) if (pattern.test(what)) resolve(what);
    },
    limit: options.limit,
  });
  return {
    root,
    tool,
    told,
    stop: () => controller.abort(),
    step: (pattern) =>
      new Promise((resolve) => {
        const already = told.find((what) => pattern.test(what));
        if (already !== undefined) resolve(already);
        else waiting.push({ pattern, resolve });
      }),
  };
}

/** A program whose resources are all `terraform_data`, by name, with its state in the working folder. */
export function program(
  resources: Readonly<Record<string, object>>,
  more: Readonly<Record<string, unknown>> = {},
  backend: object = { local: { path: "terraform.tfstate" } },
): string {
  const declared = Object.keys(resources).length === 0 ? {} : { resource: { terraform_data: resources } };
  return JSON.stringify({ terraform: { backend }, ...declared, ...more });
}

/** What of a failure people see. */
export async function failure(
  work: Promise<unknown>,
): Promise<Pick<TenantryError, "code" | "message" | "hint" | "words">> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TenantryError)) throw new Error("no TenantryError was thrown", { cause: error });
  const { code, message, hint, words } = error;
  return { code, message, hint, words };
}
