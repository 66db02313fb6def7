// What an engine costs: the same tenants by `direct`, by Terraform or OpenTofu at Okta, and by Pulumi at Auth0, each in a
// sandbox of its own, side by side in one run. `node bench/engines.ts [--tenants 100] [--fleet 1000] [--rounds 3]
// [--engines direct,terraform,pulumi] [--seed 1]`. Engines whose program, provider or plugin is not there are said and
// left out; they are looked for as Tenantry does, by PATH, TF_CLI_CONFIG_FILE and PULUMI_HOME of this process.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { slugOf } from "../src/cli/fleet-tenants.ts";
import { writeFleet } from "./fleet-files.ts";
import { seedFleet, startFleetSandbox } from "./fleet-world.ts";
import { type Measured, machineLines, measuredCall, spread } from "./measured-call.ts";

const { values: flags } = parseArgs({
  options: {
    tenants: { type: "string", default: "100" },
    fleet: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    engines: { type: "string", default: "direct,terraform,pulumi" },
    seed: { type: "string", default: "1" },
  },
});
const rounds = Number(flags.rounds);
const seed = Number(flags.seed);

/** Each identity provider with what may carry it. */
const contests = [
  { kinds: "okta", engines: ["direct", "terraform"] },
  { kinds: "auth0", engines: ["direct", "pulumi"] },
] as const;

/** What the programs need of this process's environment; nothing secret of the workspace is in it. */
const environment: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  ["PATH", "HOME", "TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "PULUMI_HOME"].map((name) => [name, process.env[name]]),
);

console.log(`${machineLines()}, ${rounds} runs each: median (best); seed ${seed}\n`);
console.log(`${"engine and command".padEnd(52)}${"s".padStart(16)}${"MB".padStart(12)}${"requests".padStart(10)}`);
for (const { kinds, engines } of contests) {
  for (const engine of engines) {
    if (!flags.engines.split(",").includes(engine)) continue;
    await contest(kinds, engine).catch((error: unknown) => {
      console.log(`${engine} at ${kinds}: ${error instanceof Error ? error.message.trim() : error}`);
    });
  }
}
const loads = loadavg().map((load) => load.toFixed(1));
console.log(`\nload of the machine at the end: ${loads.join(" ")}`);

async function contest(kinds: "okta" | "auth0", engine: string): Promise<void> {
  const count = Number(flags.tenants);
  await inWorld(kinds, count, async ({ call, change, requests }) => {
    const adopting = engine === "direct" ? [] : ["--adopt-into", engine];
    await call(["apply", "--yes", ...adopting]);
    const own = ["--engine", engine];
    await repeat(`${engine}: plan, nothing to do, ${count} tenants`, requests, () => call(["plan", ...own]));
    await repeat(`${engine}: plan --deep, nothing to do, ${count} tenants`, requests, () =>
      call(["plan", "--deep", ...own]),
    );
    await repeat(`${engine}: apply --only, one changed of ${count}`, requests, (round) => {
      const slug = change(round);
      return call(["apply", "--yes", "--only", slug, ...own]);
    });
  });
  const fleet = Number(flags.fleet);
  if (fleet === 0) return;
  await inWorld(kinds, fleet, async ({ call, change, requests }) => {
    const one = change(0, false);
    if (engine !== "direct") await call(["apply", "--yes", "--only", one, "--adopt-into", engine]);
    change(0);
    await repeat(`${engine}: plan --only, one changed of ${fleet}`, requests, () =>
      call(["plan", "--only", one, "--engine", engine]),
    );
  });
}

interface Arena {
  readonly call: (args: readonly string[]) => Promise<Measured>;
  /** Changes what the tenant at this place of the fleet signs in with, unless told not to, and gives its name. */
  readonly change: (place: number, write?: boolean) => string;
  readonly requests: () => number;
}

/** A fleet that is rolled out by `direct`. */
async function inWorld(kinds: "okta" | "auth0", count: number, work: (arena: Arena) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "tenantry-engines-"));
  const sandbox = await startFleetSandbox(root);
  try {
    writeFleet(root, { count, kinds, seed, port: sandbox.port });
    await seedFleet(root);
    const here = ["--workspace", root, "--env", "sandbox"];
    await work({
      call: (args) => measuredCall([...args, ...here], root, { environment }),
      change(place, write = true) {
        const slug = slugOf(place);
        const file = join(root, "tenants", `${slug}.yaml`);
        const text = readFileSync(file, "utf8");
        // Refresh tokens: the client's grants change, and nothing that a guard stops.
        if (write) writeFileSync(file, text.replace(/^( +scopes: )\[.*\]$/m, "$1[openid, email, offline_access]"));
        return slug;
      },
      requests: () => sandbox.okta.requests.total,
    });
  } finally {
    await sandbox.close();
    rmSync(root, { recursive: true, force: true });
  }
}

async function repeat(what: string, requests: () => number, run: (round: number) => Promise<Measured>): Promise<void> {
  const all: Measured[] = [];
  let made = 0;
  for (let round = 0; round < rounds; round += 1) {
    const before = requests();
    all.push(await run(round));
    made = requests() - before;
  }
  const seconds = spread(
    all.map((one) => one.seconds),
    2,
  );
  const megabytes = spread(
    all.map((one) => one.megabytes),
    0,
  );
  console.log(`${what.padEnd(52)}${seconds.padStart(16)}${megabytes.padStart(12)}${String(made).padStart(10)}`);
}
