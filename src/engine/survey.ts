import { homedir } from "node:os";
import { TenantryError } from "../errors/failure.ts";
import { stateName } from "../workspace/engine-schema.ts";
import type { Reference } from "../workspace/reference.ts";
import type { EngineKind, IdentityProvider, Workspace } from "../workspace/workspace.ts";
import { installPlugin, installProvider, installTool } from "./install.ts";
import { type FoundPlugin, searchPlugin } from "./pulumi/plugin-search.ts";
import { soughtPulumi } from "./pulumi/program.ts";
import { pluginCacheOf } from "./terraform/plugin-cache.ts";
import { soughtTerraform } from "./terraform/program.ts";
import { type FoundProvider, searchProvider } from "./terraform/provider-search.ts";
import { type Environment, toolEnvironment } from "./tool-environment.ts";
import { type FoundTool, findTool, type SoughtTool } from "./tool-search.ts";
import { unnamedBackend } from "./unnamed-backend.ts";

// What there is on this machine for engines that run programs, and what a workspace lacks of it. Nothing is fetched,
// nothing is changed; programs are only asked for their version.

/** The provider of Okta and the plugin of Auth0, as their own tools name them. */
const oktaProvider = "okta/okta";
const auth0Plugin = "auth0";

export type ToolName = "tofu" | "terraform" | "pulumi";

/** A tool that was looked for on PATH. */
export type ToolSurvey =
  | { readonly tool: ToolName; readonly path: string; readonly version: string }
  | { readonly tool: ToolName; readonly problem: Problem };

/** Why something cannot be used, in the words of the engine that would need it. */
export type Problem = Pick<TenantryError, "code" | "message" | "hint">;

/** Something that an identity provider's engine needs and that is not there. */
export interface Missing {
  readonly what: "tool" | "provider" | "plugin" | "backend" | "passphrase";
  /** Identity providers that need it. */
  readonly for: readonly string[];
  readonly code: TenantryError["code"];
  readonly message: string;
  /** Commands that bring it; empty when none can. */
  readonly install: readonly string[];
  /** What else to do about it. */
  readonly hint: string;
}

/** How one identity provider would be carried. */
export interface IdpSurvey {
  readonly idp: string;
  readonly kind: IdentityProvider["kind"];
  readonly engine: EngineKind;
  /** The program that would run; absent for `direct`, and when there is none. */
  readonly tool?: FoundTool | undefined;
  /** Why this tool and no other. */
  readonly because: string;
  /** Version of the provider or plugin that is asked for; absent for `direct`. */
  readonly wants?: string | undefined;
  /** Where it would be taken from. */
  readonly has?: FoundProvider | FoundPlugin | undefined;
  /** Where the state is kept. */
  readonly backend?: string | undefined;
  /** What encrypts secrets in it, or the state. */
  readonly passphrase?: { readonly reference: string; readonly there: boolean } | undefined;
}

export interface EngineSurvey {
  readonly tools: readonly ToolSurvey[];
  /** Settings of OpenTofu or Terraform themselves that were read. */
  readonly settings: readonly string[];
  readonly providers: readonly FoundProvider[];
  readonly plugins: readonly FoundPlugin[];
  /** Empty outside a workspace. */
  readonly identityProviders: readonly IdpSurvey[];
  readonly missing: readonly Missing[];
}

export interface SurveyOptions {
  readonly environment: Environment;
  /** What relative paths are relative to where there is no workspace. */
  readonly folder: string;
  readonly workspace?: Workspace | undefined;
  readonly ci: boolean;
  /** Whether a reference gives a secret; its value stays where it is. */
  readonly isThere: (reference: Reference) => boolean;
  readonly redact: (text: string) => string;
}

/** Looks at what there is, and at what the workspace would use of it. */
export async function surveyEngines(options: SurveyOptions): Promise<EngineSurvey> {
  const { environment, workspace } = options;
  const home = environment.HOME ?? homedir();
  const root = workspace?.root ?? options.folder;
  const providers = async (product: "tofu" | "terraform") => {
    const own = await pluginCacheOf(environment, product, root);
    return searchProvider(product, oktaProvider, { environment, home, caches: own === undefined ? [] : [own] });
  };
  const [tools, tofu, terraform, plugins] = await Promise.all([
    Promise.all((["tofu", "terraform", "pulumi"] as const).map((tool) => lookFor(tool, options))),
    providers("tofu"),
    providers("terraform"),
    searchPlugin(auth0Plugin, environment, home),
  ]);
  const looks = { tofu, terraform, plugins };
  const surveys = await Promise.all(
    [...(workspace?.identityProviders.values() ?? [])].map((idp) =>
      surveyOne(idp, workspace as Workspace, looks, options),
    ),
  );
  return {
    tools,
    settings: [...new Set([tofu.settings, terraform.settings].filter((file) => file !== undefined))],
    providers: distinct([...tofu.found, ...terraform.found]),
    plugins: distinct(plugins),
    identityProviders: surveys.map(({ survey }) => survey),
    missing: together(surveys.flatMap(({ missing }) => missing)),
  };
}

