import { resolve } from "node:path";
import type { Workspace } from "../workspace/workspace.ts";

// What of this process's environment a program of the user's gets to see. It needs the credentials of its backend, of
// its plugins' registries and of proxies, and gets none of the workspace's secrets but those that the engine gives it.

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Never passed on: what would have the provider talk to another org or as somebody else, what has the tool write
 * requests with their secrets into a log, and what changes which state it works on or with which flags.
 */
const stripped: readonly RegExp[] = [
  /^(OKTA|AUTH0)_/,
  /^TENANTRY_/,
  /^TF_LOG/,
  /^TF_CLI_ARGS/,
  /^TF_VAR_/,
  /^TF_(WORKSPACE|DATA_DIR|INPUT|IN_AUTOMATION|CLOUD_\w+)$/,
  /^PULUMI_(DEBUG|ENABLE_TRACE|TRACING|CONFIG|STACK|BACKEND_URL|OPTION)/,
];

/** Credentials of the places where state is kept. They pass even when a reference of tenantry.yaml names them too. */
const ofBackends =
  /^(AWS|ARM|AZURE|GOOGLE|CLOUDSDK|PG|TF_HTTP|TF_TOKEN)_|^PG[A-Z]+$|^(TF_ENCRYPTION|PULUMI_ACCESS_TOKEN)$/;

/** Other ways to name a proxy or certificates, which would take the sandbox's place. */
const ofConnections = /^((https?|all|no)_proxy|SSL_CERT_(FILE|DIR))$/i;

/**
 * The environment of a program that an engine runs: this process's, without the workspace's secrets, and with what the
 * engine sets (`extras`, which wins). With `connect` every https connection of the program goes to the sandbox, which
 * is a CONNECT proxy, and only its authority is trusted; programs written in Go obey both variables.
 */
export function toolEnvironment(
  environment: Environment,
  workspace: Workspace,
  extras: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const secret = secretNames(workspace);
  const { connect } = workspace;
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    if (stripped.some((pattern) => pattern.test(name))) continue;
    if (secret(name) && !ofBackends.test(name)) continue;
    if (connect !== undefined && ofConnections.test(name)) continue;
    kept[name] = value;
  }
  if (connect !== undefined) {
    kept.HTTPS_PROXY = `http://${connect.host.includes(":") ? `[${connect.host}]` : connect.host}:${connect.port}`;
    if (connect.ca.scheme === "file") kept.SSL_CERT_FILE = resolve(workspace.root, connect.ca.path);
  }
  return { ...kept, ...extras };
}

/** Whether a variable may hold a secret of the workspace: a reference of tenantry.yaml names it, or a tenant's may. */
function secretNames(workspace: Workspace): (name: string) => boolean {
  const names = new Set(environmentNames(workspace));
  const patterns = workspace.references.tenants
    .filter((pattern) => pattern.startsWith("env:"))
    .map((pattern) => patternOf(pattern.slice("env:".length)));
  return (name) => names.has(name) || patterns.some((pattern) => pattern.test(name));
}

/** `TENANT_{TENANT}__*` as a pattern that fits it for every tenant. */
function patternOf(written: string): RegExp {
  const pieces = written.split(/(\{tenant\}|\{TENANT\}|\*)/).map((piece) => {
    if (piece === "{tenant}") return "[a-z0-9-]+";
    if (piece === "{TENANT}") return "[A-Z0-9_]+";
    return piece === "*" ? ".*" : piece.replace(/[^A-Za-z0-9_]/g, "\\$&");
  });
  return new RegExp(`^${pieces.join("")}$`);
}

/** Names of variables in references, wherever in the settings they stand. */
function environmentNames(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  if (value instanceof Map) return [...value.values()].flatMap(environmentNames);
  if ("scheme" in value && value.scheme === "env" && "name" in value) return [String(value.name)];
  return Object.values(value).flatMap(environmentNames);
}
