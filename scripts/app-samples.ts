// Apps of every kind in the ways they can be set up, for what differs between them.
import { formatIssue } from "../src/errors/issue.ts";
import type { App } from "../src/workspace/app.ts";
import { loadWorkspace, workspaceFile } from "../src/workspace/load.ts";

export interface AppSample {
  /** In which case an app is such a one: a few words. */
  readonly when: string;
  readonly app: App;
}

const base = "baseUrl: https://app.acme.example";
const sink = 'secretSink: "vault:kv/sso/{tenant}#client_secret"';

/** By their names: when, and what the file says. */
const written: Readonly<Record<string, readonly [when: string, yaml: string]>> = {
  sql: ["", `kind: sql, ${base}, callback: "/callback/{id}", database: "env:URL", sealing: { keys: ["env:KEY"] }`],
  auth0: ["", "kind: auth0, identityProvider: customers"],
  "kong-api": [
    "by the Admin API",
    `kind: kong, ${base}, callback: /callback, adminApi: { url: "https://kong.acme.example" }`,
  ],
  "kong-deck": [
    "by a decK file",
    `kind: kong, ${base}, callback: /callback, deck: { file: kong.yaml, selectTags: [tenantry] }, secretReference: { deckEnvironment: "DECK_SSO_{tenant}" }`,
  ],
  "kong-vault": [
    "with `secretSink`",
    `kind: kong, ${base}, callback: /callback, adminApi: { url: "https://kong.acme.example" }, ${sink}, secretReference: { vault: "hcv/sso/{tenant}/client_secret" }`,
  ],
  "workos-api": ["by the API", `kind: workos, ${base}, apiKey: "env:KEY", connections: api`],
  "workos-callback": [
    "with `callback`",
    `kind: workos, ${base}, apiKey: "env:KEY", connections: api, callback: /callback`,
  ],
  "workos-hand": ["by hand", `kind: workos, ${base}, apiKey: "env:KEY", connections: handOff`],
  "mendix-environment": [
    "in a file of the environment",
    `kind: mendix, ${base}, carrier: { environment: { file: .env.mendix, plainSecrets: true } }`,
  ],
  "mendix-kubernetes": [
    "on Kubernetes with `secretSink`",
    `kind: mendix, ${base}, carrier: { kubernetes: { file: mendix.yaml } }, ${sink}`,
  ],
  "mendix-deploy": [
    "by the Deploy API",
    `kind: mendix, ${base}, carrier: { deployApi: { appId: service, environment: Production, username: ops@acme.example, apiKey: "env:KEY" } }`,
  ],
  http: [
    "",
    `kind: http, ${base}, callback: "/callback/{id}", receiver: https://app.acme.example/connections, auth: { hmac: { keyId: one, secret: "env:KEY" } }`,
  ],
  "file-plain": [
    "with `plainSecrets`",
    `kind: file, ${base}, callback: "/callback/{id}", path: "out/{tenant}.json", format: json, plainSecrets: true`,
  ],
  "file-sink": [
    "with `secretSink`",
    `kind: file, ${base}, callback: "/callback/{id}", path: "out/{tenant}.json", format: json, ${sink}`,
  ],
};

/** Every kind at least once, in the order of the kinds. */
export function appSamples(): readonly AppSample[] {
  const text = `version: 1
workspace: acme
environment: production
references: { tenants: ["env:TENANT_{TENANT}__*"] }
identityProviders:
  customers: { kind: auth0, domain: acme.eu.auth0.com, engine: direct, credentials: { token: "env:TOKEN" } }
apps:
${Object.entries(written)
  .map(([name, [, yaml]]) => `  ${name}: { ${yaml} }\n`)
  .join("")}store: { url: "env:STORE" }
`;
  const bytes = new TextEncoder().encode(text);
  const files = {
    read: (path: string) => (path === workspaceFile ? { bytes, size: bytes.length } : ({ reason: "ENOENT" } as const)),
    list: () => ({ reason: "ENOENT" }) as const,
  };
  const { workspace, issues } = loadWorkspace(files, "/", undefined);
  if (workspace === undefined) throw new Error(`the samples have issues:\n${issues.map(formatIssue).join("\n")}`);
  return Object.entries(written).flatMap(([name, [when]]) => {
    const app = workspace.apps.get(name);
    return app === undefined ? [] : [{ when, app }];
  });
}
