import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { PreloadOrders } from "./preload.ts";
import { isServer } from "./sql.ts";

const preload = fileURLToPath(new URL("./preload.ts", import.meta.url));
const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

/** How a command line ended. */
export interface Ended {
  /** The signal that ended it, or its exit code; `hung` when it had to be ended. */
  readonly how: string | number;
  readonly out: string;
  readonly err: string;
}

/** A command line that is running. */
export interface RunningCommand {
  readonly ended: Promise<Ended>;
  /** Ends it with -9, at once. */
  kill(): void;
}

/** Milliseconds after which a command that does not end is ended. */
const patience = 240_000;

/** Starts the real command line in a process of its own. */
export function startCommand(
  args: readonly string[],
  orders: PreloadOrders,
  environment: Readonly<Record<string, string>> = {},
): RunningCommand {
  const cache = process.env.NODE_COMPILE_CACHE;
  const running = spawn(process.execPath, ["--import", preload, entry, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...environment,
      ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
      ...(Object.values(environment).some(isServer) ? { TENANTRY_CRASH_POSTGRES: "1" } : {}),
      TENANTRY_CRASH: JSON.stringify(orders),
    },
  });
  let out = "";
  let err = "";
  running.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  running.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    running.kill("SIGKILL");
  }, patience);
  const finish = async (): Promise<Ended> => {
    const [code, signal] = (await once(running, "close")) as [number | null, string | null];
    clearTimeout(timer);
    return { how: hung ? "hung" : (signal ?? code ?? -1), out, err };
  };
  return { ended: finish(), kill: () => void running.kill("SIGKILL") };
}
