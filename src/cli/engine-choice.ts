import { TenantryError } from "../errors/failure.ts";
import { chooseEngine } from "../workspace/engine-choice.ts";
import type { EngineKind, Workspace } from "../workspace/workspace.ts";
import type { Context } from "./loaded.ts";

/** What commands that plan take about engines. */
export interface EngineOptions {
  /** Carries every identity provider that it can carry, whatever the file says. */
  readonly engine?: EngineKind | undefined;
  /** The engine into whose state everything with our marker is taken; it is the one that is used, too. */
  readonly adoptInto?: EngineKind | undefined;
}

/** The engine that the options ask for; undefined when it is left to the file. */
export function askedEngine({ engine, adoptInto }: EngineOptions): EngineKind | undefined {
  if (adoptInto !== undefined && engine !== undefined && adoptInto !== engine) {
    throw new TenantryError("CLI_USAGE", `--adopt-into ${adoptInto} cannot stand beside --engine ${engine}`, {
      hint: "leave --engine out: --adopt-into names the engine that is used",
    });
  }
  return adoptInto ?? engine;
}

/**
 * The context with the engine that the options ask for.
 *
 * @throws TenantryError CLI_USAGE; or as `chooseEngine`
 */
export function withEngine(context: Context, options: EngineOptions): Context {
  const engine = askedEngine(options);
  return engine === undefined ? context : { ...context, workspace: chooseEngine(context.workspace, engine) };
}

/** Whether a run may start a program: an engine other than our own carries an identity provider. */
export function runsPrograms({ identityProviders }: Workspace): boolean {
  return [...identityProviders.values()].some(({ engine }) => engine !== "direct");
}
