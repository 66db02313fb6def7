import type { Sandbox } from "../../sandbox/sandbox.ts";
import { evidenceOf, unbound } from "./evidence.ts";
import { AppDatabase, type AppName, type AppRecord, SecretReader, secretOf, whyNotServed } from "./serving.ts";
import { openSync } from "./sql.ts";

/** Who was put out, or let in without a proof, and when. */
export interface Outage {
  readonly key: string;
  readonly moment: string;
  readonly why: string;
}

/** Where the watcher looks. */
export interface Watched {
  readonly sandbox: Sandbox;
  /** The apps' databases: files of SQLite, or addresses of PostgreSQL schemas. */
  readonly databases: Readonly<Partial<Record<AppName, string>>>;
  /** The store, as they are. */
  readonly store: string;
}

/**
 * Watches that nobody is put out and nobody let in too early, each time that it looks: every connection that it keeps is
 * among the app's active ones, and its client serves that very record; of every active record there is evidence that
 * passed. Looks synchronously, so that nothing can happen in between.
 */
export class Watcher {
  readonly outages: Outage[] = [];
  /** How many times it looked. */
  looks = 0;
  readonly #sandbox: Sandbox;
  readonly #databases: readonly (readonly [AppName, AppDatabase])[];
  readonly #secrets: SecretReader;
  #kept: ReadonlySet<string> = new Set();
  #lenient: ReadonlySet<string> = new Set();
  #told = new Set<string>();
  readonly #store: string;
  readonly #proven = new Set<string>();

  constructor({ sandbox, databases, store }: Watched) {
    this.#sandbox = sandbox;
    this.#store = store;
    this.#secrets = new SecretReader(sandbox);
    this.#databases = Object.entries(databases).map(([name, path]) => [name as AppName, new AppDatabase(path)]);
  }

  /** Keys of the connections by which people come in now. */
  serving(): ReadonlySet<string> {
    const rows = this.#rows();
    return new Set([...rows].filter(([, row]) => this.#why(row) === undefined).map(([key]) => key));
  }

  /**
   * From now on these must go on.
   *
   * @param lenient of these, the ones whose client may change its authentication meanwhile (docs/decisions/0011)
   */
  keep(keys: Iterable<string>, lenient: Iterable<string> = []): void {
    this.#kept = new Set(keys);
    this.#lenient = new Set(lenient);
    this.#told = new Set();
  }

  /** Looks now. What is found is told once. */
  look(moment: string): void {
    this.looks += 1;
    const rows = this.#rows();
    for (const row of rows.values()) {
      if (!this.#isProven(row)) this.#tell(row.record.key, moment, "it is active, and no evidence of it passed");
    }
    for (const key of this.#kept) {
      const row = rows.get(key);
      const why = row === undefined ? "the app has no active record of it" : this.#why(row);
      if (why !== undefined) this.#tell(key, moment, why);
    }
  }

  close(): void {
    for (const [, database] of this.#databases) database.close();
  }

  #rows(): ReadonlyMap<string, { readonly app: AppName; readonly record: AppRecord }> {
    return new Map(
      this.#databases.flatMap(([app, database]) =>
        database.active().map((record) => [record.key, { app, record }] as const),
      ),
    );
  }

  #tell(key: string, moment: string, why: string): void {
    const what = `${key} ${why}`;
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.outages.push({ key, moment, why });
  }

  /** Whether some evidence that passed is about the values of the record. What was proven once stays so. */
  #isProven({ app, record }: { readonly app: AppName; readonly record: AppRecord }): boolean {
    const values = [record.key, record.spec_digest, record.client_id, record.client_secret].join(" ");
    if (this.#proven.has(values)) return true;
    const secret = secretOf(this.#secrets, app, record);
    const store = openSync(this.#store);
    try {
      const proof = evidenceOf(store, record.key).some((each) => unbound(store, each, record, secret).length === 0);
      if (proof) this.#proven.add(values);
      return proof;
    } finally {
      store.close();
    }
  }

  #why({ app, record }: { readonly app: AppName; readonly record: AppRecord }): string | undefined {
    const clientAuth = this.#lenient.has(record.key);
    return whyNotServed(this.#sandbox, this.#secrets, app, record, { clientAuth });
  }
}
