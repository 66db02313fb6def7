import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { loadContext, type WorkspaceOptions } from "../context.ts";
import { printJson } from "../outcome.ts";
import type { Run } from "../run.ts";
import { writeWhole } from "../write-file.ts";

/** Options of `synth`. */
export interface SynthOptions extends WorkspaceOptions {
  readonly out?: string | undefined;
}

/**
 * Writes what Terraform or OpenTofu would be given: one folder per tenant with a client at Okta, whatever engine the
 * file names. Asks nobody and needs no secret.
 */
export async function synth(run: Run, options: SynthOptions): Promise<ExitCode> {
  const context = loadContext(run.surroundings, options, run.now());
  const [{ stackFile, stacksFolder, tenantStacks }, { synthesizeOkta }] = await Promise.all([
    import("../../../stacks/okta/tenant-stacks.ts"),
    import("../../../stacks/okta/okta-stack.ts"),
  ]);
  const { cwd } = run.surroundings;
  const out = (options.out ?? "cdktf.out").replace(/\/+$/, "");
  const stacks = tenantStacks(context.workspace, context.connections, resolve(cwd, out)).map(
    ({ name, tenant, idp, connections, input }) => {
      const folder = `${out}/${stacksFolder}/${name}`;
      const file = `${folder}/${stackFile}`;
      makeFolder(resolve(cwd, folder), folder);
      writeWhole(cwd, file, synthesizeOkta(input));
      return { tenant, idp, file, connections };
    },
  );
  if (options.json === true) {
    printJson(run.terminal, "synth", { environment: context.workspace.environment, stacks });
    return 0;
  }
  for (const { file, connections } of stacks) run.terminal.out(`${file}  ${connections.join(", ")}\n`);
  if (stacks.length === 0) {
    run.terminal.out(`no tenant has a client at an Okta org in ${context.workspace.environment}\n`);
  }
  return 0;
}

function makeFolder(path: string, name: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new TenantryError("CLI_OUTPUT_UNWRITABLE", `${name} cannot be made${reason}`, { cause });
  }
}
