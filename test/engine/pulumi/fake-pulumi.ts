import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../../src/engine/engine.ts";
import { pulumiEngine } from "../../../src/engine/pulumi/engine.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { PulumiSettings, Workspace } from "../../../src/workspace/workspace.ts";
import { customers, scope } from "../../idp/auth0/bench.ts";

/** An engine over a program of the test's that calls itself Pulumi, and over an Auth0 where nothing is. */
export interface FakePulumi {
  readonly engine: Engine;
  readonly root: string;
  close(): void;
}

export interface FakeOptions {
  /** The shell script that answers as `pulumi`; `version` is answered before it. None: there is no such program. */
  readonly script?: string;
  readonly version?: string;
  readonly plugin?: boolean;
  readonly pulumi?: Partial<PulumiSettings>;
  readonly ci?: boolean;
  readonly limit?: number;
  readonly interrupted?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
}

const reference = { scheme: "env", name: "PASSPHRASE", text: "env:PASSPHRASE" } as const;

export function fakePulumi(options: FakeOptions): FakePulumi {
  const root = mkdtempSync(join(tmpdir(), "tenantry-fake-pulumi-"));
  const bin = join(root, "bin");
  mkdirSync(bin);
  const program = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const { script, version = "v3.259.0", plugin = true } = options;
  if (script !== undefined) program("pulumi", `[ "$1" = version ] && { echo '${version}'; exit 0; }\n${script}`);
  if (plugin) program("pulumi-resource-auth0", "exit 1");
  const workspace = {
    name: scope.workspace,
    environment: scope.environment,
    root,
    references: { tenants: ["env:TENANT_{TENANT}__*"] },
    identityProviders: new Map([[customers.name, customers]]),
    apps: new Map(),
    engines: {
      pulumi: {
        pluginVersion: "3.49.0",
        secretsProvider: "passphrase",
        parallelism: 2,
        passphrase: reference,
        ...options.pulumi,
      },
    },
  } as unknown as Workspace;
  const nothing = { found: new Map(), parts: new Map(), undeclared: [], problems: [], coverage: [] };
  const adapter = {
    name: customers.name,
    observe: async () => nothing,
    present: async () => ({ clients: new Map(), connectionIds: new Map([["fernhill-oidc", "con_1"]]) }),
    close: async () => undefined,
  };
  const engine = pulumiEngine({
    idp: customers,
    adapter: adapter as never,
    workspace,
    access: "manage",
    tools: {
      environment: { PATH: `${bin}:/usr/bin:/bin`, HOME: root, ...options.environment },
      ci: options.ci ?? false,
      adopt: false,
      interrupted: options.interrupted ?? new AbortController().signal,
    },
    resolve: ({ text }) => new Secret(`secret of ${text}`),
    redact: (text) => text.replaceAll(/secret of \S+/g, "(redacted)"),
    sleep: async () => undefined,
    tell: () => undefined,
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  });
  return { engine, root, close: () => rmSync(root, { recursive: true, force: true }) };
}
