import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { SandboxOptions } from "../../sandbox/sandbox.ts";
import { directEngine } from "../../src/engine/direct.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { terraformEngine } from "../../src/engine/terraform/engine.ts";
import { createRedactor } from "../../src/secret/redact.ts";
import { Secret } from "../../src/secret/secret.ts";
import { isJsonObject, type JsonObject } from "../../src/vendor/json.ts";
import type { OktaCredential } from "../../src/vendor/okta/credential.ts";
import type { OktaIdentityProvider, TerraformSettings } from "../../src/workspace/workspace.ts";
import { workspaceAt } from "../engine/bench.ts";
import { type Bench, scope, startBench, workforce } from "../idp/okta/bench.ts";
import { type Pair, providerSettings } from "./terraform-bench.ts";

/** A sandbox, and engines that carry registrations at its Okta org. */
export interface EngineBench {
  readonly bench: Bench;
  readonly root: string;
  readonly told: string[];
  /** Every secret that was resolved: what must be in no file. */
  readonly secrets: Set<string>;
  /** Values of references besides the sandbox's own, by name. */
  readonly values: Record<string, string>;
  terraform(options?: {
    readonly adopt?: boolean;
    readonly access?: "read" | "manage";
    readonly credentials?: OktaIdentityProvider["credentials"];
    readonly terraform?: Partial<TerraformSettings>;
  }): Promise<Engine>;
  direct(): Promise<Engine>;
  /** An app as the management API shows it, by its label, client id or id. */
  app(reference: string): Promise<JsonObject>;
  /** Names of the groups that are assigned to an app. */
  groupsOf(reference: string): Promise<readonly string[]>;
  /** A call of the management API as an administrator. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** References that the bench resolves, by name. */
const key = { scheme: "env", name: "OKTA_PRIVATE_KEY", text: "env:OKTA_PRIVATE_KEY" } as const;

/** How the example comes in: a service app with a private key. */
const serviceApp = { clientId: "0oa1tenantryservice0", privateKey: key };

export async function openEngineBench(
  { path, version }: Pair,
  options: Omit<SandboxOptions, "dir" | "port"> = {},
): Promise<EngineBench> {
  const values: Record<string, string> = {};
  const bench = await startBench(options);
  const { sandbox } = bench;
  const root = realpathSync(mkdtempSync(join(tmpdir(), "tenantry-live-")));
  writeFileSync(join(root, "ca.pem"), sandbox.ca);
  writeFileSync(join(root, "tools.tfrc"), providerSettings());
  const told: string[] = [];
  const secrets = new Set<string>();
  const redactor = createRedactor();
  const open: Engine[] = [];
  const credential = (): OktaCredential => ({
    clientId: serviceApp.clientId,
    privateKey: new Secret(sandbox.env.OKTA_PRIVATE_KEY ?? ""),
  });
  const call: EngineBench["call"] = async (method, where, body) => {
    const response = await bench.test.fetch("acme.okta.com", where, {
      method,
      headers: { authorization: `SSWS ${sandbox.env.OKTA_API_TOKEN}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  const idOf = (reference: string): string => sandbox.okta.app(reference)?.id ?? reference;
  return {
    bench,
    root,
    told,
    secrets,
    values,
    async terraform({ adopt = false, access = "manage", credentials = serviceApp, terraform = {} } = {}) {
      const engine = terraformEngine({
        idp: { ...workforce, engine: "terraform", credentials },
        adapter: await bench.adapter({ credential: credential() }),
        workspace: {
          ...workspaceAt(root, {
            terraform: { command: path, providerVersion: version, lockTimeout: 10_000, ...terraform },
            connect: {
              host: sandbox.host,
              port: sandbox.port,
              ca: { scheme: "file", path: "ca.pem", text: "file:ca.pem" },
            },
          }),
          environment: scope.environment,
        },
        access,
        tools: {
          environment: {
            PATH: process.env.PATH,
            HOME: root,
            TF_CLI_CONFIG_FILE: join(root, "tools.tfrc"),
            OKTA_API_TOKEN: "of somebody else",
          },
          ci: false,
          adopt,
          interrupted: new AbortController().signal,
        },
        resolve: (reference) => {
          const name = "name" in reference ? reference.name : "";
          const value = values[name] ?? sandbox.env[name] ?? "";
          secrets.add(value);
          redactor.know(new Secret(value));
          return new Secret(value);
        },
        redact: (text) => redactor.redact(text),
        sleep: delay,
        tell: (what) => told.push(what),
      });
      open.push(engine);
      return engine;
    },
    async direct() {
      return directEngine(await bench.adapter({ credential: credential() }));
    },
    async app(reference) {
      const app = await call("GET", `/api/v1/apps/${idOf(reference)}`);
      if (!isJsonObject(app)) throw new Error(`no app ${reference}`);
      return app;
    },
    async groupsOf(reference) {
      const assigned = (await call("GET", `/api/v1/apps/${idOf(reference)}/groups`)) as readonly { id: string }[];
      const groups = (await call("GET", "/api/v1/groups")) as readonly { id: string; profile: { name: string } }[];
      return assigned.map(({ id }) => groups.find((group) => group.id === id)?.profile.name ?? id).sort();
    },
    call,
    async close() {
      for (const engine of open) await engine.close();
      await bench.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
