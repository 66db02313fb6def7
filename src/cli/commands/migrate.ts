import { migrateSqlApp, pendingSqlMigrations } from "../../app/sql/migrate.ts";
import { fetchSecrets } from "../../apply/known-secret.ts";
import { databaseUrl } from "../../apply/open-app.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { loadContext, type WorkspaceOptions } from "../context.ts";
import { printJson } from "../outcome.ts";
import type { Run } from "../run.ts";
import { runSecrets } from "../secret-source.ts";

export interface MigrateOptions extends WorkspaceOptions {
  readonly yes?: boolean | undefined;
  readonly check?: boolean | undefined;
}

interface Migrated {
  readonly app: string;
  readonly pending: readonly string[];
  readonly applied: readonly string[];
}

/** Makes and updates the tables of the apps that keep their records in SQL. The only command that does. */
export async function migrate(run: Run, options: MigrateOptions): Promise<ExitCode> {
  const { terminal } = run;
  const { workspace } = loadContext(run.surroundings, options, run.now());
  const { source, managers } = runSecrets(run, workspace);
  const databases = [...workspace.apps.values()].map((app) => (app.kind === "sql" ? app.database : undefined));
  await fetchSecrets({ source }, ...databases);
  await managers.close();
  const found: (Migrated & { readonly url: string; readonly mapped: boolean })[] = [];
  for (const app of workspace.apps.values()) {
    if (app.kind !== "sql") continue;
    const url = databaseUrl(app, { source, redactor: run.redactor });
    const mapped = app.mapping !== undefined;
    const pending = await pendingSqlMigrations(url, { root: workspace.root, mapped });
    found.push({ app: app.name, url, mapped, pending, applied: [] });
  }
  const waiting = found.filter(({ pending }) => pending.length > 0);
  const talk = options.json === true ? terminal.err : terminal.out;
  for (const { app, pending } of found) {
    talk(pending.length === 0 ? `${app}: up to date\n` : `${app}: ${pending.join(", ")} to apply\n`);
  }
  const results: Migrated[] = found.map(({ app, pending }) => ({ app, pending, applied: [] }));
  if (options.check !== true && waiting.length > 0) {
    if (options.yes !== true) {
      if (terminal.ask === undefined) {
        throw new TenantryError("CLI_CONFIRMATION_NEEDED", "nothing was changed: nobody is there to say yes");
      }
      if (!(await terminal.ask(`Migrate ${waiting.map(({ app }) => app).join(", ")} in ${workspace.environment}?`))) {
        throw new TenantryError("CLI_NOT_CONFIRMED", "nothing was changed: the answer was not yes");
      }
    }
    for (const { app, url, mapped } of waiting) {
      const { applied } = await migrateSqlApp(url, { root: workspace.root, mapped });
      const index = results.findIndex((result) => result.app === app);
      results[index] = { app, pending: [], applied };
      talk(`${app}: applied ${applied.join(", ") || "nothing, another process did"}\n`);
    }
  }
  if (options.json === true) printJson(terminal, "migrate", { environment: workspace.environment, apps: results });
  return options.check === true && waiting.length > 0 ? 3 : 0;
}
