import { DatabaseSync } from "node:sqlite";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";

/** A database that is asked synchronously, so that nothing happens between a question and its answer. */
export interface SyncDatabase {
  /** `?` are the parameters. */
  prepare(sql: string): SyncStatement;
  close(): void;
}

export interface SyncStatement {
  all(...values: readonly SyncValue[]): Record<string, unknown>[];
  get(...values: readonly SyncValue[]): Record<string, unknown> | undefined;
  run(...values: readonly SyncValue[]): unknown;
}

type SyncValue = string | number | null;

/** Whether the place is on a server. */
export function isServer(place: string): boolean {
  return place.startsWith("postgres://");
}

/** @param place a file of SQLite, or the address of a PostgreSQL schema */
export function openSync(place: string): SyncDatabase {
  if (!isServer(place)) return new DatabaseSync(place, { timeout: 2000 }) as unknown as SyncDatabase;
  return {
    prepare(sql) {
      let count = 0;
      const text = sql.replaceAll("?", () => `$${++count}`);
      const all = (...values: readonly SyncValue[]) => ask({ place, sql: text, values });
      return { all, get: (...values) => all(...values)[0], run: all };
    },
    // A thread of its own keeps the connections, one for each place, until `forgetServer`.
    close() {},
  };
}

/** What the thread is asked. Without `sql` it closes the place's connection. */
export interface Question {
  readonly place: string;
  readonly sql?: string;
  readonly values?: readonly SyncValue[];
}

/** What it answers. */
export interface ThreadAnswer {
  readonly rows?: Record<string, unknown>[];
  readonly error?: string;
}

/** What the thread is started with. */
export interface ThreadStart {
  readonly port: InstanceType<typeof MessageChannel>["port1"];
  /** Set to 1 when an answer is there. */
  readonly signal: Int32Array;
}

interface Thread extends ThreadStart {
  readonly worker: Worker;
}

let thread: Thread | undefined;

/** Milliseconds after which a server that does not answer is given up. */
const patience = 30_000;

function ask(question: Question): Record<string, unknown>[] {
  thread ??= startThread();
  const { port, signal } = thread;
  Atomics.store(signal, 0, 0);
  port.postMessage(question);
  if (Atomics.wait(signal, 0, 0, patience) === "timed-out") throw new Error("PostgreSQL does not answer");
  const given = receiveMessageOnPort(port)?.message as ThreadAnswer | undefined;
  if (given === undefined) throw new Error("PostgreSQL gave no answer");
  const { rows = [], error } = given;
  if (error !== undefined) throw new Error(error);
  return rows;
}

/** Closes the connection to a place on a server. */
export function forgetServer(place: string): void {
  if (isServer(place) && thread !== undefined) ask({ place });
}

function startThread(): Thread {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const workerData: ThreadStart = { port: port2, signal };
  const worker = new Worker(new URL("./sql-thread.ts", import.meta.url), { workerData, transferList: [port2] });
  worker.unref();
  port1.unref();
  return { port: port1, signal, worker };
}
