import { openRecordingWorld } from "../../apply/open.ts";
import { type ConnectionStatus, readStatus } from "../../apply/status.ts";
import type { ExitCode } from "../../errors/code.ts";
import { loadContext, type WorkspaceOptions } from "../context.ts";
import { printJson } from "../outcome.ts";
import { type Run, recordingOptions } from "../run.ts";
import { colourStatus, nextStep, proofWord, shortTime, summaryOf } from "../status-text.ts";
import { table, wrap } from "../table.ts";

export interface StatusOptions extends WorkspaceOptions {
  readonly locks?: boolean | undefined;
}

/** So many next steps are spelled out. */
const longest = 20;

/**
 * One line per connection: where people sign in, what the file says, what the app has, when it was proven; then what
 * somebody has to do. Asks no identity provider.
 */
export async function status(run: Run, options: StatusOptions): Promise<ExitCode> {
  const { terminal } = run;
  const { paint } = terminal;
  const context = loadContext(run.surroundings, options, run.now());
  const world = await openRecordingWorld(
    recordingOptions(run, context, { connections: context.connections, access: "read", whole: false }),
  );
  try {
    const rows = await readStatus(world, context.connections);
    const locks = await world.store.locks();
    if (options.json === true) {
      printJson(terminal, "status", { environment: context.workspace.environment, connections: rows, locks });
      return 0;
    }
    const [head = "", ...lines] = table([
      ["connection", "signs in at", "file", "record", "proof", "proven (UTC)"],
      ...rows.map(columns),
    ]);
    terminal.out(`${paint.dim(head)}\n${lines.map((line) => colourStatus(line, paint)).join("\n")}\n`);
    terminal.out(`\n${summaryOf(rows)}\n`);
    const steps = rows.flatMap((row) => {
      const step = nextStep(row);
      return step === undefined ? [] : [{ key: row.key, step }];
    });
    for (const { key, step } of steps.slice(0, longest)) {
      terminal.out(`  ${paint.bold(key)}\n    ${wrap(step, 74).join("\n    ")}\n`);
    }
    if (steps.length > longest) terminal.out(`  and ${steps.length - longest} more; --json has all\n`);
    if (options.locks === true) {
      terminal.out(locks.length === 0 ? "\nno locks are held\n" : "\n");
      for (const { address, holder, acquiredAt } of locks) {
        terminal.out(`${address}  ${holder.name} on ${holder.host} (pid ${holder.pid}) since ${acquiredAt}\n`);
      }
    }
    return 0;
  } finally {
    await world.close();
  }
}

function columns(row: ConnectionStatus): readonly string[] {
  const at = row.proof === null ? "never" : shortTime(row.proof.at);
  return [row.key, row.idp, row.status, row.record ?? "none", proofWord(row), at];
}
