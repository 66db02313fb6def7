import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { TenantryError } from "../errors/failure.ts";

// Runs a program of the user's that must be able to end its work: Terraform, OpenTofu.
//
// A terminal's Ctrl-C goes to every process of the terminal's group. Terraform stops gracefully at the first SIGINT and
// drops everything at the second, its state included. So the program is put into a session of its own, and gets one
// SIGINT, from us.
//
// Being apart from the terminal it would go on when this process is killed, and worse: at the first line written into
// the closed pipe a Go program dies of SIGPIPE, in the middle of an apply, before it has written its state. So its
// output goes into files without a name, read while it grows, and a watcher (a shell, at the other end of a pipe from
// us) sends the program one SIGINT when the pipe closes without a word. The program then stops as after Ctrl-C: it ends
// what it has begun, writes its state and gives back its lock.

/** Waits in the background for a word on descriptor 3; the program takes the shell's place and process id. */
const wrapper =
  'umask 077; pid=$$; ( ( read -r _ <&3 || kill -s INT "$pid" ) </dev/null >/dev/null 2>&1 & ); exec 3<&-; exec "$@"';

const minutes = 60_000;

/** Between two looks at the output; nothing else waits for it. */
const lookEvery = 100;

/** What of stdout and stderr is kept of a run whose lines are streamed, and of stderr always. */
const tailKept = 64 * 1024;

export interface ToolRun {
  /** Absolute path of the program. */
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of it: nothing of this process's own environment is added. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where its output is kept while it runs, in files without a name. */
  readonly scratch: string;
  /** Milliseconds that it may take before it is told to stop. */
  readonly limit: number;
  /** Milliseconds that it may take to stop once it was told; then it is killed. 10 minutes by default. */
  readonly grace?: number | undefined;
  /** Somebody has asked the run to stop: the program is told once, and waited for. */
  readonly interrupted?: AbortSignal | undefined;
  /** Each line of stdout as it comes. Of stdout only the end is kept then. */
  readonly line?: ((line: string) => void) | undefined;
  /** Bytes that it may print; one that prints more is told to stop. 256 MiB by default. */
  readonly longest?: number | undefined;
}

/** Why a program was told to stop. */
export type Stopped = "interrupted" | "timed out" | "printed too much";

export interface ToolAnswer {
  /** Undefined when a signal ended it. */
  readonly exit: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** As it was printed; may hold secrets. The end of it when lines were streamed. */
  readonly out: string;
  /** The end of stderr; may hold secrets. */
  readonly err: string;
  /** Why it was told to stop; undefined when it was not. */
  readonly stopped: Stopped | undefined;
}

/**
 * Runs a program and waits for its end, however long it takes to stop once it was told to.
 *
 * @throws TenantryError ENGINE_INTERRUPTED when the stop was asked for before it started; ENGINE_TOOL_MISSING when it
 *   cannot be started
 */
export async function runTool(run: ToolRun): Promise<ToolAnswer> {
  if (run.interrupted?.aborted === true) {
    throw new TenantryError("ENGINE_INTERRUPTED", `the run was asked to stop, and ${run.path} was not started`);
  }
  const out = openOutput(run.scratch, run.line === undefined ? Number.POSITIVE_INFINITY : tailKept, run.line);
  const err = openOutput(run.scratch, tailKept);
  try {
    return await watch(run, out, err);
  } finally {
    out.close();
    err.close();
  }
}

async function watch(run: ToolRun, out: Output, err: Output): Promise<ToolAnswer> {
  const child = spawn("/bin/sh", ["-c", wrapper, "sh", run.path, ...run.args], {
    cwd: run.cwd,
    env: { ...run.environment },
    detached: true,
    stdio: ["ignore", out.descriptor, err.descriptor, "pipe"],
  });
  const life = child.stdio[3] as NodeJS.WritableStream | null;
  // The watcher may be gone before it is told; then there is nobody left to tell.
  life?.on("error", () => undefined);
  const longest = run.longest ?? 256 * 1024 * 1024;
  let stopped: Stopped | undefined;
  let kill: NodeJS.Timeout | undefined;
  const stop = (why: Stopped): void => {
    if (stopped !== undefined) return;
    stopped = why;
    child.kill("SIGINT");
    kill = setTimeout(() => killAll(child), run.grace ?? 10 * minutes);
  };
  const interrupt = (): void => stop("interrupted");
  const limit = setTimeout(() => stop("timed out"), run.limit);
  const look = setInterval(() => {
    out.read(longest);
    if (out.size() + err.size() > longest) stop("printed too much");
  }, lookEvery);
  run.interrupted?.addEventListener("abort", interrupt, { once: true });
  try {
    const end = await new Promise<Pick<ToolAnswer, "exit" | "signal">>((resolve, reject) => {
      child.once("error", (cause) =>
        reject(new TenantryError("ENGINE_TOOL_MISSING", `${run.path} could not be started`, { cause })),
      );
      child.once("exit", (code, signal) => resolve({ exit: code ?? undefined, signal: signal ?? undefined }));
    });
    return { ...end, out: out.rest(longest), err: err.rest(longest), stopped };
  } finally {
    clearTimeout(limit);
    clearTimeout(kill);
    clearInterval(look);
    run.interrupted?.removeEventListener("abort", interrupt);
    life?.end("ended\n");
  }
}

/** The program and all that it has started: its session is its own. */
function killAll(child: ChildProcess): void {
  spawn("/bin/sh", ["-c", 'kill -s KILL -- "-$1"', "sh", String(child.pid)], { stdio: "ignore" }).once("error", () =>
    child.kill("SIGKILL"),
  );
}

interface Output {
  /** For the program to write to. */
  readonly descriptor: number;
  /** Bytes written so far. */
  size(): number;
  /** Reads what is new, up to so many bytes in all, and gives its whole lines to whoever wants them. */
  read(longest: number): void;
  /** Reads to the end, or up to so many bytes in all; what of it is kept. */
  rest(longest: number): string;
  close(): void;
}

/** A file without a name: it is gone when nobody has it open any more, however this process ends. */
function openOutput(folder: string, kept: number, line?: (line: string) => void): Output {
  const path = join(folder, `.output-${randomUUID()}`);
  const descriptor = openSync(path, "ax+", 0o600);
  unlinkSync(path);
  const decoder = new StringDecoder("utf8");
  const chunk = Buffer.alloc(64 * 1024);
  let at = 0;
  let begun = "";
  let pieces: string[] = [];
  let held = 0;
  const take = (text: string): void => {
    pieces.push(text);
    held += text.length;
    if (held > 2 * kept) {
      pieces = [pieces.join("").slice(-kept)];
      held = kept;
    }
    if (line === undefined) return;
    const lines = (begun + text).split("\n");
    begun = lines.pop() ?? "";
    for (const whole of lines) line(whole);
  };
  const read = (longest: number): void => {
    while (at < longest) {
      const count = readSync(descriptor, chunk, 0, chunk.length, at);
      if (count === 0) return;
      at += count;
      take(decoder.write(chunk.subarray(0, count)));
    }
  };
  return {
    descriptor,
    size: () => fstatSync(descriptor).size,
    read,
    rest(longest) {
      read(longest);
      if (begun !== "") line?.(begun);
      begun = "";
      const text = pieces.join("") + decoder.end();
      return kept === Number.POSITIVE_INFINITY ? text : text.slice(-kept);
    },
    close: () => closeSync(descriptor),
  };
}
