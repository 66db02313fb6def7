// Asks PostgreSQL for whoever waits synchronously; see sql.ts.

import { workerData } from "node:worker_threads";
import pg from "pg";
import type { Question, ThreadAnswer, ThreadStart } from "./sql.ts";

const { port, signal } = workerData as ThreadStart;
const clients = new Map<string, Promise<pg.Client>>();

async function connected(place: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: place });
  // A server that ends takes its connections along; whoever asks then is told.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function answer({ place, sql, values = [] }: Question): Promise<ThreadAnswer> {
  try {
    if (sql === undefined) {
      const client = clients.get(place);
      clients.delete(place);
      await (await client)?.end();
      return {};
    }
    const client = clients.get(place) ?? connected(place);
    clients.set(place, client);
    return { rows: (await (await client).query<Record<string, unknown>>(sql, [...values])).rows };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

port.on("message", (question: Question) => {
  void answer(question).then((given) => {
    port.postMessage(given);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  });
});
