import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { onTestFinished } from "vitest";

/** A small file system of its own, in a mount namespace of its own: nobody else sees it, and it goes with the test. */
export interface Disk {
  /** What a program must be run under to see it; see `ChildOptions.under`. */
  readonly under: readonly string[];
  /** Runs a shell script that sees it; `$1`… are the arguments. */
  run(script: string, ...args: readonly string[]): string;
  /** Leaves so many bytes free. */
  fill(free: number): void;
  /** Takes away what filled it. */
  free(): void;
  /** Makes it read-only, or writable again. */
  readOnly(on: boolean): void;
}

// A user who is not root is root in a user namespace of its own, where the system allows that.
const own = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
const enter = process.getuid?.() === 0 ? [] : ["--user", "--preserve-credentials"];

/** Why there can be no such disk here; undefined when there can. */
export const noDisk: string | undefined = (() => {
  try {
    execFileSync("unshare", [...own, "--mount", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"], {
      stdio: "pipe",
    });
    return undefined;
  } catch {
    return "no file system can be mounted here";
  }
})();

const inFolder = 'test "$(stat -f -c %T "$0")" = tmpfs && cd "$0" && exec "$@"';

/** @param size bytes of the whole disk */
export async function openDisk(folder: string, size: number): Promise<Disk> {
  mkdirSync(folder, { recursive: true });
  const script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && echo ready && exec cat';
  const holder = spawn("unshare", [...own, "--mount", "sh", "-c", script, "sh", String(size), folder], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "exit");
  onTestFinished(async () => {
    holder.stdin.end();
    await ended;
  });
  await once(holder.stdout, "data");
  // The folder is entered inside: outside it is another one, on the disk of the machine.
  const under = ["nsenter", `--target=${holder.pid}`, ...enter, "--mount", "sh", "-c", inFolder, folder];
  const run = (text: string, ...args: readonly string[]): string => {
    const [command = "", ...rest] = [...under, "sh", "-c", text, "sh", ...args];
    return execFileSync(command, rest, { encoding: "utf8" });
  };
  return {
    under,
    run,
    fill(free) {
      const available = Number(run("df --output=avail -B1 . | tail -n 1"));
      // Never anything but the disk that was made for it.
      if (!(available <= size)) throw new Error(`this is not the small disk: it has ${available} bytes`);
      run('head -c "$1" /dev/zero > filler', String(Math.max(0, available - free)));
    },
    free: () => void run("rm -f filler"),
    readOnly: (on) => void run(`mount -o remount,bind,${on ? "ro" : "rw"} "$1"`, folder),
  };
}
