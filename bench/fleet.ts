// How long a fleet takes: `validate` of many tenants, `plan` with nothing to do, a first `apply` with every link of
// every connection proven and a second one with nothing to do, and `plan --only` of one of many, each in a process of
// its own, with its wall time and its peak memory. `node bench/fleet.ts [--validate 1000,10000] [--plan 1000]
// [--apply 1000] [--only 10000] [--kinds mixed] [--rounds 5] [--seed 1] [--profile FOLDER]`. A zero leaves a part out.
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { FleetKinds } from "../src/cli/fleet-tenants.ts";
import { onesOf, writeFleet } from "./fleet-files.ts";
import { seedFleet, startFleetSandbox } from "./fleet-world.ts";
import { type Measured, machineLines, measuredCall, spread } from "./measured-call.ts";

const { values: flags } = parseArgs({
  options: {
    validate: { type: "string", default: "1000,10000" },
    plan: { type: "string", default: "1000" },
    apply: { type: "string", default: "1000" },
    only: { type: "string", default: "10000" },
    kinds: { type: "string", default: "mixed" },
    rounds: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    profile: { type: "string" },
  },
});
const rounds = Number(flags.rounds);
const kinds = flags.kinds as FleetKinds;
const seed = Number(flags.seed);
const counts = (text: string): readonly number[] =>
  text
    .split(",")
    .map(Number)
    .filter((count) => count > 0);

console.log(`${machineLines()}, ${rounds} runs each: median (best); seed ${seed}\n`);
console.log(
  `${"command".padEnd(44)}${"s".padStart(14)}${"CPU s".padStart(14)}${"MB".padStart(12)}${"requests".padStart(10)}`,
);

for (const count of counts(flags.validate)) {
  await inFolder(async (root) => {
    writeFleet(root, { count, kinds, seed });
    const all: Measured[] = [];
    for (let round = 0; round < rounds; round += 1) all.push(await call(["validate", "--workspace", root], root));
    report(`validate, ${count} tenants (${kinds})`, all, undefined);
  });
}

for (const count of counts(flags.plan)) {
  await inFolder(async (root) => {
    const sandbox = await startFleetSandbox(root);
    try {
      writeFleet(root, { count, kinds, seed, port: sandbox.port });
      await seedFleet(root);
      const all: Measured[] = [];
      const requests: number[] = [];
      const args = ["plan", "--exit-code", "--workspace", root, "--env", "sandbox"];
      for (let round = 0; round < rounds; round += 1) {
        const before = sandbox.okta.requests.total;
        all.push(await call(args, root));
        requests.push(sandbox.okta.requests.total - before);
      }
      report(`plan, nothing to do, ${count} tenants (${kinds})`, all, requests[0]);
      console.log(`\n${all[0]?.out.trim().replaceAll(/^/gm, "  ")}\n`);
    } finally {
      await sandbox.close();
    }
  });
}
for (const count of counts(flags.apply)) {
  const first: Measured[] = [];
  const second: Measured[] = [];
  const requests: [first: number, second: number] = [0, 0];
  for (let round = 0; round < Math.min(rounds, 3); round += 1) {
    await inFolder(async (root) => {
      const sandbox = await startFleetSandbox(root);
      try {
        writeFleet(root, { count, kinds, seed, port: sandbox.port });
        const here = ["--workspace", root, "--env", "sandbox"];
        await call(["migrate", "--yes", ...here], root);
        const begun = sandbox.okta.requests.total;
        first.push(await call(["apply", "--yes", ...here], root));
        const applied = sandbox.okta.requests.total;
        second.push(await call(["apply", "--yes", ...here], root));
        requests[0] = applied - begun;
        requests[1] = sandbox.okta.requests.total - applied;
      } finally {
        await sandbox.close();
      }
    });
  }
  report(`apply, first, ${count} tenants (${kinds})`, first, requests[0]);
  report(`apply, nothing to do, ${count} tenants`, second, requests[1]);
}
for (const count of counts(flags.only)) {
  await inFolder(async (root) => {
    const sandbox = await startFleetSandbox(root);
    try {
      writeFleet(root, { count, kinds, seed, port: sandbox.port });
      await seedFleet(root);
      for (const one of onesOf(root, count, kinds)) {
        const all: Measured[] = [];
        const requests: number[] = [];
        const args = ["plan", "--only", one.slug, "--workspace", root, "--env", "sandbox"];
        for (let round = 0; round < rounds; round += 1) {
          const before = sandbox.okta.requests.total;
          all.push(await call(args, root));
          requests.push(sandbox.okta.requests.total - before);
        }
        report(`plan --only, ${one.what}, of ${count}`, all, Math.max(...requests));
        console.log(`    ${all[0]?.out.split("\n")[0]}`);
      }
    } finally {
      await sandbox.close();
    }
  });
}
console.log(
  `load of the machine at the end: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}`,
);

async function inFolder(work: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "tenantry-fleet-"));
  try {
    await work(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function report(what: string, all: readonly Measured[], requests: number | undefined): void {
  const seconds = spread(
    all.map((one) => one.seconds),
    2,
  );
  const cpuSeconds = spread(
    all.map((one) => one.cpuSeconds),
    2,
  );
  const megabytes = spread(
    all.map((one) => one.megabytes),
    0,
  );
  console.log(
    `${what.padEnd(44)}${seconds.padStart(14)}${cpuSeconds.padStart(14)}${megabytes.padStart(12)}${String(requests ?? "-").padStart(10)}`,
  );
}

/** One command in a process of its own. The sandbox answers in this one meanwhile. */
function call(args: readonly string[], cwd: string): Promise<Measured> {
  return measuredCall(args, cwd, { profile: flags.profile });
}
