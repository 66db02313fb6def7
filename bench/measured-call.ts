import { spawn } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { version } from "../src/cli/version.ts";

const tenantry = fileURLToPath(new URL("../bin/tenantry.js", import.meta.url));
const meter = `data:text/javascript,process.on("exit",()=>{const u=process.resourceUsage();process.stderr.write("\\nUSED "+u.maxRSS+" "+(u.userCPUTime+u.systemCPUTime)+"\\n")})`;

/** One command of Tenantry in a process of its own. */
export interface Measured {
  readonly seconds: number;
  /** Of all its threads, without those of programs that it runs: on a busy machine it tells more than the clock. */
  readonly cpuSeconds: number;
  /** The process's peak, without programs that it runs. */
  readonly megabytes: number;
  readonly out: string;
}

/** How a command is called. */
export interface CallOptions {
  /** Its whole environment; empty when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where processor profiles go. */
  readonly profile?: string | undefined;
  /** A program that is measured in place of Tenantry. */
  readonly entry?: string | undefined;
}

/** Machine and versions, for the head of a table. */
export function machineLines(): string {
  const [cpu] = cpus();
  const machine = `${cpu?.model ?? "unknown CPU"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${machine}\nNode ${process.versions.node}, Tenantry ${version}`;
}

/** Calls Tenantry, or another program, in a process of its own. Rejects when it leaves with another code than 0. */
export function measuredCall(
  args: readonly string[],
  cwd: string,
  { environment = {}, profile, entry = tenantry }: CallOptions = {},
): Promise<Measured> {
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const options = { cwd, env: { ...environment } };
    const child = spawn(process.execPath, [...profiling, "--import", meter, entry, ...args], options);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.once("error", reject);
    child.once("close", (exit) => {
      const seconds = (performance.now() - begun) / 1_000;
      const talk = Buffer.concat(err).toString("utf8");
      const text = Buffer.concat(out).toString("utf8");
      if (exit !== 0) return reject(new Error(`${args[0]} left with ${exit}: ${talk}${text.slice(0, 2_000)}`));
      const [, peak, cpuTime] = /USED (\d+) (\d+)/.exec(talk) ?? [];
      resolve({ seconds, cpuSeconds: Number(cpuTime) / 1e6, megabytes: Number(peak) / 1_024, out: text });
    });
  });
}

/** The median of some numbers and, in brackets, the best. */
export function spread(values: readonly number[], digits: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `${median.toFixed(digits)} (${(sorted[0] ?? 0).toFixed(digits)})`;
}
