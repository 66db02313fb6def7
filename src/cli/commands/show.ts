import { openRecordingWorld } from "../../apply/open.ts";
import { selectConnections } from "../../apply/select.ts";
import { readStatus } from "../../apply/status.ts";
import type { ExitCode } from "../../errors/code.ts";
import { loadContext, type WorkspaceOptions } from "../context.ts";
import { printJson } from "../outcome.ts";
import { notCovered, proofDetails } from "../proof-text.ts";
import { type Run, recordingOptions } from "../run.ts";

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
    if (options.json === true) {
      printJson(terminal, "show", {
        environment: context.workspace.environment,
        tenant: tenant === undefined ? null : plainTenant(tenant),
        connections: rows.map((row, index) => ({
          ...row,
          desired: { registration: connections[index]?.registration, record: connections[index]?.record },
          evidence: evidence.get(row.key) ?? null,
        })),
      });
      return 0;
    }
    if (tenant !== undefined) {
      terminal.out(`${paint.bold(tenant.name)} (${tenant.tenant}), ${tenant.status}\n`);
      terminal.out(`  public id  ${tenant.id}\n  domains    ${tenant.domains.join(", ")}\n`);
    }
    for (const [index, row] of rows.entries()) {
      const connection = connections[index];
      const proof = evidence.get(row.key);
      terminal.out(`\n${paint.bold(row.key)}  record ${row.record ?? "none"}\n`);
      const facts: readonly (readonly [string, string])[] = [
        ["callback", row.redirectUri],
        ["issuer", row.issuer],
        ["client id", row.clientId],
        ["object id", row.registrationId ?? "not seen yet"],
        ["client auth", connection?.record.clientAuth ?? ""],
        ["scopes", connection?.record.scopes.join(" ") ?? ""],
        ["spec digest", connection?.specDigest ?? ""],
      ];
      for (const [label, value] of facts) terminal.out(`  ${label.padEnd(11)}  ${value}\n`);
      if (proof === undefined) {
        terminal.out("  proof        none yet\n");
        continue;
      }
      terminal.out(`  proof        ${proof.verdict} at ${proof.at}, from ${proof.ranFrom}\n`);
      terminal.out(`${proofDetails(proof, paint, true)}\n`);
    }
    terminal.out(`\n${paint.dim(notCovered)}\n`);
    return 0;
  } finally {
    await world.close();
  }
}

function plainTenant(tenant: { readonly tenant: string; readonly id: string; readonly name: string }): unknown {
  const { tenant: slug, id, name } = tenant;
  return { tenant: slug, id, name };
}
