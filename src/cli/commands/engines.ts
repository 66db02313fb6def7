import { fetchSecrets } from "../../apply/known-secret.ts";
import { type EngineSurvey, surveyEngines } from "../../engine/survey.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { resolveReference } from "../../secret/resolve.ts";
import { carriedBy } from "../../workspace/engine-choice.ts";
import { loadWorkspace } from "../../workspace/load.ts";
import type { EngineKind, Workspace } from "../../workspace/workspace.ts";
import { findRoot, type WorkspaceOptions } from "../context.ts";
import { missingText, surveyText } from "../engines-text.ts";
import { nodeFiles } from "../node-files.ts";
import { printJson } from "../outcome.ts";
import { isCi, type Run } from "../run.ts";
import { runSecrets } from "../secret-source.ts";

export interface EnginesOptions extends WorkspaceOptions {
  /** Looks at what the workspace would need with this engine. */
  readonly engine?: EngineKind | undefined;
}

/**
 * What is installed of the programs that engines run, and what the workspace lacks of it. Outside a workspace only what
 * is installed. Reads no tenant, fetches nothing, and prints no secret.
 */
export async function engines(run: Run, options: EnginesOptions): Promise<ExitCode> {
  const { terminal } = run;
  const workspace = workspaceOf(run, options);
  const survey = await surveyOf(run, workspace);
  const { missing } = survey;
  if (options.json === true) {
    printJson(terminal, "engines", { environment: workspace?.environment ?? null, ...survey });
  } else {
    terminal.out(surveyText(survey, workspace?.environment, terminal.paint));
    if (workspace !== undefined) terminal.out(`\n${missingText(missing, workspace.environment, terminal.paint)}`);
  }
  return missing.length === 0 ? 0 : 5;
}

/** What there is on this machine for a workspace, or for none. */
async function surveyOf(run: Run, workspace: Workspace | undefined): Promise<EngineSurvey> {
  const { environment, cwd } = run.surroundings;
  const secrets = workspace === undefined ? undefined : runSecrets(run, workspace);
  const source = secrets?.source;
  if (source !== undefined) await fetchSecrets({ source }, workspace?.engines);
  await secrets?.managers.close();
  return surveyEngines({
    environment,
    folder: cwd,
    workspace,
    ci: isCi(environment),
    isThere: (reference) => {
      if (source === undefined) return false;
      try {
        run.redactor.know(resolveReference(reference, source));
        return true;
      } catch (error) {
        if (error instanceof TenantryError) return false;
        throw error;
      }
    },
    redact: (text) => run.redactor.redact(text),
  });
}

/** @throws TenantryError CLI_FILES_INVALID, ENGINE_UNSUITABLE; WORKSPACE_NOT_FOUND when one is asked about */
function workspaceOf(run: Run, options: EnginesOptions): Workspace | undefined {
  let root: string;
  try {
    root = findRoot(run.surroundings, options.workspace);
  } catch (error) {
    const asked = options.workspace ?? options.env ?? options.engine;
    if (asked === undefined && error instanceof TenantryError && error.code === "WORKSPACE_NOT_FOUND") return undefined;
    throw error;
  }
  const { workspace, issues } = loadWorkspace(nodeFiles(root), root, options.env);
  if (workspace === undefined) throw new TenantryError("CLI_FILES_INVALID", "the files have issues", { issues });
  return options.engine === undefined ? workspace : carriedBy(workspace, options.engine);
}
