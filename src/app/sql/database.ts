import { TenantryError } from "../../errors/failure.ts";
import { type DatabaseLocation, databaseName, parseDatabaseUrl } from "../../store/database.ts";
import { schemeOf } from "../../store/sqlite-url.ts";

/** A database of an app: where it is, and its name in messages. */
export interface SqlDatabase {
  readonly location: Exclude<DatabaseLocation, { readonly kind: "memory" }>;
  readonly name: string;
}

/** @throws TenantryError SQL_URL_INVALID. Memory is refused: nothing but this process could read it. */
export function appDatabase(url: string, root: string | undefined): SqlDatabase {
  const location = parseDatabaseUrl(url, root);
  if (location.kind === "unusable" || location.kind === "memory") {
    const problem = location.kind === "memory" ? "is of no kind that is supported" : location.problem;
    throw new TenantryError("SQL_URL_INVALID", `The database's address (scheme ${schemeOf(url)}) ${problem}.`);
  }
  return { location, name: databaseName("database", location) };
}
