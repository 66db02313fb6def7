// How long the example takes: the program's start, and each command against a sandbox in a process of its own.
// Prints machine, versions, medians, peak memory and the requests that each command made. `npm run bench`.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { machineLines } from "./measured-call.ts";

const rounds = Number(process.argv[2] ?? 7);
const repository = fileURLToPath(new URL("../", import.meta.url));
const entry = join(repository, "bin", "tenantry.js");
const meter = `data:text/javascript,process.on("exit",()=>process.stderr.write("\\nPEAK "+process.resourceUsage().maxRSS+"\\n"))`;

interface Row {
  readonly command: string;
  readonly milliseconds: number;
  readonly megabytes: number;
  readonly requests: number | null;
}

const rows: Row[] = [];
const folder = mkdtempSync(join(tmpdir(), "tenantry-bench-"));
try {
  for (const command of ["--version", "--help", "validate"]) rows.push(measure(command, repository));
  console.log(`${machineLines()}, median of ${rounds} runs each\n`);
  await measureChain();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${"command".padEnd(26)}${"ms".padStart(7)}${"MB".padStart(7)}${"requests".padStart(10)}`);
for (const { command, milliseconds, megabytes, requests } of rows) {
  const counted = requests === null ? "-" : String(requests);
  console.log(
    `${command.padEnd(26)}${String(milliseconds).padStart(7)}${String(megabytes).padStart(7)}${counted.padStart(10)}`,
  );
}

/** One world per round: a first apply cannot be repeated in the same one. The sandbox's own process is not measured. */
async function measureChain(): Promise<void> {
  const commands = ["plan", "apply --yes", "plan --exit-code", "verify", "status"];
  const seen = new Map<string, Row[]>(commands.map((command) => [command, []]));
  for (let round = 0; round < rounds; round += 1) {
    const root = join(folder, String(round));
    cpSync(join(repository, "tenants"), join(root, "tenants"), { recursive: true });
    const world = startSandboxProcess(root);
    try {
      world.run("migrate --yes");
      for (const command of commands) seen.get(command)?.push(await world.measured(command));
    } finally {
      world.stop();
    }
  }
  for (const [command, all] of seen) rows.push(medianOf(command, all));
}

function startSandboxProcess(root: string) {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const text = readFileSync(join(repository, "tenantry.yaml"), "utf8");
  writeFileSync(join(root, "tenantry.yaml"), text.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`));
  const run = (command: string) => call([...command.split(" "), "--workspace", root, "--env", "sandbox"], root);
  call(["sandbox", "--background", "--workspace", root], root);
  const ready = JSON.parse(readFileSync(join(root, ".tenantry/sandbox/ready.json"), "utf8"));
  return {
    run,
    async measured(command: string): Promise<Row> {
      const before = await total(ready);
      const result = run(command);
      return { ...result, command, requests: (await total(ready)) - before - 1 };
    },
    stop: () => void call(["sandbox", "stop", "--workspace", root], root),
  };
}

/** How many requests the sandbox has seen, by its own count. */
async function total(ready: { port: number; ca: string }): Promise<number> {
  const { Agent, fetch } = await import("undici");
  const dispatcher = new Agent({ connect: { ca: readFileSync(ready.ca, "utf8"), servername: "localhost" } });
  try {
    const reply = await fetch(`https://localhost:${ready.port}/`, { dispatcher });
    return ((await reply.json()) as { requests: number }).requests;
  } finally {
    await dispatcher.close();
  }
}

function measure(command: string, cwd: string): Row {
  return medianOf(
    command,
    Array.from({ length: rounds }, () => ({ ...call(command.split(" "), cwd), command, requests: null })),
  );
}

function call(args: readonly string[], cwd: string): { readonly milliseconds: number; readonly megabytes: number } {
  const begun = performance.now();
  const result = spawnSync(process.execPath, ["--import", meter, entry, ...args], { cwd, encoding: "utf8", env: {} });
  const milliseconds = Math.round(performance.now() - begun);
  if (result.status !== 0) throw new Error(`${args.join(" ")} left with ${result.status}: ${result.stderr}`);
  const peak = /PEAK (\d+)/.exec(result.stderr)?.[1];
  return { milliseconds, megabytes: Math.round(Number(peak ?? 0) / 1024) };
}

function medianOf(command: string, all: readonly Row[]): Row {
  const middle = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const requests = all.map((row) => row.requests).filter((value) => value !== null);
  return {
    command,
    milliseconds: middle(all.map((row) => row.milliseconds)),
    megabytes: middle(all.map((row) => row.megabytes)),
    requests: requests.length === 0 ? null : middle(requests),
  };
}