type Looks = {
  readonly [product in "tofu" | "terraform"]: Awaited<ReturnType<typeof searchProvider>>;
} & { readonly plugins: readonly FoundPlugin[] };

interface Surveyed {
  readonly survey: IdpSurvey;
  readonly missing: readonly Missing[];
}

async function surveyOne(
  idp: IdentityProvider,
  workspace: Workspace,
  looks: Looks,
  options: SurveyOptions,
): Promise<Surveyed> {
  const { name, kind, engine } = idp;
  switch (engine) {
    case "direct":
      return { survey: { idp: name, kind, engine, because: "by the vendor's API: nothing is run" }, missing: [] };
    case "terraform":
      return surveyTerraform(idp, workspace, looks, options);
    case "pulumi":
      return surveyPulumi(idp, workspace, looks, options);
    default:
      return engine satisfies never;
  }
}

async function surveyTerraform(
  { name, kind, engine }: IdentityProvider,
  workspace: Workspace,
  looks: Looks,
  options: SurveyOptions,
): Promise<Surveyed> {
  const { command, providerVersion, backend, encryption } = workspace.engines.terraform;
  const found = await tryTool(soughtTerraform(command), options);
  const tool = "problem" in found ? undefined : found.tool;
  const look = looks[tool?.product ?? "tofu"];
  const has = look.found.find(({ version }) => version === undefined || version === providerVersion);
  const others = look.found.flatMap(({ version }) => version ?? []);
  const passphrase = encryption && passphraseOf(encryption.passphrase, options);
  const lacks = lackOf(name);
  return {
    survey: {
      ...{ idp: name, kind, engine, tool, has, passphrase, wants: providerVersion },
      because:
        command === undefined ? "the first of `tofu` and `terraform` on PATH" : "engines.terraform.command names it",
      backend: backend === undefined ? undefined : `${backend.kind} ${backend.settings[stateName[backend.kind]]}`,
    },
    missing: [
      ...("problem" in found ? [absentTool(lacks, found.problem, "terraform", command)] : []),
      ...(has === undefined
        ? [
            lacks(
              "provider",
              {
                code: "ENGINE_PROVIDER_MISSING",
                message: `the provider ${oktaProvider} ${providerVersion} is not on this machine${others.length === 0 ? "" : `, only ${[...new Set(others)].join(", ")}`}`,
                hint: fetching(workspace, look.fetches),
              },
              installProvider(oktaProvider, providerVersion, command ?? tool?.product ?? "tofu", look.mirrors[0]),
            ),
          ]
        : []),
      ...(backend === undefined && options.ci ? [lacks("backend", unnamedBackend("terraform"))] : []),
      ...(encryption !== undefined && tool?.product === "terraform"
        ? [
            lacks(
              "tool",
              {
                code: "ENGINE_ENCRYPTION_UNSUPPORTED",
                message: "the file asks for encrypted state, which OpenTofu has and Terraform has not",
                hint: "install OpenTofu, or take engines.terraform.encryption out of tenantry.yaml",
              },
              installTool("tofu"),
            ),
          ]
        : []),
      ...absentPassphrase(lacks, passphrase),
    ],
  };
}

async function surveyPulumi(
  { name, kind, engine }: IdentityProvider,
  workspace: Workspace,
  { plugins }: Looks,
  options: SurveyOptions,
): Promise<Surveyed> {
  const { command, pluginVersion, backend, secretsProvider, passphrase: written } = workspace.engines.pulumi;
  const found = await tryTool(soughtPulumi(command), options);
  const tool = "problem" in found ? undefined : found.tool;
  const has = plugins.find(({ version }) => version === undefined || version === pluginVersion);
  const others = plugins.flatMap(({ version }) => version ?? []);
  const passphrase = secretsProvider === "passphrase" && written ? passphraseOf(written, options) : undefined;
  const lacks = lackOf(name);
  return {
    survey: {
      ...{ idp: name, kind, engine, tool, has, passphrase, wants: pluginVersion, backend },
      because: command === undefined ? "the first `pulumi` on PATH" : "engines.pulumi.command names it",
    },
    missing: [
      ...("problem" in found ? [absentTool(lacks, found.problem, "pulumi", command)] : []),
      ...(has === undefined
        ? [
            lacks(
              "plugin",
              {
                code: "ENGINE_PROVIDER_MISSING",
                message: `the plugin ${auth0Plugin} ${pluginVersion} is not on this machine${others.length === 0 ? "" : `, only ${[...new Set(others)].join(", ")}`}`,
                hint: fetching(
                  workspace,
                  !isOn(options.environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION ?? "true"),
                ),
              },
              installPlugin(auth0Plugin, pluginVersion, command),
            ),
          ]
        : []),
      ...(backend === undefined && options.ci ? [lacks("backend", unnamedBackend("pulumi"))] : []),
      ...absentPassphrase(lacks, passphrase),
      ...(secretsProvider === "passphrase" && written === undefined
        ? [
            lacks("passphrase", {
              code: "ENGINE_PASSPHRASE_MISSING",
              message: "secrets in the state are encrypted by a passphrase, and tenantry.yaml names none",
              hint: "add `engines: { pulumi: { passphrase: env:PULUMI_CONFIG_PASSPHRASE } }` to tenantry.yaml",
            }),
          ]
        : []),
    ],
  };
}

