import { resolve } from "node:path";
import { TenantryError } from "../errors/failure.ts";
import type { FleetChoice } from "./fleet-world.ts";

/** What `tenantry sandbox` is told about its world: all texts. */
export interface WorldFlags {
  readonly data?: string | undefined;
  readonly tenants?: string | undefined;
  readonly seed?: string | undefined;
}

/** What it comes to. */
export interface WorldChoice {
  /** Absolute path. */
  readonly data: string | undefined;
  readonly fleet: FleetChoice | undefined;
}

/** A sandbox with more is slow to begin and fills the memory. */
const mostTenants = 50_000;

/** Throws CLI_USAGE. */
export function worldChoice({ data, tenants, seed }: WorldFlags, cwd: string): WorldChoice {
  if (seed !== undefined && tenants === undefined) {
    throw new TenantryError("CLI_USAGE", "--seed goes with --tenants", { hint: "give both, or neither" });
  }
  if (data === "") throw new TenantryError("CLI_USAGE", "--data names no folder", { hint: "give the path of one" });
  return {
    data: data === undefined ? undefined : resolve(cwd, data),
    fleet:
      tenants === undefined
        ? undefined
        : {
            count: whole("--tenants", tenants, 1, mostTenants),
            seed: seed === undefined ? 1 : whole("--seed", seed, 0, 2 ** 32 - 1),
          },
  };
}

/** The same as arguments of another process. */
export function worldArguments({ data, fleet }: WorldChoice): readonly string[] {
  return [
    ...(data === undefined ? [] : ["--data", data]),
    ...(fleet === undefined ? [] : ["--tenants", String(fleet.count), "--seed", String(fleet.seed)]),
  ];
}

function whole(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value >= least && value <= most) return value;
  throw new TenantryError("CLI_USAGE", `${flag} takes a whole number from ${least} to ${most}, and not \`${text}\``);
}
