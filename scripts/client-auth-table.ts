// The table of client authentication in docs/sources.md: what each app and each source can do together.
import { agreedClientAuth, clientAuthByStrength, type Source, takesKey } from "../src/desired/capability.ts";
import type { App } from "../src/workspace/app.ts";
import type { PublicKey } from "../src/workspace/workspace.ts";
import { appSamples } from "./app-samples.ts";

const begin = "<!-- client authentication: written by `npm run generate` -->";
const end = "<!-- /client authentication -->";

const sources: readonly (readonly [name: string, source: Source])[] = [
  ["okta", { kind: "okta" } as Source],
  ["auth0", { kind: "auth0" } as Source],
  ["external", { kind: "external" }],
];

const keys: readonly (readonly [name: string, key: PublicKey])[] = [
  ["RSA", { kty: "RSA", kid: "portal-key-1", alg: "RS256" }],
  ["EC", { kty: "EC", kid: "portal-key-1", alg: "ES256", crv: "P-256" }],
];

/** `docs/sources.md` with its table as the code has it now; the rest of the page stays as it is. */
export function withClientAuthTable(page: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the page does not hold ${begin} … ${end}`);
  return `${before}${begin}\n\n${table()}\n\n${end}${after}`;
}

function table(): string {
  const byKind = new Map<string, App>();
  for (const { app } of appSamples()) if (!byKind.has(app.kind)) byKind.set(app.kind, app);
  const rows = [...byKind].map(
    ([kind, app]) => `| \`${kind}\` | ${sources.map(([, one]) => cell(one, app)).join(" | ")} |`,
  );
  const head = `| App | ${sources.map(([name]) => `\`${name}\``).join(" | ")} |`;
  return [head, `| --- | ${sources.map(() => "---").join(" | ")} |`, ...rows].join("\n");
}

/** What the two share, the strongest first. */
function cell(source: Source, app: App): string {
  const shared = clientAuthByStrength.filter((method) => agreedClientAuth(method, source, app) !== undefined);
  return shared.map((method) => `\`${method}\`${method === "private_key_jwt" ? keysTaken(source) : ""}`).join(", ");
}

function keysTaken(source: Source): string {
  const taken = keys.filter(([, key]) => takesKey(source, key)).map(([name]) => name);
  return taken.length === keys.length ? "" : ` (${taken.join(", ")} keys)`;
}
