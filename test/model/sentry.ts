import type { Sandbox } from "../../sandbox/sandbox.ts";
import { AppDatabase, type AppName, type AppRecord, SecretReader, whyNotServed } from "../crash/serving.ts";

/**
 * Watches that nobody is put out: each connection that it guards is among the app's active ones, and its client serves
 * that very record. Looks synchronously, so that nothing can happen in between.
 */
export class Sentry {
  readonly #sandbox: Sandbox;
  readonly #databases: readonly (readonly [AppName, AppDatabase])[];
  readonly #secrets: SecretReader;
  #guarded: ReadonlySet<string> = new Set();
  #lenient: ReadonlySet<string> = new Set();
  #out = new Map<string, string>();

  constructor(sandbox: Sandbox, databases: Readonly<Record<AppName, string>>) {
    this.#sandbox = sandbox;
    this.#secrets = new SecretReader(sandbox);
    this.#databases = Object.entries(databases).map(([name, path]) => [name as AppName, new AppDatabase(path)]);
  }

  /** Keys of the connections by which people come in now. */
  serving(): readonly string[] {
    return [...this.#rows()]
      .filter(([, [app, record]]) => this.#why(app, record, false) === undefined)
      .map(([key]) => key);
  }

  /**
   * From now on these must go on.
   *
   * @param lenient of these, the ones whose client may change its authentication meanwhile (docs/decisions/0011)
   */
  guard(keys: Iterable<string>, lenient: Iterable<string>): void {
    this.#guarded = new Set(keys);
    this.#lenient = new Set(lenient);
    this.#out = new Map();
  }

  /** Looks now. */
  look(moment: string): void {
    if (this.#guarded.size === 0) return;
    const rows = this.#rows();
    for (const key of this.#guarded) {
      const row = rows.get(key);
      const why = row === undefined ? "the app has no active record of it" : this.#why(...row, this.#lenient.has(key));
      if (why !== undefined && !this.#out.has(key)) this.#out.set(key, `${moment}: ${why}`);
    }
  }

  /** Who of the guarded was put out, with the moment when it was first seen and why. */
  outages(): ReadonlyMap<string, string> {
    return this.#out;
  }

  close(): void {
    for (const [, database] of this.#databases) database.close();
  }

  #rows(): ReadonlyMap<string, readonly [AppName, AppRecord]> {
    return new Map(
      this.#databases.flatMap(([app, database]) =>
        database.active().map((record) => [record.key, [app, record]] as const),
      ),
    );
  }

  #why(app: AppName, record: AppRecord, clientAuth: boolean): string | undefined {
    return whyNotServed(this.#sandbox, this.#secrets, app, record, { clientAuth });
  }
}
