import { TenantryError } from "../../errors/failure.ts";
import { sqliteFault } from "../../store/sqlite-fault.ts";

const codes = {
  busy: "SQL_BUSY",
  constraint: "SQL_REFUSED",
  corrupt: "SQL_CORRUPT",
  schema: "SQL_SCHEMA_CHANGED",
  unreachable: "SQL_UNREACHABLE",
} as const;

/** Runs work on a database; what goes wrong below is translated here, once. Unknown errors are ours and pass. */
export async function reach<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TenantryError) throw error;
    const fault = sqliteFault(error);
    if (fault === undefined) throw error;
    throw new TenantryError(codes[fault.kind], `${name} ${fault.text}.`, { cause: error });
  }
}
