import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { jsonSchemas } from "../../tenant/json-schema.ts";
import type { Run } from "../run.ts";
import { verifySchema } from "../verify/json-schema.ts";

/** Prints the JSON Schema of a kind of file, or of what `verify --json` prints, for editors and other tools. */
export async function schema(run: Run, name: string): Promise<ExitCode> {
  const schemas: Readonly<Record<string, unknown>> = { ...jsonSchemas(), verify: verifySchema };
  const found = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (found === undefined) {
    throw new TenantryError("CLI_USAGE", `there is no schema \`${name}\``, {
      hint: "name `tenant`, `workspace` or `verify`",
    });
  }
  run.terminal.out(`${JSON.stringify(found, null, 2)}\n`);
  return 0;
}
