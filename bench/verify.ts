// How long it takes to prove a fleet: 1,000 connections over 50 issuers, and 1,000 of one issuer, every link of each, by
// the real command in a process of its own, against oidc-providers in another. Beside it, in the same run, what people
// have in its place: openid-client's discovery. `node bench/verify.ts [--count 1000] [--issuers 50,1] [--rounds 3]
// [--latency 10] [--profile FOLDER]`.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Measured, machineLines, measuredCall, spread } from "./measured-call.ts";
import { writeOwnIssuers } from "./verify-tenants.ts";

interface Counted {
  readonly requests: number;
  readonly highest: number;
  readonly paths: Readonly<Record<string, number>>;
}

const { values: flags } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    issuers: { type: "string", default: "50,1" },
    latency: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    profile: { type: "string" },
  },
});
const count = Number(flags.count);
const rounds = Number(flags.rounds);
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

console.log(`${machineLines()}, ${rounds} runs each: median (best); each answer takes ${flags.latency} ms longer\n`);
const head = ["what", "s", "CPU s", "MB", "requests", "per conn.", "per host"];
console.log(line(head));
for (const issuers of flags.issuers.split(",").map(Number)) await contest(issuers);
console.log(
  `\nload of the machine at the end: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}`,
);

async function contest(issuers: number): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "tenantry-verify-"));
  const providers = fork(here("./verify-issuers.ts"), [root, String(issuers), String(count), flags.latency]);
  try {
    const [{ port }] = (await once(providers, "message")) as [{ port: number }];
    writeOwnIssuers(root, { count, issuers, port });
    const workspace = ["--workspace", root, "--env", "sandbox"];
    await measuredCall(["migrate", "--yes", ...workspace], root);
    const applied = await measuredCall(["apply", "--yes", ...workspace], root);
    report(`apply --yes (first, no latency), ${issuers} issuers`, [applied], await counted(providers));
    providers.send("slow");
    const every = ["verify", "--wrong-secret-control", ...workspace];
    await repeat(`verify, ${count} connections, ${issuers} issuers`, providers, () =>
      measuredCall(every, root, { profile: flags.profile }),
    );
    const discovery = [String(port), join(root, "ca.pem"), String(count), String(issuers)];
    await repeat(`openid-client's discovery, ${issuers} issuers`, providers, () =>
      measuredCall(discovery, root, { entry: here("./verify-discovery.ts") }),
    );
  } finally {
    providers.send("close");
    await once(providers, "exit");
    rmSync(root, { recursive: true, force: true });
  }
}

async function repeat(what: string, providers: ChildProcess, call: () => Promise<Measured>): Promise<void> {
  const all: Measured[] = [];
  let last: Counted | undefined;
  for (let round = 0; round < rounds; round += 1) {
    all.push(await call());
    const counts = await counted(providers);
    last = last === undefined || counts.highest > last.highest ? counts : last;
  }
  if (last !== undefined) report(what, all, last);
}

async function counted(providers: ChildProcess): Promise<Counted> {
  providers.send("count");
  const [counts] = (await once(providers, "message")) as [Counted];
  return counts;
}

function report(what: string, all: readonly Measured[], { requests, highest, paths }: Counted): void {
  const of = (name: "seconds" | "cpuSeconds" | "megabytes", digits: number): string =>
    spread(
      all.map((one) => one[name]),
      digits,
    );
  const perConnection = (requests / count).toFixed(2);
  console.log(
    line(
      [what, of("seconds", 1), of("cpuSeconds", 1), of("megabytes", 0), requests, perConnection, highest].map(String),
    ),
  );
  const asked = Object.entries(paths).map(([path, times]) => `${path} ${times}`);
  console.log(`    ${asked.join(", ")}`);
}

function line([what = "", ...cells]: readonly string[]): string {
  return what.padEnd(46) + cells.map((cell) => cell.padStart(14)).join("");
}
