import type { Issue, Position } from "../errors/issue.ts";
import type { DocumentPath } from "./document.ts";
import { stateName } from "./engine-schema.ts";
import type { EngineKind, TerraformBackend } from "./workspace.ts";

// What the settings under `engines:` must hold because of what else stands in the file.

type Backend = Readonly<Partial<Record<TerraformBackend["kind"], Readonly<Record<string, unknown>> | undefined>>>;

/** What of a workspace is looked at, as it is written. */
export interface WrittenEngines {
  readonly identityProviders: Readonly<Record<string, { readonly engine: EngineKind }>>;
  readonly engines: {
    readonly terraform: { readonly backend?: Backend | undefined };
    readonly pulumi: { readonly secretsProvider: string; readonly passphrase?: unknown };
  };
}

/** Something that is missing, and where that shows. */
export interface EngineFault {
  readonly code: "WORKSPACE_STATE_SHARED" | "WORKSPACE_PASSPHRASE_MISSING";
  readonly path: DocumentPath;
  readonly message: string;
  readonly hint: string;
  readonly related: readonly { readonly path: DocumentPath; readonly message: string }[];
}

/** What the settings lack for the engines that the identity providers name. */
export function engineFaults({ identityProviders, engines }: WrittenEngines): readonly EngineFault[] {
  const by = (engine: EngineKind): readonly string[] =>
    Object.entries(identityProviders).flatMap(([name, idp]) => (idp.engine === engine ? [name] : []));
  return [...oneStateEach(by("terraform"), engines.terraform.backend), ...withPassphrase(by("pulumi"), engines.pulumi)];
}

/** As `engineFaults`, with positions. */
export function engineIssues(written: WrittenEngines, positionOf: (path: DocumentPath) => Position): readonly Issue[] {
  return engineFaults(written).map((fault) => ({
    ...fault,
    ...positionOf(fault.path),
    related: fault.related.map(({ path, message }) => ({ ...positionOf(path), message })),
  }));
}

/** Two identity providers in one state: what one run plans for a tenant would take the other's clients away. */
function oneStateEach(idps: readonly string[], backend: Backend | undefined): readonly EngineFault[] {
  const state = stateOf(backend);
  if (idps.length < 2 || state === undefined || state.name.includes("{idp}")) return [];
  return [
    {
      code: "WORKSPACE_STATE_SHARED",
      path: state.path,
      message: `${idps.map((name) => `\`${name}\``).join(" and ")} would keep a tenant's clients in one state, because \`${state.setting}\` lacks \`{idp}\``,
      hint: `put \`{idp}\` into \`${state.setting}\`, so that each has a state of its own`,
      related: idps.map((name) => ({
        path: ["identityProviders", name, "engine"],
        message: `\`${name}\` is carried by terraform`,
      })),
    },
  ];
}

function withPassphrase(
  [first]: readonly string[],
  { secretsProvider, passphrase }: WrittenEngines["engines"]["pulumi"],
): readonly EngineFault[] {
  if (first === undefined || secretsProvider !== "passphrase" || passphrase !== undefined) return [];
  return [
    {
      code: "WORKSPACE_PASSPHRASE_MISSING",
      path: ["identityProviders", first, "engine"],
      message: `\`${first}\` is carried by pulumi, which encrypts secrets in its state by a passphrase, and none is named`,
      hint: "add `engines: { pulumi: { passphrase: env:PULUMI_CONFIG_PASSPHRASE } }`, or name a cloud's key as `secretsProvider`",
      related: [],
    },
  ];
}

/**
 * Environments that would keep a tenant's clients in one state: what is planned in one takes the other's away. That none
 * of them uses it now does not help, because an engine can be chosen for one call.
 *
 * @param written by environment
 * @param placeOf where a path of an environment stands
 */
export function stateOfTwoEnvironments(
  written: ReadonlyMap<string, WrittenEngines>,
  placeOf: (environment: string, path: DocumentPath) => { readonly position: Position; readonly path: DocumentPath },
): readonly Issue[] {
  const states = [...written].flatMap(([environment, { engines }]) => {
    const state = stateOf(engines.terraform.backend);
    if (state === undefined || state.name.includes("{environment}")) return [];
    return [{ environment, ...state, all: JSON.stringify(engines.terraform.backend) }];
  });
  return [...Map.groupBy(states, ({ all }) => all).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length < 2) return [];
    const { position, path } = placeOf(first.environment, first.path);
    const names = group.map(({ environment }) => `\`${environment}\``).join(" and ");
    return [
      {
        code: "WORKSPACE_STATE_SHARED" as const,
        ...position,
        path,
        message: `the environments ${names} would keep a tenant's clients in one state, because \`${first.setting}\` lacks \`{environment}\``,
        hint: `put \`{environment}\` into \`${first.setting}\`, or name another backend in one of them`,
      },
    ];
  });
}

/** The setting that names the state, and its value. */
function stateOf(
  backend: Backend | undefined,
): { readonly setting: string; readonly name: string; readonly path: DocumentPath } | undefined {
  const [entry] = Object.entries(backend ?? {}) as [TerraformBackend["kind"], Readonly<Record<string, unknown>>][];
  if (entry === undefined) return undefined;
  const [kind, settings] = entry;
  const setting = stateName[kind];
  return { setting, name: String(settings[setting]), path: ["engines", "terraform", "backend", kind, setting] };
}
