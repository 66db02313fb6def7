import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { TestWorkspace } from "../support/workspace.ts";

/** One row of a query. */
export type Row = Record<string, unknown>;

/** A database of the workspace's sandbox, opened for one statement at a time, as somebody at a prompt would. */
export interface AppFile {
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[];
  /** Throws when somebody else is writing. */
  run(sql: string, ...values: readonly SQLInputValue[]): void;
}

export function appFile({ root }: Pick<TestWorkspace, "root">, name: string): AppFile {
  const once = <T>(work: (database: DatabaseSync) => T): T => {
    const database = new DatabaseSync(join(root, `.tenantry/sandbox/${name}.db`), { timeout: 0 });
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  return {
    get: (sql, ...values) => once((database) => database.prepare(sql).get(...values)),
    all: (sql, ...values) => once((database) => database.prepare(sql).all(...values)),
    run: (sql, ...values) => void once((database) => database.prepare(sql).run(...values)),
  };
}
