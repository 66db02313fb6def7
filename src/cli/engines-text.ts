import type { EngineSurvey, IdpSurvey, Missing, ToolSurvey } from "../engine/survey.ts";
import type { Paint } from "../plan/paint.ts";
import { wrap } from "../plan/wrap.ts";
import { table } from "./table.ts";

// What `tenantry engines` and `tenantry demo --engine` print, for 80 columns.

/** What is installed, and which identity provider would use what. */
export function surveyText(survey: EngineSurvey, environment: string | undefined, paint: Paint): string {
  const parts = [
    section(["program", "version", "where"], survey.tools.map(toolRow), paint),
    ...survey.tools.flatMap((tool) => ("problem" in tool && !isAbsent(tool) ? [wrapped(tool.problem.message)] : [])),
    section(["for", "version", "from", "where"], carriers(survey), paint),
    ...survey.settings.map((file) => `settings read: ${file}\n`),
  ];
  if (environment === undefined) return `${parts.join("\n").trimEnd()}\n`;
  const rows = survey.identityProviders.map(idpRow);
  const details = survey.identityProviders.flatMap((idp) => detailsOf(idp, paint));
  parts.push(section(["identity provider", "engine", "runs", "by"], rows, paint), ...details);
  return `${parts.join("\n").trimEnd()}\n`;
}

/** What is missing, each with the command that installs it; one line when nothing is. */
export function missingText(missing: readonly Missing[], environment: string, paint: Paint): string {
  if (missing.length === 0) return `${paint.green("Everything")} that ${environment} needs is there.\n`;
  const one = ({ code, message, hint, install, for: idps }: Missing): string =>
    [
      ...wrap(`${code}  ${message} (for ${idps.join(", ")})`, 78).map((line, at) => `${at === 0 ? "" : "  "}${line}`),
      ...install.map((command) => `  ${paint.dim("$")} ${command}`),
      ...wrap(`mend: ${hint}`, 74).map((line) => `  ${line}`),
    ].join("\n");
  const count = missing.length === 1 ? "1 thing is" : `${missing.length} things are`;
  return `${paint.red(`${count} missing`)} in ${environment}:\n\n${missing.map(one).join("\n\n")}\n`;
}

function toolRow(tool: ToolSurvey): readonly string[] {
  if (!("problem" in tool)) return [tool.tool, tool.version, tool.path];
  return [tool.tool, isAbsent(tool) ? "none" : "unusable", isAbsent(tool) ? "not on PATH" : "see below"];
}

function isAbsent(tool: ToolSurvey): boolean {
  return "problem" in tool && tool.problem.code === "ENGINE_TOOL_MISSING";
}

function carriers({ providers, plugins }: EngineSurvey): readonly (readonly string[])[] {
  const okta = providers.map(({ version, path, kind }) => ["okta", version ?? "any", kind, path]);
  const auth0 = plugins.map(({ version, path, kind }) => ["auth0", version ?? "any", kind, path]);
  return [
    ...(okta.length === 0 ? [["okta", "none", "", "no provider of OpenTofu or Terraform"]] : okta),
    ...(auth0.length === 0 ? [["auth0", "none", "", "no plugin of Pulumi"]] : auth0),
  ];
}

function idpRow({ idp, kind, engine, tool, wants, has }: IdpSurvey): readonly string[] {
  if (engine === "direct") return [`${idp} (${kind})`, engine, "nothing", "the vendor's API"];
  const program = tool === undefined ? "missing" : `${tool.product} ${tool.version}`;
  const version = has === undefined ? `${wants} missing` : (has.version ?? `of any version (${has.kind})`);
  const by = engine === "terraform" ? "provider" : "plugin";
  return [`${idp} (${kind})`, engine, program, `${by} ${version}`];
}

/** What an engine that runs a program uses besides. */
function detailsOf({ idp, engine, because, tool, backend, passphrase }: IdpSurvey, paint: Paint): readonly string[] {
  if (engine === "direct") return [];
  const facts = [
    tool === undefined ? because : `${tool.path}: ${because}`,
    `state: ${backend ?? "in the workspace's own folder, because no backend is named"}`,
    ...(passphrase === undefined
      ? []
      : [`passphrase: ${passphrase.reference}, ${passphrase.there ? "there" : paint.red("missing")}`]),
  ];
  return [paint.bold(idp), ...facts.map((fact) => wrapped(fact))];
}

/** A table whose last column, mostly a path, goes on a line of its own where the line would be too long. */
function section(head: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const [first = "", ...lines] = table([head, ...rows]);
  const broken = lines.flatMap((line, at) => {
    const last = rows[at]?.at(-1) ?? "";
    return line.length <= 80 ? [line] : [line.slice(0, line.length - last.length).trimEnd(), `  ${last}`];
  });
  return [paint.dim(first), ...broken, ""].join("\n");
}

function wrapped(text: string): string {
  return wrap(text, 76)
    .map((line) => `  ${line}`)
    .join("\n");
}
