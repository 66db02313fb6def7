import { openRecordingWorld } from "../../apply/open.ts";
import { selectConnections } from "../../apply/select.ts";
import { type ConnectionStatus, readStatus } from "../../apply/status.ts";
import type { ExitCode } from "../../errors/code.ts";
import { wrap } from "../../plan/wrap.ts";
import { loadContext, type WorkspaceOptions } from "../context.ts";
import { domainFacts } from "../domain-text.ts";
import { notCoveredBy, notCoveredText } from "../not-covered.ts";
import { printJson } from "../outcome.ts";
import { proofDetails } from "../proof-text.ts";
import { type Run, recordingOptions } from "../run.ts";
import { clientFacts, recordFacts, tenantFacts } from "../show-text.ts";
import { nextStep, recordWord, secretWords, shortTime } from "../status-text.ts";
import { facts } from "../table.ts";

/** Everything about one tenant: what its file comes to, how each connection stands, and what was proven. */
export async function show(run: Run, name: string, options: WorkspaceOptions): Promise<ExitCode> {
  const { terminal } = run;
  const { paint } = terminal;
  const context = loadContext(run.surroundings, options, run.now());
  const connections = selectConnections(context.connections, [name]);
  const tenant = context.tenants.find((candidate) => candidate.tenant === connections[0]?.tenant);
  const world = await openRecordingWorld(recordingOptions(run, context, { connections, access: "read", whole: false }));
  try {
    const rows = await readStatus(world, connections);
    const evidence = new Map(
      await Promise.all(rows.map(async ({ key }) => [key, await world.store.latestEvidence(key)] as const)),
    );
    const proofs = [...evidence.values()].filter((proof) => proof !== undefined);
    if (options.json === true) {
      printJson(terminal, "show", {
        environment: context.workspace.environment,
        tenant: tenant === undefined ? null : { ...plainTenant(tenant) },
        connections: rows.map((row, index) => ({
          ...row,
          desired: { registration: connections[index]?.registration, record: connections[index]?.record },
          evidence: evidence.get(row.key) ?? null,
        })),
        notCovered: notCoveredBy(proofs).join(" "),
      });
      return 0;
    }
    if (tenant !== undefined) {
      terminal.out(`${paint.bold(tenant.name)} (${tenant.tenant}), ${tenant.status}\n`);
      terminal.out(facts(tenantFacts(tenant)));
    }
    for (const [index, row] of rows.entries()) {
      const connection = connections[index];
      if (connection === undefined) continue;
      terminal.out(`\n${paint.bold(row.key)}  ${stateWord(row)}\n`);
      terminal.out(
        facts([
          ...clientFacts(connection, row),
          ...recordFacts(connection),
          ...domainFacts(row.domains, row.record === "active"),
        ]),
      );
      const step = nextStep(row);
      if (step !== undefined) terminal.out(`${paint.yellow("  next")}  ${wrap(step, 72).join("\n        ")}\n`);
      const proof = evidence.get(row.key);
      if (proof === undefined) continue;
      terminal.out(`  proof ${proof.verdict} at ${shortTime(proof.at)} UTC, from ${proof.ranFrom}\n`);
      if (row.proof !== null) terminal.out(`  secret: ${secretWords(row.proof)}\n`);
      terminal.out(`${proofDetails(proof, paint, true)}\n`);
    }
    terminal.out(`\n${notCoveredText(proofs, paint)}`);
    return 0;
  } finally {
    await world.close();
  }
}

/** What the app has, when it is not simply what the file says. */
function stateWord(row: ConnectionStatus): string {
  const { status, record } = row;
  if (status === record) return recordWord(row);
  return `${status} in the file, ${record === null ? "no record in the app" : `record ${record}`}`;
}

function plainTenant(tenant: {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly domains: readonly string[];
}): Readonly<Record<string, unknown>> {
  const { tenant: slug, id, name, status, domains } = tenant;
  return { tenant: slug, id, name, status, domains };
}
