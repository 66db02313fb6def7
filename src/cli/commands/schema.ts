import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { jsonSchemas } from "../../tenant/json-schema.ts";
import type { Run } from "../run.ts";

/** Prints the JSON Schema of a kind of file, for editors and other tools. */
export async function schema(run: Run, name: string): Promise<ExitCode> {
  const found = jsonSchemas()[name];
  if (found === undefined) {
    throw new TenantryError("CLI_USAGE", `there is no schema \`${name}\``, { hint: "name `tenant` or `workspace`" });
  }
  run.terminal.out(`${JSON.stringify(found, null, 2)}\n`);
  return 0;
}
