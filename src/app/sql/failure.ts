import { TenantryError } from "../../errors/failure.ts";
import { databaseFault } from "../../store/database.ts";
import type { SqlDatabase } from "./database.ts";

const codes = {
  absent: "SQL_DATABASE_MISSING",
  busy: "SQL_BUSY",
  conflict: "SQL_BUSY",
  constraint: "SQL_REFUSED",
  corrupt: "SQL_CORRUPT",
  forbidden: "SQL_FORBIDDEN",
  login: "SQL_LOGIN_REFUSED",
  lost: "SQL_CONNECTION_LOST",
  schema: "SQL_SCHEMA_CHANGED",
  unreachable: "SQL_UNREACHABLE",
} as const;

/** Runs work on a database; what goes wrong below is translated here, once. Unknown errors are ours and pass. */
export async function reach<T>({ location, name }: SqlDatabase, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TenantryError) throw error;
    const fault = databaseFault(location, error);
    if (fault === undefined) throw error;
    throw new TenantryError(codes[fault.kind], `${name} ${fault.text}.`, {
      cause: error,
      ...(fault.mend === undefined ? {} : { hint: fault.mend }),
    });
  }
}
