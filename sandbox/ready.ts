import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { kill } from "node:process";
import { TenantryError } from "../src/errors/failure.ts";

/** What `ready.json` says while a sandbox runs. */
export interface ReadyFile {
  readonly version: 1;
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  /** The same port as a CONNECT proxy, for tools in processes of their own: a value for `HTTPS_PROXY`. */
  readonly proxy: string;
  /** Absolute path of the certificate authority's PEM file. */
  readonly ca: string;
  /** Bearer token of the admin API. */
  readonly adminToken: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly hosts: readonly string[];
}

/** A sandbox that runs, as it says of itself. */
export type RunningSandbox = Omit<ReadyFile, "version" | "ca" | "proxy">;

/** Its name in a folder. */
export const readyFile = "ready.json";

/** The text of `ready.json` in this folder. */
export function readyText(dir: string, running: RunningSandbox): string {
  const proxy = `http://${running.host}:${running.port}`;
  const content: ReadyFile = { version: 1, ...running, proxy, ca: resolve(dir, "ca.pem") };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** What `ready.json` in this folder says; undefined when there is none that can be read. */
export function readReady(dir: string): ReadyFile | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(join(dir, readyFile), "utf8"));
    return isReadyFile(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is whole: a file that somebody has changed is as good as none. */
function isReadyFile(content: unknown): content is ReadyFile {
  if (typeof content !== "object" || content === null) return false;
  const { version, pid, port, hosts, ...texts } = content as { readonly [Key in keyof ReadyFile]?: unknown };
  const { host, proxy, ca, adminToken, startedAt } = texts;
  return (
    version === 1 &&
    isCount(pid) &&
    isCount(port) &&
    port <= 65_535 &&
    [host, proxy, ca, adminToken, startedAt].every((text) => typeof text === "string") &&
    Array.isArray(hosts) &&
    hosts.every((name) => typeof name === "string")
  );
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

/** The sandbox that runs with this folder: its process is alive, and something listens where it should. */
export async function runningIn(dir: string): Promise<ReadyFile | undefined> {
  const ready = readReady(dir);
  return ready !== undefined && isAlive(ready.pid) && (await answers(ready)) ? ready : undefined;
}

/** Throws SANDBOX_RUNNING when a sandbox with this folder is alive. */
export async function checkNotRunning(dir: string): Promise<void> {
  const ready = await runningIn(dir);
  if (ready !== undefined) {
    throw new TenantryError("SANDBOX_RUNNING", `A sandbox of ${dir} is running already (process ${ready.pid}).`);
  }
}

/** Whether something listens where a `ready.json` says that its sandbox does. */
function answers({ host, port }: Pick<ReadyFile, "host" | "port">): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host, port, timeout: 1000 });
    const done = (answer: boolean): void => {
      socket.destroy();
      settle(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("timeout", () => done(false));
  });
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && kill(pid, 0);
  } catch {
    return false;
  }
}
