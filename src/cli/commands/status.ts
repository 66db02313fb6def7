import { openRecordingWorld, openWorkspaceStore } from "../../apply/open.ts";
import { rebuildStore } from "../../apply/rebuild.ts";
import { type ConnectionStatus, readStatus } from "../../apply/status.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { wrap } from "../../plan/wrap.ts";
import { loadWorkspace } from "../../workspace/load.ts";
import { type Context, findRoot, loadContext, type WorkspaceOptions } from "../context.ts";
import { withEngine } from "../engine-choice.ts";
import { nodeFiles } from "../node-files.ts";
import { printJson } from "../outcome.ts";
import { type Run, recordingOptions } from "../run.ts";
import {
  colourStatus,
  locksText,
  nextStep,
  proofWord,
  rebuiltNotes,
  rebuiltRow,
  recordWord,
  shortTime,
  summaryOf,
} from "../status-text.ts";
import { table } from "../table.ts";

export interface StatusOptions extends WorkspaceOptions {
  /** Only the locks: they are in the store, so nothing else is read. */
  readonly locks?: boolean | undefined;
  /** Fill the store from what carries our markers first. */
  readonly rebuild?: boolean | undefined;
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
  if (options.locks === true && options.rebuild === true) {
    throw new TenantryError("CLI_USAGE", "--locks and --rebuild cannot stand together");
  }
  if (options.locks === true) return showLocks(run, options);
  const context = loadContext(run.surroundings, options, run.now());
  if (options.rebuild === true) return rebuild(run, context, options);
  const world = await openRecordingWorld(
    recordingOptions(run, context, { connections: context.connections, access: "read", whole: false }),
  );
  try {
    const rows = await readStatus(world, context.connections);
    const locks = await world.store.locks(world.holder.host);
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
    return 0;
  } finally {
    await world.close();
  }
}

/** Reads `tenantry.yaml` and the store, and no tenant: whoever needs this may be mending a file. */
async function showLocks(run: Run, options: StatusOptions): Promise<ExitCode> {
  const root = findRoot(run.surroundings, options.workspace);
  const loaded = loadWorkspace(nodeFiles(root), root, options.env);
  if (loaded.workspace === undefined) {
    throw new TenantryError("CLI_FILES_INVALID", "the files have issues", { issues: loaded.issues });
  }
  const context: Context = { ...loaded, tenants: [], connections: [] };
  const recording = recordingOptions(run, context, { connections: [], access: "read", whole: false });
  const store = await openWorkspaceStore(recording);
  try {
    const locks = await store.locks(recording.host);
    if (options.json === true) {
      printJson(run.terminal, "status", { environment: context.workspace.environment, locks });
    } else run.terminal.out(locksText(locks, run.terminal.paint));
    return 0;
  } finally {
    await store.close();
  }
}

/** Looks by the vendors' APIs whatever the engines are: what is there does not stand in their states. */
async function rebuild(run: Run, loaded: Context, options: StatusOptions): Promise<ExitCode> {
  const { terminal } = run;
  const context = loaded.workspace.identityProviders.size === 0 ? loaded : withEngine(loaded, { engine: "direct" });
  const { environment } = context.workspace;
  const world = await openRecordingWorld(
    recordingOptions(run, context, { connections: context.connections, access: "read", whole: true }),
  );
  try {
    const rebuilt = await rebuildStore(world, context.connections);
    if (options.json === true) {
      printJson(terminal, "status", { environment, rebuilt });
      return 0;
    }
    const rows = table([
      ["connection", "signs in at", "record", "proof", "client"],
      ...rebuilt.connections.map((row) => rebuiltRow(row)),
    ]);
    const [head = "", ...lines] = rows;
    terminal.out(`${terminal.paint.dim(head)}\n${lines.join("\n")}\n\n`);
    for (const note of rebuiltNotes(rebuilt)) terminal.out(`${wrap(note, 78).join("\n  ")}\n`);
    return 0;
  } finally {
    await world.close();
  }
}

function columns(row: ConnectionStatus): readonly string[] {
  const at = row.proof === null ? "never" : shortTime(row.proof.at);
  return [row.key, row.idp, row.status, recordWord(row), proofWord(row), at];
}
