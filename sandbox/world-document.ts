import { TenantryError } from "../src/errors/failure.ts";
import { emptyTenant } from "./auth0/state.ts";
import { isObject } from "./json.ts";
import { emptyOrg } from "./okta/state.ts";
import type { WorldState } from "./world.ts";
import { readText, writeText } from "./world-text.ts";

/** Version of the document. What is only added to a state (a new kind of thing) needs no other one. */
const version = 1;

/**
 * A world as a JSON document: all that outlives a restart but the authority, which stays where it was made. Holds
 * secrets and private keys.
 */
export function writeWorld({ env, okta, auth0, customers }: WorldState): string {
  return writeText({ tenantrySandbox: version, env, okta, auth0, customers });
}

/**
 * The world of a document. `source` names it in errors. What an earlier sandbox did not know is there as in a new world.
 * Throws SANDBOX_WORLD_INVALID with the path to what is wrong, or SANDBOX_WORLD_NEWER.
 */
export async function readWorld(document: string, source: string): Promise<WorldState> {
  const world = parse(document, source);
  const found = isObject(world) ? (world as { readonly [name: string]: unknown }).tenantrySandbox : undefined;
  if (typeof found === "number" && found > version) {
    throw new TenantryError("SANDBOX_WORLD_NEWER", `${source} is of version ${found}; this Tenantry reads ${version}.`);
  }
  if (found !== version) throw invalid(source, "it does not begin as the document of a sandbox's world");
  const { env, okta, auth0, customers } = world as unknown as WorldState;
  const state: WorldState = {
    env,
    okta: completed(okta, emptyOrg()),
    auth0: completed(auth0, emptyTenant()),
    customers,
  };
  // Lazily: most sandboxes read no world, and zod takes time to load.
  const { wrongWith } = await import("./world-check.ts");
  const wrong = wrongWith(state);
  if (wrong !== undefined) throw invalid(source, wrong);
  return state;
}

function parse(document: string, source: string): unknown {
  try {
    return readText(document);
  } catch {
    // The error is kept nowhere: it can quote the document, which holds secrets.
    throw invalid(source, "it is no JSON, or not whole");
  }
}

/** With the maps that are in an empty state and not yet in this one. */
function completed<State extends object>(state: State, empty: State): State {
  if (!isObject(state)) return state;
  const missing = Object.entries(empty).filter(([name, value]) => value instanceof Map && !Object.hasOwn(state, name));
  return { ...(state as State), ...Object.fromEntries(missing) };
}

function invalid(source: string, what: string): TenantryError {
  return new TenantryError("SANDBOX_WORLD_INVALID", `${source} holds no world of a sandbox: ${what}.`);
}