type Lack = (what: Missing["what"], problem: Problem, install?: readonly string[]) => Missing;

function lackOf(idp: string): Lack {
  return (what, { code, message, hint }, install = []) => ({ what, for: [idp], code, message, hint, install });
}

function isOn(variable: string): boolean {
  return /^(1|true)$/i.test(variable);
}

/** Whether a run would fetch what is not there. */
function fetching({ connect }: Workspace, allowed: boolean): string {
  if (connect !== undefined) return "install it: a run in the sandbox reaches nothing else, and cannot fetch it";
  if (!allowed) return "install it: no run fetches it by itself";
  return "install it, or let a run fetch it by itself where it can be reached";
}

function absentTool(
  lacks: Lack,
  { code, message }: Problem,
  engine: "terraform" | "pulumi",
  command: string | undefined,
): Missing {
  const setting = `engines.${engine}.command`;
  const hint =
    command === undefined
      ? `install it, or name it by ${setting} in tenantry.yaml`
      : `correct ${setting}, or leave it out to have PATH searched`;
  // Which folders PATH has is no news to whoever asks what is there.
  const short = message.replace(/ \(PATH was searched: .*\)$/, "");
  return lacks("tool", { code, message: short, hint }, installTool(engine === "terraform" ? "tofu" : "pulumi"));
}

function absentPassphrase(lacks: Lack, passphrase: IdpSurvey["passphrase"]): readonly Missing[] {
  if (passphrase === undefined || passphrase.there) return [];
  const message = `the passphrase ${passphrase.reference} gives no secret`;
  return [
    lacks("passphrase", { code: "SECRET_UNRESOLVED", message, hint: "set it where this run gets its environment" }),
  ];
}

function passphraseOf(reference: Reference, { isThere }: SurveyOptions): NonNullable<IdpSurvey["passphrase"]> {
  return { reference: reference.text, there: isThere(reference) };
}

/** One tool on PATH, whatever the workspace names. */
async function lookFor(tool: ToolName, options: SurveyOptions): Promise<ToolSurvey> {
  const found =
    tool === "pulumi"
      ? await tryTool(soughtPulumi(undefined), options)
      : await tryTool({ ...soughtTerraform(undefined), names: [tool] }, options);
  if ("problem" in found) return { tool, problem: found.problem };
  return { tool, path: found.tool.path, version: found.tool.version };
}

async function tryTool<Product extends string>(
  sought: SoughtTool<Product>,
  { environment, workspace, folder, redact }: SurveyOptions,
): Promise<{ readonly tool: FoundTool<Product> } | { readonly problem: Problem }> {
  const quiet = { CHECKPOINT_DISABLE: "1", PULUMI_SKIP_UPDATE_CHECK: "true" };
  const given = workspace === undefined ? { ...environment, ...quiet } : toolEnvironment(environment, workspace, quiet);
  try {
    return { tool: await findTool(sought, { environment: given, root: workspace?.root ?? folder, redact }) };
  } catch (error) {
    if (!(error instanceof TenantryError)) throw error;
    const { code, message, hint } = error;
    return { problem: { code, message, hint } };
  }
}

/** What several identity providers lack, once. */
function together(missing: readonly Missing[]): readonly Missing[] {
  const groups = Map.groupBy(missing, ({ what, message }) => `${what} ${message}`);
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, for: [first, ...others].flatMap((each) => each.for) }],
  );
}

/** Once each, though a search path names a folder twice. */
function distinct<Found extends { readonly path: string }>(found: readonly Found[]): readonly Found[] {
  return [...new Map(found.map((each) => [each.path, each])).values()];
}
