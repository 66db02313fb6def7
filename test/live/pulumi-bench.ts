import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import type { Engine, EnginePlan } from "../../src/engine/engine.ts";
import { pulumiEngine } from "../../src/engine/pulumi/engine.ts";
import type { Change } from "../../src/plan/change.ts";
import { createRedactor } from "../../src/secret/redact.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { PulumiSettings, Workspace } from "../../src/workspace/workspace.ts";
import { onPath } from "../engine/bench.ts";
import { type Bench, customers, scope } from "../idp/auth0/bench.ts";

/** Whether the Pulumi CLI and its Auth0 plugin are on PATH. */
export const hasPulumi: boolean = ["pulumi", "pulumi-resource-auth0"].every((name) => onPath(name) !== undefined);

/** A test with the real Pulumi and its real plugin; skipped by name without them. */
export function live(name: string, body: () => Promise<void>): void {
  test.skipIf(!hasPulumi)(`${name} (needs pulumi and pulumi-resource-auth0)`, { timeout: 180_000 }, body);
}

/** An engine of Pulumi's over a bench's sandbox, in a folder of its own. */
export interface PulumiBench {
  readonly engine: Engine;
  readonly root: string;
  /** Every file that Pulumi and the engine have written, state included. */
  written(): string;
  changes(plan: EnginePlan): readonly Change[];
  close(): Promise<void>;
}

export interface PulumiBenchOptions {
  readonly adopt?: boolean;
  readonly ci?: boolean;
  readonly pulumi?: Partial<PulumiSettings>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly interrupted?: AbortSignal;
  readonly passphrase?: string;
  readonly clientSecret?: string;
  readonly limit?: number;
  /** The folder of another bench, to go on with its state. */
  readonly root?: string;
}

export async function openPulumi(bench: Bench, options: PulumiBenchOptions = {}): Promise<PulumiBench> {
  const root = options.root ?? mkdtempSync(join(tmpdir(), "tenantry-pulumi-"));
  writeFileSync(join(root, "ca.pem"), bench.sandbox.ca);
  const passphrase = { scheme: "env", name: "PASSPHRASE", text: "env:PASSPHRASE" } as const;
  const { sandbox } = bench;
  const workspace = {
    name: scope.workspace,
    environment: scope.environment,
    root,
    references: { tenants: [] },
    identityProviders: new Map([[customers.name, { ...customers, engine: "pulumi" }]]),
    apps: new Map(),
    engines: {
      pulumi: { pluginVersion: "3.49.0", secretsProvider: "passphrase", parallelism: 2, passphrase, ...options.pulumi },
    },
    connect: {
      host: sandbox.host,
      port: sandbox.port,
      ca: { scheme: "file", path: "ca.pem", text: "file:ca.pem" },
    },
  } as unknown as Workspace;
  const redactor = createRedactor();
  const secrets: Readonly<Record<string, string>> = {
    PASSPHRASE: options.passphrase ?? "a passphrase of the bench",
    AUTH0_MANAGEMENT_SECRET: options.clientSecret ?? sandbox.env.AUTH0_MANAGEMENT_SECRET ?? "",
  };
  const engine = pulumiEngine({
    idp: { ...customers, engine: "pulumi" },
    adapter: await bench.adapter(),
    workspace,
    access: "manage",
    tools: {
      environment: { ...process.env, PULUMI_HOME: join(root, "home"), ...options.environment },
      ci: options.ci ?? false,
      adopt: options.adopt ?? false,
      interrupted: options.interrupted ?? new AbortController().signal,
    },
    resolve: (reference) => {
      const secret = new Secret(secrets["name" in reference ? reference.name : ""] ?? "");
      redactor.know(secret);
      return secret;
    },
    redact: (text) => redactor.redact(text),
    sleep: async () => undefined,
    tell: () => undefined,
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  });
  return {
    engine,
    root,
    written: () =>
      readdirSync(join(root, ".tenantry"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
        .join("\n"),
    changes: (plan) => [...plan.registrations.values(), ...plan.parts.values()].flatMap(({ changes }) => changes),
    async close() {
      if (options.root === undefined && existsSync(root)) rmSync(root, { recursive: true, force: true });
    },
  };
}

/** All that Auth0 tells of a tenant, by its API, with ids and what Auth0 makes up by itself taken out. */
export async function objectsOf(bench: Bench, tenant: string): Promise<Readonly<Record<string, unknown>>> {
  const { api } = bench;
  const ask = async (path: string): Promise<unknown> => JSON.parse(await api("GET", path));
  const all = (await ask("clients?per_page=100")) as { name: string; client_id: string }[];
  const clients: Record<string, unknown> = {};
  const names = new Map<string, string>();
  for (const { name, client_id: id } of all.filter((client) => client.name.startsWith(`${tenant}/`))) {
    const key = name.split(" ")[0] ?? name;
    names.set(id, `the client of ${key}`);
    const client = (await ask(`clients/${id}`)) as Record<string, unknown>;
    const { client_id: _id, client_secret: _secret, signing_keys: _keys, ...rest } = client;
    const enabled = (await ask(`clients/${id}/connections`)) as { connections: { name: string }[] };
    // Auth0's id of a key is Auth0's own.
    const plain = JSON.parse(JSON.stringify(rest).replace(/cred_\w+/g, "the key")) as Record<string, unknown>;
    clients[key] = { ...plain, connections: enabled.connections.map((each) => each.name).sort() };
  }
  const organizations = (await ask("organizations")) as {
    name: string;
    id: string;
    metadata?: Record<string, string>;
  }[];
  const organization = organizations.find(({ name }) => name === tenant);
  if (organization === undefined) return { clients };
  const { id, metadata = {}, ...rest } = organization;
  const noted = Object.entries(metadata).map(([name, value]) => [
    name,
    value
      .split(" ")
      .map((word) => names.get(word) ?? word)
      .sort()
      .join(", "),
  ]);
  const enabled = await ask(`organizations/${id}/enabled_connections`);
  return { clients, organization: { ...rest, metadata: Object.fromEntries(noted), enabled } };
}
