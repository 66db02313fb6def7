import { openRecordingWorld } from "../../apply/open.ts";
import { type ConnectionStatus, readStatus } from "../../apply/status.ts";
import type { ExitCode } from "../../errors/code.ts";
import { loadContext, type WorkspaceOptions } from "../context.ts";
import { printJson } from "../outcome.ts";
import { type Run, recordingOptions } from "../run.ts";
import { table } from "../table.ts";

export interface StatusOptions extends WorkspaceOptions {
  readonly locks?: boolean | undefined;
}

/** One line per connection: what the file says, what the app has, when it was proven. Asks no identity provider. */
export async function status(run: Run, options: StatusOptions): Promise<ExitCode> {
  const { terminal } = run;
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
    const lines = table([
      ["connection", "file", "record", "proof", "proven at"],
      ...rows.map((row) => [row.key, row.status, row.record ?? "none", proofWord(row), row.proof?.at ?? "never"]),
    ]);
    const [head = "", ...rest] = lines;
    terminal.out(`${terminal.paint.dim(head)}\n${rest.join("\n")}\n`);
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

function proofWord(row: ConnectionStatus): string {
  if (row.proof === null) return "none";
  return row.proof.current ? row.proof.verdict : `${row.proof.verdict} (of older values)`;
}
